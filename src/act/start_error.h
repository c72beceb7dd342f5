// Why a start failed, as data.
#pragma once

#include "config/config.h"
#include "model/start_failure.h"
#include "model/state.h"
#include "system/machine.h"

#include <cstdint>

namespace bootcheck {

/// With what the start command wrote into `output` from `offset` bytes on: its last five lines, or,
/// where it is our own preloader and says why in one line, that line.
StartFailure failure_of_start(Machine& machine, StartCause cause, const Path& output,
                              std::uint64_t offset);

/// Adds what can be known of workers that died soon after their start, which an earlier pass had
/// seen running: the end of what they printed, or where the application's log is.
void explain_early_deaths(Machine& machine, const Config& config, State& state);

}  // namespace bootcheck
