// Why workers may have gone that nobody had asked to: what can be known of that afterwards.
#pragma once

#include "config/config.h"
#include "observe/assess.h"
#include "system/machine.h"

namespace bootcheck {

/// Where a worker is gone unasked: the end of what it printed, and whether the kernel has ended
/// processes for want of memory since that was last read. Reads nothing else, but for the first
/// count of a boot.
void look_into_ends(Machine& machine, const Config& config, Assessment& assessment);

/// From now on: for who ends after this.
void count_oom_kills(Machine& machine, State& state);

}  // namespace bootcheck
