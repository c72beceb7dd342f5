#include "system/wait.h"

#include "system/clock.h"
#include "system/limits.h"
#include "system/signal.h"
#include "util/errors.h"

#include <algorithm>
#include <climits>
#include <span>

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

namespace bootcheck {
namespace {

/// So many are always possible.
constexpr std::size_t kFew = 64;
/// How long one group is watched where there are several.
constexpr Duration kTurn{100};

/// Descriptors of the first of some processes, as many of them as can be open at a time.
struct Group {
  std::vector<UniqueFd> descriptors;
  bool one_is_gone = false;
};

/// How many descriptors can still be opened, a few for looking at /proc set aside. Those that are
/// open have the lowest numbers, or nearly so.
std::size_t descriptors_left() {
  constexpr std::size_t kSetAside = 16;
  rlimit limit{};
  const UniqueFd next(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
  if (!next || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1;
  const auto taken = static_cast<std::size_t>(next.get()) + kSetAside;
  return limit.rlim_cur > taken ? limit.rlim_cur - taken : 1;
}

bool is_out_of_descriptors(const std::system_error& error) {
  return error.code().value() == EMFILE || error.code().value() == ENFILE;
}

Group open_group(const ProcFs& proc, std::span<const ProcessId> processes) {
  Group group;
  try {
    for (const auto& process : processes) {
      auto descriptor = open_pidfd(proc, process);
      group.one_is_gone = !descriptor;
      if (group.one_is_gone) return group;
      group.descriptors.push_back(std::move(*descriptor));
    }
  } catch (const std::system_error& error) {
    if (group.descriptors.empty() || !is_out_of_descriptors(error)) throw;
  }
  return group;
}

bool wait_for(const Group& group, Duration timeout) {
  std::vector<pollfd> polled;
  for (const auto& descriptor : group.descriptors)
    polled.push_back({.fd = descriptor.get(), .events = POLLIN, .revents = 0});
  const auto limit = std::clamp<Duration::rep>(timeout.count(), 0, INT_MAX);
  const int ready = ::poll(polled.data(), polled.size(), static_cast<int>(limit));
  if (ready < 0 && errno != EINTR) throw_errno("poll");
  return ready > 0;
}

}  // namespace

bool wait_for_exit(const ProcFs& proc, const std::vector<ProcessId>& processes, Duration timeout) {
  const auto end = monotonic_clock() + timeout;
  if (processes.size() >= kFew) raise_descriptor_limit();
  const auto most = processes.size() < kFew ? kFew : descriptors_left();
  auto rest = std::span(processes);
  for (;;) {
    const auto group = open_group(proc, rest.first(std::min(rest.size(), most)));
    if (group.one_is_gone) return true;
    rest = rest.subspan(group.descriptors.size());
    const bool all_at_once = group.descriptors.size() == processes.size();
    const auto left = end - monotonic_clock();
    if (wait_for(group, all_at_once ? left : std::min(left, kTurn))) return true;
    if (!rest.empty()) continue;
    if (all_at_once || monotonic_clock() >= end) return false;
    rest = processes;
  }
}

}  // namespace bootcheck
