// Waiting for processes that are not our children.
#pragma once

#include "model/observation.h"
#include "system/proc_fs.h"

#include <vector>

namespace bootcheck {

/// Sleeps until one of the processes has ended (a pidfd is readable then, pidfd_open(2)) or
/// `timeout` is over; whether one has. True at once if one is gone already. Throws
/// std::system_error.
bool wait_for_exit(const ProcFs& proc, const std::vector<ProcessId>& processes, Duration timeout);

}  // namespace bootcheck
