// Commands that are run to their ends.
#pragma once

#include "system/machine.h"

#include <limits>
#include <vector>

namespace bootcheck {

struct RunLimits {
  std::size_t at_a_time = std::numeric_limits<std::size_t>::max();
  Duration together{0};  ///< then those that run are ended, and the rest is not started; 0: never
};

/// Runs them side by side; whose time is over is ended with its whole process group, and that is
/// TimedOut. The outcomes in the same order. Throws std::system_error.
std::vector<LaunchOutcome> run_commands(Machine& machine,
                                        const std::vector<LaunchRequest>& requests,
                                        const RunLimits& limits = {});

}  // namespace bootcheck
