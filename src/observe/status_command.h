// Workers that are judged by a command of their own.
#pragma once

#include "config/config.h"
#include "system/machine.h"

#include <vector>

namespace bootcheck {

/// The `status` command of a worker. Throws std::system_error when the env_file cannot be read.
LaunchRequest status_request(const Config& config, const Worker& worker);

/// What its end says of the worker.
StatusAnswer status_answer(const LaunchOutcome& outcome);

/// Runs the `status` command of every worker that has one, side by side, and notes the answers in
/// `seen` (same order as config.workers): exit code 0 is running, 1 to 3 not running (LSB, "Init
/// Script Actions"), anything else, a time-out of 10 s and a command that cannot be made (its
/// env_file is missing) unknown. Costs nothing where no worker has one.
void ask_status_commands(Machine& machine, const Config& config, std::vector<Observation>& seen);

}  // namespace bootcheck
