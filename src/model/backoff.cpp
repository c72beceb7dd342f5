#include "model/backoff.h"

#include <algorithm>
#include <limits>

namespace bootcheck {

Duration backoff_delay(int count, Duration first, Duration max) {
  if (count < 2) return Duration{0};
  auto delay = first;
  for (int doubled = 2; doubled < count && delay < max; ++doubled)
    delay *= 2;
  return std::min(delay, max);
}

BootTime next_try(BootTime now, Duration delay) {
  constexpr Duration kCronJitter = std::chrono::seconds{5};
  return now + (delay - std::min(kCronJitter, delay / 10)).count();
}

int one_more(int count) {
  return count < std::numeric_limits<int>::max() ? count + 1 : count;
}

}  // namespace bootcheck
