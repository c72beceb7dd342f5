#include "pass/stay.h"

#include <algorithm>
#include <iterator>

namespace bootcheck {
namespace {

/// Between passes that nobody's exit asks for: those that try a failed start again, and those after
/// one that changed nothing about who is watched (/proc hides them, say).
constexpr Duration kBetweenTries = std::chrono::seconds{1};

/// Whoever serves or finishes a job.
std::vector<ProcessId> watched_after(const PassDone& done) {
  std::vector<ProcessId> watched;
  for (const auto& [name, record] : done.seen.state.workers)
    std::ranges::copy(processes_of(record), std::back_inserter(watched));
  return watched;
}

/// Between passes that ask again whether workers are ready, or have stopped whose end nothing but a
/// status command tells.
constexpr Duration kBetweenQuestions = std::chrono::seconds{5};

/// How long to wait for the next try of a start that has failed, or had to wait; kForEver: none.
Duration until_next_try(const PassDone& done, BootTime now) {
  Duration next = kForEver;
  for (const auto& [name, record] : done.seen.state.workers) {
    if (record.not_ready_since || record.by_command) next = std::min(next, kBetweenQuestions);
    const bool is_down = !record.process && record.failures.count > 0;
    if (!is_down || hold_of(done.seen.state, name, done.seen.facts.wall) != nullptr) continue;
    next = std::min(next, std::max(Duration{record.failures.next_try - now}, kBetweenTries));
  }
  return next;
}

}  // namespace

PassOutcome stay(const Context& context, const StayOptions& options,
                 const std::function<void(const PassDone&)>& passed) {
  auto& machine = context.machine;
  const auto end = machine.monotonic_clock() + options.lasts;
  const auto left = [&] { return std::max(end - machine.monotonic_clock(), Duration{0}); };
  std::vector<ProcessId> watched;
  for (;;) {
    auto outcome = run_pass(
        context,
        {.selection = options.selection, .lock_wait = left(), .has_watched = !watched.empty()});
    const auto* done = std::get_if<PassDone>(&outcome);
    if (done == nullptr) return outcome;
    passed(*done);
    auto now = watched_after(*done);
    if (now == watched && !now.empty()) machine.sleep(std::min(kBetweenTries, left()));
    watched = std::move(now);
    const auto next_try = until_next_try(*done, machine.boot_now());
    if (!machine.wait_for_exit(watched, std::min(left(), next_try)) && left() <= Duration{0})
      return outcome;
  }
}

}  // namespace bootcheck
