#include "pass/pass.h"

#include "act/act.h"
#include "model/memory.h"
#include "observe/observe.h"
#include "pass/tell.h"
#include "report/problems.h"
#include "system/state_file.h"

#include <algorithm>
#include <system_error>

#include <fmt/format.h>

namespace bootcheck {
namespace {

Snapshot observe_and_plan(const Context& context, const App& app, State state,
                          const Request& request) {
  Snapshot snapshot;
  snapshot.state = std::move(state);
  snapshot.facts = observe(context, app, snapshot.state);
  snapshot.noticed = remember_seen(snapshot.state, snapshot.facts);
  snapshot.plan = make_plan(snapshot.facts, snapshot.state, request);
  return snapshot;
}

Event gap_event(WallTime last_pass, WallTime now) {
  return make_event(EventKind::gap, {}, Severity::warning,
                    Unchecked{std::chrono::seconds{now - last_pass}});
}

/// Saves the state when it changed, and knows whether that failed.
class StateKeeper {
 public:
  StateKeeper(const Context& context, const State& state)
      : machine_(context.machine), path_(context.config.state_file), saved_(state) {}

  void save(const State& state) {
    if (state == saved_) return;
    try {
      save_state(machine_, path_, state);
      failure_.reset();
    } catch (const std::system_error& error) {
      failure_ = failure_of(error);
    }
    saved_ = state;
  }

  std::optional<Event> trouble() const {
    if (!failure_) return std::nullopt;
    return own_trouble(Task::write_state, *failure_);
  }

 private:
  Machine& machine_;
  const Path& path_;
  State saved_;
  std::optional<Failure> failure_;
};

}  // namespace

Snapshot take_snapshot(const Context& context, const Request& request) {
  auto loaded = load_state(context.machine, context.config.state_file, context.boot_id);
  const auto app = locate_app(context);
  auto snapshot = observe_and_plan(context, app, std::move(loaded.state), request);
  snapshot.state_problem = std::move(loaded.problem);
  return snapshot;
}

PassOutcome run_pass(const Context& context, const PassOptions& options) {
  const auto began = context.machine.monotonic_clock();
  const auto& config = context.config;
  // First, or the lock's folder would be made where the root ought to be.
  auto app = locate_app(context);
  auto taken = context.machine.take_lock(config.lock_file, options.lock_wait);
  if (const auto* holder = std::get_if<LockHolder>(&taken)) return *holder;
  const auto& lock = *std::get<std::unique_ptr<PassLock>>(taken);
  if (options.lock_wait > Duration{0}) app = locate_app(context);  // after a wait

  auto loaded = load_state(context.machine, config.state_file, context.boot_id);
  StateKeeper keeper(context, loaded.state);
  if (options.edit) {
    options.edit(loaded.state);
    // A hold that is not kept must drain nobody.
    save_state(context.machine, config.state_file, loaded.state);
  }

  PassDone done;
  if (!loaded.problem.empty())
    done.events.push_back(own_trouble(Task::read_state, {loaded.problem, {}}));
  done.before = observe_and_plan(context, app, std::move(loaded.state), options.request);
  auto& state = done.after;
  state = done.before.state;
  const auto now = done.before.facts.wall;
  if (lock.last_pass && now - *lock.last_pass > config.stuck_after.count() / 1000)
    done.events.push_back(gap_event(*lock.last_pass, now));
  std::ranges::copy(done.before.noticed, std::back_inserter(done.events));

  remember_request(state, done.before.facts, done.before.plan, options.request);
  const auto save = [&] { keeper.save(state); };
  std::ranges::move(
      act(context, done.before.facts, done.before.plan, done.before.noticed, state, save),
      std::back_inserter(done.events));

  write_log(context, done.events);
  std::ranges::move(tell_others(context, done, state, began, save),
                    std::back_inserter(done.events));
  done.to_print = problems_to_tell(done.events, now, state.told);
  save();
  if (auto trouble = keeper.trouble()) {
    done.events.push_back(*trouble);
    done.to_print.push_back(std::move(*trouble));
  }
  return done;
}

bool has_errors(const std::vector<Event>& events) {
  return std::ranges::any_of(events,
                             [](const Event& event) { return event.severity == Severity::error; });
}

}  // namespace bootcheck
