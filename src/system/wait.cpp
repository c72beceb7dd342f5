#include "system/wait.h"

#include "system/clock.h"
#include "system/exit_watch.h"
#include "util/errors.h"

#include <algorithm>
#include <climits>

#include <poll.h>

namespace bootcheck {
namespace {

/// How long some are watched before it is the others' turn.
constexpr Duration kTurn{100};

}  // namespace

bool wait_for_exit(const ProcFs& proc, const std::vector<ProcessId>& processes, Duration timeout) {
  ExitWatch watch(proc);
  for (const auto& process : processes)
    watch.add(process);
  const auto until = monotonic_clock() + timeout;
  std::size_t looked_at = 0;
  for (;;) {
    if (!watch.begin().empty()) return true;
    looked_at += watch.watched_now();
    const bool none_watched = watch.watched_now() == 0;  // no descriptor is left for the moment
    const bool all_looked_at = looked_at >= processes.size() || none_watched;
    auto left = std::clamp(until - monotonic_clock(), Duration{0}, Duration{INT_MAX});
    if (!watch.watches_all()) left = all_looked_at ? std::min(left, kTurn) : Duration{0};
    pollfd polled{.fd = watch.descriptor(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&polled, 1, static_cast<int>(left.count()));
    if (ready < 0 && errno != EINTR) throw_errno("poll");
    if (ready > 0) return true;
    if (ready < 0 || (all_looked_at && monotonic_clock() >= until)) return false;
    watch.take_turns();
  }
}

}  // namespace bootcheck
