// One look at the machine and all that follows from it: who is who, what state each worker is in,
// what is remembered, and what is to be done.
#pragma once

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

/// `state` is what was remembered before; `doubt` why nothing can be told here (Facts::doubt).
/// Reads, and changes nothing. Throws std::system_error when /proc cannot be read.
Assessment assess(const Context& context, const App& app, State state, const Selection& selection,
                  Search search = Search::if_needed, std::string doubt = {});

}  // namespace bootcheck
