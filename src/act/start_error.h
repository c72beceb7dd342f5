// Why a start failed, as data.
#pragma once

#include "model/start_failure.h"
#include "system/machine.h"

#include <cstdint>

namespace bootcheck {

/// With what the start command wrote into `output` from `offset` bytes on: its last five lines, or,
/// where it is our own preloader and says why in one line, that line.
StartFailure failure_of_start(Machine& machine, StartCause cause, const Path& output,
                              std::uint64_t offset);

}  // namespace bootcheck
