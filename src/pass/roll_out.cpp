#include "pass/roll_out.h"

#include <algorithm>

namespace bootcheck {
namespace {

constexpr Duration kBetweenLooks = std::chrono::seconds{1};

/// What is to be waited for after a pass.
struct Open {
  std::vector<Draining> draining;
  std::vector<ProcessId> running;  ///< a crash among them is an event as well
  bool to_roll = false;            ///< some wait for their turn (max_unavailable, max_surge)

  bool is_done() const { return draining.empty() && !to_roll; }
  std::vector<ProcessId> processes() const {
    auto all = running;
    for (const auto& each : draining)
      all.push_back(each.stop.process);
    return all;
  }
};

/// From what the pass knew at its end, not from another look: what exits meanwhile is an event.
Open still_open(const State& state) {
  Open open;
  for (const auto& [name, record] : state.workers) {
    for (const auto& stop : record.stops) {
      if (stop.asked) open.draining.push_back({name, stop});
    }
    if (!record.process || find_stop(&record, record.process->id) != nullptr) continue;
    open.running.push_back(record.process->id);
    open.to_roll = open.to_roll || record.to_replace == record.process->id;
  }
  return open;
}

class RollOut {
 public:
  RollOut(const Context& context, const RollOutOptions& options, RollOutWatcher& watcher)
      : context_(context),
        machine_(context.machine),
        options_(options),
        watcher_(watcher),
        began_(machine_.monotonic_clock()) {}

  RollOutOutcome run() {
    auto outcome = run_pass(context_, options_.first);
    if (const auto* holder = std::get_if<LockHolder>(&outcome)) return *holder;
    take_note(std::get<PassDone>(outcome));
    if (!options_.must_wait && !has_signalled()) return end();
    PassOptions ordinary;
    ordinary.lock_wait = options_.first.lock_wait;
    while (wait_for_event()) {
      const auto before = open_.processes();
      outcome = run_pass(context_, ordinary);
      if (const auto* done = std::get_if<PassDone>(&outcome)) take_note(*done);
      // A busy lock, or a pass that cannot tell (hidepid): the same event would be there at once.
      if (open_.processes() == before) machine_.sleep(time_left(kBetweenLooks));
    }
    return end();
  }

 private:
  RolledOut end() {
    const bool is_done = open_.is_done();
    return {
        .events = std::move(events_), .draining = std::move(open_.draining), .is_done = is_done};
  }

  bool has_signalled() const {
    return std::ranges::find(events_, EventKind::asked_to_stop, &Event::kind) != events_.end();
  }

  /// What is left of the patience, at most `most`.
  Duration time_left(Duration most) const {
    if (options_.patience == kForEver) return most;
    const auto left = began_ + options_.patience - machine_.monotonic_clock();
    return std::clamp(left, Duration{0}, most);
  }

  /// False when nothing is left to wait for, or the patience is over.
  bool wait_for_event() {
    while (!open_.is_done() && time_left(kBetweenLooks) > Duration{0}) {
      watcher_.waiting(open_.draining, machine_.boot_now());
      if (machine_.wait_for_exit(open_.processes(), time_left(kBetweenLooks))) return true;
      // Nobody drains, so no exit will make room for those that wait for their turn.
      if (open_.draining.empty()) return true;
    }
    return false;
  }

  void take_note(const PassDone& done) {
    open_ = still_open(done.seen.state);
    watcher_.passed(done);
    events_.insert(events_.end(), done.events.begin(), done.events.end());
  }

  const Context& context_;
  Machine& machine_;
  const RollOutOptions& options_;
  RollOutWatcher& watcher_;
  Duration began_;  ///< by the monotonic clock
  Open open_;
  std::vector<Event> events_;
};

}  // namespace

RollOutOutcome roll_out(const Context& context, const RollOutOptions& options,
                        RollOutWatcher& watcher) {
  return RollOut(context, options, watcher).run();
}

}  // namespace bootcheck
