// The report step of a pass: the log, and which problems to print.
#pragma once

#include "pass/pass.h"

namespace bootcheck {

/// Writes the pass's events to the log and fills `done.to_print` with the problems that were not
/// printed within the last hour, which `state` remembers. A log that cannot be written is a warning
/// in `done`.
void tell(const Config& config, PassDone& done, State& state, WallTime now);

/// Writes one event of no pass (the lock is busy) to the log; returns warnings.
std::vector<std::string> tell_alone(const Config& config, const Event& event);

}  // namespace bootcheck
