#include "pass/roll_out.h"

#include <algorithm>

namespace bootcheck {
namespace {

constexpr Duration kBetweenLooks = std::chrono::seconds{1};

bool has_failed_to_boot(const std::vector<Event>& events) {
  return std::ranges::find(events, EventKind::boot_failed, &Event::kind) != events.end();
}

class RollOut {
 public:
  RollOut(const Context& context, const RollOutOptions& options, RollOutWatcher& watcher)
      : context_(context),
        machine_(context.machine),
        options_(options),
        watcher_(watcher),
        settle_(settle_of(context.config.workers)),
        began_(machine_.monotonic_clock()) {}

  RollOutOutcome run() {
    auto outcome = run_pass(context_, with_watcher(options_.first));
    if (const auto* holder = std::get_if<LockHolder>(&outcome)) return *holder;
    take_note(std::get<PassDone>(outcome));
    if (!options_.must_wait && !has_asked(events_)) return end();
    auto ordinary = with_watcher(options_.first);
    ordinary.selection.clear();
    ordinary.has_watched = true;
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
    return {.events = std::move(events_),
            .draining = std::move(open_.draining),
            .unready = open_.unready,
            .is_done = is_done};
  }

  PassOptions with_watcher(PassOptions options) {
    options.passed = [this](const PassDone& done) { watcher_.passed(done); };
    options.under_way = [this](const StartsUnderWay& starts) { watcher_.under_way(starts); };
    options.waiting = [this](const State& state) {
      watcher_.waiting(draining_of(state), machine_.boot_now());
    };
    return options;
  }

  /// What is left of the patience, at most `most`.
  Duration time_left(Duration most) const {
    if (options_.patience == kForEver) return most;
    const auto left = began_ + options_.patience - machine_.monotonic_clock();
    return std::clamp(left, Duration{0}, most);
  }

  /// False when nothing is left to wait for, or the patience is over.
  bool wait_for_event() {
    // A later pass tries again; nobody wants to sit through that.
    if (has_failed_to_boot(events_) && open_.draining.empty()) return false;
    const auto passed_at = machine_.monotonic_clock();
    while (!open_.is_done() && time_left(kBetweenLooks) > Duration{0}) {
      watcher_.waiting(open_.draining, machine_.boot_now());
      if (machine_.wait_for_exit(open_.processes(), time_left(kBetweenLooks))) return true;
      // Nobody drains, so no exit will make room for those that wait for their turn, nor make those
      // ready that are not; and of some only a status command tells that they have ended.
      if (open_.draining.empty() || open_.has_to_be_asked()) return true;
      if ((open_.to_roll || open_.unready) && machine_.monotonic_clock() - passed_at >= settle_)
        return true;
    }
    return false;
  }

  void take_note(const PassDone& done) {
    open_ = still_open(done.seen, options_.first.selection);
    // They were not asked because that could not be written down before: a later pass does.
    if (!done.is_remembered && open_.intended) open_.to_roll = true;
    // Those that are replaced one after another have the same time each.
    if (!options_.must_wait && has_asked(done.events)) began_ = machine_.monotonic_clock();
    events_.insert(events_.end(), done.events.begin(), done.events.end());
  }

  const Context& context_;
  Machine& machine_;
  const RollOutOptions& options_;
  RollOutWatcher& watcher_;
  Duration settle_;
  Duration began_;  ///< by the monotonic clock
  OpenWork open_;
  std::vector<Event> events_;
};

}  // namespace

RollOutOutcome roll_out(const Context& context, const RollOutOptions& options,
                        RollOutWatcher& watcher) {
  return RollOut(context, options, watcher).run();
}

}  // namespace bootcheck
