#include "pass/follow_up.h"

#include "pass/open_work.h"

#include <algorithm>

namespace bootcheck {
namespace {

constexpr Duration kBetweenWords = std::chrono::seconds{1};

bool did_anything(const PassDone& done) {
  return std::ranges::any_of(done.seen.plan.decisions,
                             [](const Decision& decision) { return !decision.steps.empty(); });
}

}  // namespace

FollowUp::FollowUp(const Context& context, const PassOptions& options, const Preloaders& preloaders)
    : machine_(context.machine),
      options_(options),
      preloaders_(preloaders),
      settle_(settle_of(context.config.workers)),
      linger_(options.preloader_wait.value_or(settle_)) {}

bool FollowUp::wait(const PassDone& last) {
  const auto now = machine_.monotonic_clock();
  if (has_asked(last.events)) asked_at_ = now;
  if (!asked_at_ || !preloaders_.is_any_ready()) return false;
  const auto open = still_open(last.seen);
  if (open.is_done()) return false;
  // Nobody's exit makes room for those that wait for their turn.
  if (open.draining.empty()) return did_anything(last);
  const auto end = *asked_at_ + linger_;
  // By then another one may be asked.
  const bool may_ask = open.to_roll && now + settle_ < end;
  return sleep_until(may_ask ? now + settle_ : end, last, open.processes()) || may_ask;
}

/// Whether a process has ended.
bool FollowUp::sleep_until(Duration moment, const PassDone& last,
                           const std::vector<ProcessId>& processes) {
  for (;;) {
    const auto left = moment - machine_.monotonic_clock();
    if (left <= Duration{0}) return false;
    if (options_.waiting) options_.waiting(last.seen.state);
    if (machine_.wait_for_exit(processes, std::min(left, kBetweenWords))) return true;
  }
}

}  // namespace bootcheck
