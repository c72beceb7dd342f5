// Whether what workers need is there: `ready:`.
#pragma once

#include "config/config.h"
#include "system/machine.h"

#include <vector>

namespace bootcheck {

/// Runs the `ready` commands of those workers, equal ones (ask_the_same) once, side by side, and
/// notes how they ended in `seen` (same order as config.workers) for every worker that asks the
/// same. After kReadyLimit they are ended, which is TimedOut; one that cannot be made (its env_file
/// is missing) is NotStarted. Throws std::system_error when nothing can be started at all.
void ask_ready_commands(Machine& machine, const Config& config,
                        const std::vector<std::size_t>& whom, std::vector<Observation>& seen);

}  // namespace bootcheck
