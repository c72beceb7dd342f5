// From the machine to facts: reads, decides nothing, changes nothing.
#pragma once

#include "model/assign.h"
#include "observe/context.h"

#include <unordered_set>
#include <vector>

namespace bootcheck {

/// One look at the machine, and who is who in it.
struct Look {
  Facts facts;
  Assignment assignment;
};

/// Where the application is now, which becomes the working directory, and whose processes its
/// workers are. Throws std::system_error when the root does not lead to a folder.
App locate_app(const Context& context, const State& state);

enum class Search {
  if_needed,  ///< in all of /proc only if a worker seems not to run, and no more than it takes
  always      ///< in all of /proc, reading everything
};

/// Looks at every worker, and at /proc as `search` says, but for the processes `but`, which the
/// caller knows. Throws std::system_error when /proc cannot be read.
Look observe(const Context& context, const App& app, const State& state,
             Search search = Search::if_needed, const std::unordered_set<pid_t>& but = {});

}  // namespace bootcheck
