#include "pass/follow_up.h"

#include "pass/open_work.h"

#include <algorithm>

namespace bootcheck {
namespace {

constexpr Duration kBetweenWords = std::chrono::seconds{1};

}  // namespace

FollowUp::FollowUp(const Context& context, const PassOptions& options, const Preloaders& preloaders)
    : machine_(context.machine),
      options_(options),
      preloaders_(preloaders),
      settle_(settle_of(context.config.workers)),
      linger_(options.preloader_wait.value_or(settle_)) {}

void FollowUp::passed(const PassDone& done) {
  const bool asked = has_asked(done.events);
  if (asked) asked_at_ = machine_.monotonic_clock();
  has_acted_ = asked || has_started(done.events);
}

bool FollowUp::wait(const Snapshot& seen) {
  if (!asked_at_ || !preloaders_.is_any_ready()) return false;
  const auto open = still_open(seen, options_.selection);
  if (open.is_done()) return false;
  // Nobody's exit makes room for those that wait for their turn. What a pass had to do and did not
  // get done is left to cron.
  if (open.draining.empty()) return has_acted_ && !is_idle(seen.plan);
  const auto now = machine_.monotonic_clock();
  const auto end = *asked_at_ + linger_;
  // By then another one may be asked, or be ready.
  const bool may_ask = (open.to_roll || open.unready) && now + settle_ < end;
  return sleep_until(may_ask ? now + settle_ : end, seen.state, open.processes()) || may_ask;
}

/// Whether a process has ended.
bool FollowUp::sleep_until(Duration moment, const State& state,
                           const std::vector<ProcessId>& processes) {
  for (;;) {
    const auto left = moment - machine_.monotonic_clock();
    if (left <= Duration{0}) return false;
    if (options_.waiting) options_.waiting(state);
    if (machine_.wait_for_exit(processes, std::min(left, kBetweenWords))) return true;
  }
}

}  // namespace bootcheck
