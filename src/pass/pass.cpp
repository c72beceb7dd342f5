#include "pass/pass.h"

#include "act/act.h"
#include "pass/event_log.h"
#include "pass/tell.h"
#include "report/problems.h"
#include "system/state_file.h"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

namespace bootcheck {
namespace {

Snapshot snapshot_of(Assessment assessment, std::vector<Failure> state_problems) {
  Snapshot snapshot;
  static_cast<Assessment&>(snapshot) = std::move(assessment);
  snapshot.state_problems = std::move(state_problems);
  return snapshot;
}

Event gap_event(WallTime last_pass, WallTime now) {
  return make_event(EventKind::gap, {}, Severity::warning,
                    Unchecked{std::chrono::seconds{now - last_pass}});
}

/// Saves the state and the holds when they changed, and knows whether that failed.
class StateKeeper {
 public:
  StateKeeper(const Context& context, const LoadedState& loaded)
      : context_(context),
        saved_(loaded.state),
        must_move_holds_(loaded.is_of_earlier_version && !loaded.state.holds.empty()) {}

  /// Whether all of it is saved.
  bool save(const State& state) {
    if (state == saved_ && !failure_) return true;
    try {
      save_all(state);
      saved_ = state;
      failure_.reset();
    } catch (const std::system_error& error) {
      failure_ = failure_of(error);
    }
    return !failure_;
  }

  /// Throws std::system_error: a hold that is not kept must drain nobody.
  void save_or_throw(const State& state) {
    save_all(state);
    saved_ = state;
  }

  std::optional<Event> trouble() const {
    if (!failure_) return std::nullopt;
    return own_trouble(context_, Task::write_state, *failure_);
  }

 private:
  void save_all(const State& state) {
    const auto& path = context_.config.state_file;
    if (state.holds != saved_.holds || must_move_holds_)
      save_holds(context_.machine, path, state.holds);
    must_move_holds_ = false;
    save_state(context_.machine, path, state);
  }

  const Context& context_;
  State saved_;
  bool must_move_holds_;
  std::optional<Failure> failure_;
};

}  // namespace

Snapshot take_snapshot(const Context& context, const Request& request, Search search) {
  auto loaded = load_state(context.machine, context.config.state_file, context.boot_id);
  const auto app = locate_app(context, loaded.state);
  return snapshot_of(assess(context, app, std::move(loaded.state), request, search),
                     std::move(loaded.problems));
}

PassOutcome run_pass(const Context& context, const PassOptions& options) {
  const auto began = context.machine.monotonic_clock();
  const auto& config = context.config;
  // First, or the lock's folder would be made where the root ought to be.
  context.machine.enter_directory(config.root);
  auto taken = context.machine.take_lock(config.lock_file, options.lock_wait);
  if (const auto* holder = std::get_if<LockHolder>(&taken)) return *holder;
  const auto& lock = *std::get<std::unique_ptr<PassLock>>(taken);

  auto loaded = load_state(context.machine, config.state_file, context.boot_id);
  StateKeeper keeper(context, loaded);
  if (options.edit) {
    options.edit(loaded.state);
    keeper.save_or_throw(loaded.state);
  }
  const auto app = locate_app(context, loaded.state);

  PassDone done;
  EventLog log(context);
  const auto report = [&](std::vector<Event> events) {
    stamp(events, context.machine.wall_clock());
    log.write(events);
    std::ranges::move(events, std::back_inserter(done.events));
  };
  for (const auto& problem : loaded.problems)
    report({own_trouble(context, Task::read_state, problem)});
  done.seen = snapshot_of(assess(context, app, std::move(loaded.state), options.request), {});
  auto& state = done.seen.state;
  const auto now = done.seen.facts.wall;
  if (lock.last_pass && now - *lock.last_pass > config.stuck_after.count() / 1000)
    report({gap_event(*lock.last_pass, now)});
  report(done.seen.noticed);

  const auto save = [&keeper](const State& each) { return keeper.save(each); };
  act(context, done.seen, save, report);

  report(tell_others(context, done, began, save));
  if (log.trouble()) done.events.push_back(*log.trouble());
  done.to_print = problems_to_tell(done.events, now, state.told);
  save(state);
  if (auto trouble = keeper.trouble()) {
    report({*trouble});
    done.to_print.push_back(std::move(*trouble));
  }
  return done;
}

bool has_errors(const std::vector<Event>& events) {
  return std::ranges::any_of(events,
                             [](const Event& event) { return event.severity == Severity::error; });
}

}  // namespace bootcheck
