#include "model/facts.h"

#include <algorithm>

namespace bootcheck {

BootTime age_of(const ProcessId& process, const Facts& facts) {
  const auto ticks = std::max<std::int64_t>(facts.ticks_per_second, 1);
  const auto began = static_cast<BootTime>(process.start_time) * 1000 / ticks;
  return std::max<BootTime>(0, facts.now - began);
}

BootTime awake_since(BootTime then, BootTime suspended_then, const Facts& facts) {
  return facts.now - then - (facts.suspended - suspended_then);
}

WallTime born_at(const ProcessId& process, const Facts& facts) {
  return facts.wall - age_of(process, facts) / 1000;
}

}  // namespace bootcheck
