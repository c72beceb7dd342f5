// One look at the machine and all that follows from it: who is who, what state each worker is in,
// what is remembered, and what is to be done.
#pragma once

#include "model/plan.h"
#include "model/remember.h"
#include "observe/observe.h"

#include <string>
#include <vector>

namespace bootcheck {

struct Assessment {
  Facts facts;
  Assignment assignment;
  State state;                 ///< brought up to date with what was judged
  std::vector<Event> noticed;  ///< `drained`, `recovered`...
  Plan plan;
};

struct AssessOptions {
  Selection selection = {};
  Search search = Search::if_needed;
  std::string doubt = {};     ///< why nothing can be told here (Facts::doubt)
  Selection may_ask = {};     ///< whose `ready` commands may be run
  const Facts* earlier = {};  ///< of this pass: whoever has answered there is not asked again
};

/// `state` is what was remembered before. Where the plan starts or replaces workers, their `ready`
/// commands are run, and then all is looked at anew: it may have taken seconds. Reads, and changes
/// nothing. Throws std::system_error when /proc cannot be read.
Assessment assess(const Context& context, const App& app, State state,
                  const AssessOptions& options = {});

}  // namespace bootcheck
