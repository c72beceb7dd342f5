#include "system/wait.h"

#include "system/signal.h"
#include "util/errors.h"

#include <algorithm>
#include <climits>

#include <poll.h>

namespace bootcheck {

bool wait_for_exit(const ProcFs& proc, const std::vector<ProcessId>& processes, Duration timeout) {
  std::vector<UniqueFd> descriptors;
  std::vector<pollfd> polled;
  for (const auto& process : processes) {
    auto descriptor = open_pidfd(proc, process);
    if (!descriptor) return true;
    polled.push_back({.fd = descriptor->get(), .events = POLLIN, .revents = 0});
    descriptors.push_back(std::move(*descriptor));
  }
  const auto limit = std::clamp<Duration::rep>(timeout.count(), 0, INT_MAX);
  const int ready = ::poll(polled.data(), polled.size(), static_cast<int>(limit));
  if (ready < 0 && errno != EINTR) throw_errno("poll");
  return ready > 0;
}

}  // namespace bootcheck
