// From the machine to facts: reads, decides nothing, changes nothing.
#pragma once

#include "model/plan.h"
#include "observe/context.h"

namespace bootcheck {

/// Where the application is now, which becomes the working directory, and whose processes its
/// workers are. Throws std::system_error when the root does not lead to a folder.
App locate_app(const Context& context);

/// Looks at every worker. /proc as a whole is scanned only if one of them seems not to run. Throws
/// std::system_error when /proc cannot be read.
Facts observe(const Context& context, const App& app, const State& state);

/// Looks at some workers again, right before acting on them, always with a scan of /proc; by index,
/// in that order.
std::vector<Observation> observe_again(const Context& context, const App& app, const State& state,
                                       const std::vector<std::size_t>& workers);

}  // namespace bootcheck
