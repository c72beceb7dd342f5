// Why a start failed, as data.
#pragma once

#include "launch/launch.h"
#include "model/start_failure.h"

#include <cstdint>

namespace bootcheck {

/// Why a worker did not come up by a start command that ended so; `limit` is its `start_timeout`.
StartCause cause_of(const LaunchOutcome& outcome, Duration limit);

/// With what the start command wrote into `output` from `offset` bytes on: its last five lines, or,
/// where it is our own starter and says why in one line, that line.
StartFailure failure_of_start(StartCause cause, const Path& output, std::uint64_t offset);

}  // namespace bootcheck
