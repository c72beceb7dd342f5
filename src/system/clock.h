// The machine's clocks.
#pragma once

#include "model/state.h"

#include <string>

namespace bootcheck {

Duration wall_clock();       ///< CLOCK_REALTIME, since the epoch
Duration boot_clock();       ///< CLOCK_BOOTTIME, since boot
Duration monotonic_clock();  ///< CLOCK_MONOTONIC

WallTime wall_now();  ///< CLOCK_REALTIME, s: for people
BootTime boot_now();  ///< CLOCK_BOOTTIME, ms since boot: for ages and back-off
/// The age of a process that started `start_time` clock ticks after boot (proc(5), field 22).
Duration process_age(std::uint64_t start_time);
std::string local_time(WallTime time);  ///< `2026-11-23 06:25:01`

}  // namespace bootcheck
