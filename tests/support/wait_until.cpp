#include "support/wait_until.h"

#include <algorithm>
#include <thread>

namespace bootcheck::test {

bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds deadline) {
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + deadline;
  for (;;) {
    const auto began = Clock::now();
    if (condition()) return true;
    if (Clock::now() >= end) return condition();
    // What takes long to ask is asked less often: who is waited for needs the processor, too.
    std::this_thread::sleep_for(std::clamp<Clock::duration>(
        Clock::now() - began, std::chrono::milliseconds{5}, std::chrono::seconds{1}));
  }
}

}  // namespace bootcheck::test
