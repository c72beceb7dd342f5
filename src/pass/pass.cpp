#include "pass/pass.h"

#include "act/act.h"
#include "model/memory.h"
#include "observe/observe.h"
#include "pass/tell.h"
#include "report/problems.h"
#include "system/clock.h"
#include "system/state_file.h"

#include <algorithm>
#include <chrono>
#include <system_error>

#include <fmt/format.h>

#include <unistd.h>

namespace bootcheck {
namespace {

std::optional<User> other_user(const Config& config) {
  if (config.user.empty()) return std::nullopt;
  auto user = find_user(config.user);
  if (!user)
    throw std::system_error(ENOENT, std::generic_category(),
                            fmt::format("user `{}` of the configuration", config.user));
  return user;
}

Snapshot observe_and_plan(const Session& session, const App& app, State state,
                          const Request& request) {
  Snapshot snapshot;
  snapshot.state = std::move(state);
  snapshot.facts = observe(session.config(), app, session.proc(), snapshot.state);
  snapshot.noticed = remember_seen(snapshot.state, snapshot.facts);
  snapshot.plan = make_plan(snapshot.facts, snapshot.state, request);
  return snapshot;
}

Event gap_event(WallTime last_pass, WallTime now) {
  Event event;
  event.kind = EventKind::gap;
  event.severity = Severity::warning;
  event.fields.emplace_back("unchecked_for", fmt::format("{}s", now - last_pass));
  return event;
}

/// Saves the state when it changed, and knows whether that failed.
class StateKeeper {
 public:
  StateKeeper(const Path& path, const State& state) : path_(path), saved_(state) {}

  void save(const State& state) {
    if (state == saved_) return;
    try {
      save_state(path_, state);
      problem_.clear();
    } catch (const std::system_error& error) {
      problem_ = error.what();
    }
    saved_ = state;
  }

  std::optional<Event> trouble() const {
    if (problem_.empty()) return std::nullopt;
    return own_trouble(
        "state",
        "the state file cannot be written, so what was done is not remembered: " + problem_);
  }

 private:
  const Path& path_;
  State saved_;
  std::string problem_;
};

}  // namespace

Session::Session(const Config& config) : config_(config), boot_id_(read_boot_id()) {
  if (const auto user = other_user(config)) acting_.emplace(*user);
  uid_ = ::geteuid();
}

Snapshot take_snapshot(const Session& session, const Request& request) {
  auto loaded = load_state(session.config().state_file, session.boot_id());
  const auto app = locate_app(session.config(), session.uid());
  auto snapshot = observe_and_plan(session, app, std::move(loaded.state), request);
  snapshot.state_problem = std::move(loaded.problem);
  return snapshot;
}

PassOutcome run_pass(const Session& session, const PassOptions& options) {
  const auto began = std::chrono::steady_clock::now();
  const auto& config = session.config();
  // First, or the lock's folder would be made where the root ought to be.
  auto app = locate_app(config, session.uid());
  auto taken = take_lock(config.lock_file, options.lock_wait);
  if (const auto* holder = std::get_if<LockHolder>(&taken)) return *holder;
  const auto& lock = std::get<Lock>(taken);
  if (options.lock_wait > Duration{0}) app = locate_app(config, session.uid());  // after a wait

  auto loaded = load_state(config.state_file, session.boot_id());
  StateKeeper keeper(config.state_file, loaded.state);
  if (options.edit) {
    options.edit(loaded.state);
    save_state(config.state_file, loaded.state);  // a hold that is not kept must drain nobody
  }

  PassDone done;
  if (!loaded.problem.empty()) done.events.push_back(own_trouble("state", loaded.problem));
  done.before = observe_and_plan(session, app, std::move(loaded.state), options.request);
  auto& state = done.after;
  state = done.before.state;
  const auto now = done.before.facts.wall;
  if (lock.last_pass() && now - *lock.last_pass() > config.stuck_after.count() / 1000)
    done.events.push_back(gap_event(*lock.last_pass(), now));
  std::ranges::copy(done.before.noticed, std::back_inserter(done.events));

  remember_request(state, done.before.facts, done.before.plan, options.request);
  const auto save = [&] { keeper.save(state); };
  std::ranges::move(act(config, session.proc(), done.before.facts, done.before.plan,
                        done.before.noticed, state, save),
                    std::back_inserter(done.events));

  write_log(config, done.events);
  std::ranges::move(tell_others(session, done, state, began, save),
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
