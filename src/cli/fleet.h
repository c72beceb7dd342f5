// A folder of configurations: each application in a process of its own, side by side.
#pragma once

#include "cli/setup.h"

#include <functional>

namespace bootcheck {

/// Whether `-c` (or $BOOTCHECK_CONFIG) names a folder.
bool is_fleet(const Place& place);

/// Runs `run_app` for every *.yml in the folder, each in a child process, and returns the worst
/// exit status: a failure of bootcheck itself (4) over wrong configuration (2), a busy lock (75),
/// and problems of workers (1, 3).
int run_fleet(const Options& options, const Place& place,
              const std::function<int(const Options&, const Place&)>& run_app);

}  // namespace bootcheck
