#include "pass/pass.h"

#include "act/act.h"
#include "act/end_causes.h"
#include "act/preloaders.h"
#include "act/start_error.h"
#include "pass/event_log.h"
#include "pass/follow_up.h"
#include "pass/tell.h"
#include "report/problems.h"
#include "system/request_file.h"
#include "system/state_file.h"
#include "util/duration.h"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>

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

[[noreturn]] void throw_unread(const Failure& failure) {
  throw std::system_error(failure.reason.empty() ? EACCES : EIO, std::generic_category(),
                          failure.thing);
}

/// Saves the state and the holds when they changed, and knows whether that failed.
class StateKeeper {
 public:
  StateKeeper(const Context& context, const LoadedState& loaded)
      : context_(context),
        saved_(loaded.state),
        must_move_holds_(loaded.is_of_earlier_version && !loaded.state.holds.empty()),
        must_save_(loaded.written_by != Stamp{} && loaded.written_by != context.here),
        is_unread_(loaded.is_unread) {}

  /// Whether all of it is saved. What could not be read is not replaced: it may be good.
  bool save(const State& state) {
    if (is_unread_) return false;
    if (state == saved_ && !must_save_ && !failure_) return true;
    try {
      save_all(state);
      saved_ = state;
      must_save_ = false;
      failure_.reset();
    } catch (const std::system_error& error) {
      failure_ = failure_of(error);
      has_failed_ = true;
    }
    return !failure_;
  }

  bool has_failed() const { return has_failed_; }

  /// That what is remembered is not saved, in the end.
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
  bool must_save_;  ///< it bears another stamp
  bool is_unread_;
  std::optional<Failure> failure_;
  bool has_failed_ = false;
};

/// Why nothing can be told of the processes here; empty: nothing speaks for it. Two hosts, or two
/// containers, may share a pid folder: as long as a pass of the other one was there lately its pids
/// count, and mean nothing here.
std::string doubt_of(const Context& context, const LoadedState& loaded,
                     std::optional<WallTime> last_pass) {
  const auto& other = loaded.written_by;
  if (!is_foreign(other, context.here) || !last_pass) return {};
  const std::chrono::seconds ago{context.machine.wall_now() - *last_pass};
  // One that lies in the future tells of a clock that was set back.
  if (std::chrono::abs(ago) > context.config.stuck_after) return {};
  const auto who = other.boot_id == context.here.boot_id ? std::string("another container")
                                                         : "the host " + other.host;
  return fmt::format(
      "{} keeps its workers in {} too, and its last pass was {} ago: give each a pid folder of its "
      "own (`pid_file:`, `lock_file:`), or wait until that is {} ago",
      who, context.config.state_file.parent_path().native(), format_duration(ago),
      format_duration(context.config.stuck_after));
}

bool is_for_roll(const Request& request) {
  return std::holds_alternative<AskForRoll>(request.what);
}

/// What a pass and those that followed it did, as that of one.
PassDone joined(PassDone earlier, PassDone later) {
  std::ranges::move(later.events, std::back_inserter(earlier.events));
  std::ranges::move(later.to_print, std::back_inserter(earlier.to_print));
  earlier.seen = std::move(later.seen);
  earlier.is_remembered = later.is_remembered;
  return earlier;
}

/// Workers ended at some time since the pass before.
void say_at_most(std::vector<Event>& events) {
  for (auto& event : events) {
    if (auto* stop = std::get_if<Stopping>(&event.detail)) stop->is_at_most = true;
  }
}

/// From the lock to the report.
class Pass {
 public:
  Pass(const Context& context, const PassOptions& options, bool has_watched, FileLock& lock,
       Preloaders& preloaders)
      : context_(context),
        config_(context.config),
        machine_(context.machine),
        options_(options),
        has_watched_(has_watched),
        lock_(lock),
        preloaders_(preloaders),
        began_(machine_.monotonic_clock()),
        log_(context) {}

  PassDone run() {
    auto loaded = load_state(machine_, config_.state_file, context_.here);
    if (auto doubt = doubt_of(context_, loaded, lock_.last_touched); !doubt.empty())
      return leave_alone(std::move(loaded), std::move(doubt));
    // Whoever runs, or is held, must not be started for that.
    if (loaded.unread) throw_unread(*loaded.unread);
    lock_.touch();
    StateKeeper keeper(context_, loaded);
    const auto save = [&keeper](const State& each) { return keeper.save(each); };
    for (const auto& problem : loaded.problems)
      report_trouble(Task::read_state, problem);
    take_up_requests(loaded.state, save);
    look(std::move(loaded.state));
    act(
        context_, done_.seen, preloaders_, save,
        [this](std::vector<Event> events) { report(std::move(events)); }, options_.under_way);
    if (starts_anything(done_.seen.plan)) count_oom_kills(machine_, done_.seen.state);
    tell(save);
    save(done_.seen.state);
    done_.is_remembered = !keeper.has_failed();
    if (auto trouble = keeper.trouble()) {
      report({*trouble});
      done_.to_print.push_back(std::move(*trouble));
    }
    return std::move(done_);
  }

 private:
  void report(std::vector<Event> events) {
    stamp(events, machine_.wall_clock());
    log_.write(events);
    std::ranges::move(events, std::back_inserter(done_.events));
  }
  void report_trouble(Task task, Failure failure) {
    report({own_trouble(context_, task, std::move(failure))});
  }

  /// Writes nothing: what is there is another's.
  PassDone leave_alone(LoadedState loaded, std::string doubt) {
    const auto app = locate_app(context_, loaded.state);
    report({make_event(EventKind::foreign_state, {}, Severity::error, InOtherHands{doubt})});
    done_.seen = snapshot_of(assess(context_, app, std::move(loaded.state),
                                    {.selection = options_.selection, .doubt = std::move(doubt)}),
                             {});
    done_.to_print = problems_to_tell(done_.events, done_.seen.facts.wall, done_.seen.state.told);
    return std::move(done_);
  }

  /// They go once the state has them; until then they are read again, which changes nothing.
  void take_up_requests(State& state, const SaveState& save) {
    const auto posted = read_requests(machine_, config_.state_file);
    if (posted.is_unread) throw_unread(posted.problems.front());
    for (const auto& problem : posted.problems)
      report_trouble(Task::read_state, problem);
    if (posted.text.empty()) return;
    // A restart is for code that may have changed since it was booted.
    if (std::ranges::any_of(posted.requests, is_for_roll)) preloaders_.hang_up();
    remember_requests(state, posted.requests, config_.workers);
    if (!save(state)) return;
    try {
      drop_requests(machine_, config_.state_file, posted);
    } catch (const std::system_error& error) {
      report_trouble(Task::write_state, failure_of(error));
    }
  }

  void look(State state) {
    const auto app = locate_app(context_, state);
    done_.seen =
        snapshot_of(assess(context_, app, std::move(state), {.selection = options_.selection}), {});
    explain_early_deaths(machine_, config_, done_.seen.state);
    look_into_ends(machine_, config_, done_.seen);
    const auto now = done_.seen.facts.wall;
    if (lock_.last_touched && now - *lock_.last_touched > config_.stuck_after.count() / 1000)
      report({gap_event(*lock_.last_touched, now)});
    if (!has_watched_) say_at_most(done_.seen.noticed);
    report(done_.seen.noticed);
    auto& plan = done_.seen.plan;
    const bool would_start = starts_anything(plan) || waits_until_ready(plan);
    if (!would_start || !machine_.is_shutting_down()) return;
    leave_out_starts(plan);
    report({make_event(EventKind::host_stopping, {}, Severity::info, {})});
  }

  void tell(const SaveState& save) {
    report(tell_others(context_, done_, began_, save));
    if (log_.trouble()) done_.events.push_back(*log_.trouble());
    done_.to_print = problems_to_tell(done_.events, done_.seen.facts.wall, done_.seen.state.told);
  }

  const Context& context_;
  const Config& config_;
  Machine& machine_;
  const PassOptions& options_;
  const bool has_watched_;
  FileLock& lock_;
  Preloaders& preloaders_;
  Duration began_;  ///< by the monotonic clock
  EventLog log_;
  PassDone done_;
};

}  // namespace

std::optional<WallTime> last_pass(const Context& context) {
  const auto lock = context.machine.file_status(context.config.lock_file);
  return lock ? std::optional<WallTime>(lock->modified / 1'000'000'000) : std::nullopt;
}

Snapshot take_snapshot(const Context& context, SnapshotOptions options) {
  auto& machine = context.machine;
  const auto& config = context.config;
  auto loaded = load_state(machine, config.state_file, context.here);
  const auto posted = read_requests(machine, config.state_file);
  remember_requests(loaded.state, posted.requests, config.workers);
  remember_requests(loaded.state, options.requests, config.workers);
  std::ranges::copy(posted.problems, std::back_inserter(loaded.problems));
  auto doubt = doubt_of(context, loaded, last_pass(context));
  const auto app = locate_app(context, loaded.state);
  return snapshot_of(assess(context, app, std::move(loaded.state),
                            {.selection = std::move(options.selection),
                             .search = options.search,
                             .doubt = std::move(doubt),
                             .earlier = options.earlier}),
                     std::move(loaded.problems));
}

PassOutcome run_pass(const Context& context, const PassOptions& options) {
  const auto& config = context.config;
  // First, or the lock's folder would be made where the root ought to be.
  context.machine.enter_directory(config.root);
  auto taken = context.machine.take_lock(config.lock_file, options.lock_wait);
  if (const auto* holder = std::get_if<LockHolder>(&taken)) return *holder;
  auto& lock = *std::get<std::unique_ptr<FileLock>>(taken);
  Preloaders preloaders(context.machine);
  FollowUp follow_up(context, options, preloaders);
  const auto pass = [&](bool has_watched) {
    auto done = Pass(context, options, has_watched, lock, preloaders).run();
    if (options.passed) options.passed(done);
    follow_up.passed(done);
    return done;
  };
  auto done = pass(options.has_watched);
  // Who has been asked to stop and is not remembered as such would be asked again.
  while (done.is_remembered && follow_up.wait(done.seen))
    done = joined(std::move(done), pass(true));
  return done;
}

bool has_errors(const std::vector<Event>& events) {
  return std::ranges::any_of(events,
                             [](const Event& event) { return event.severity == Severity::error; });
}

}  // namespace bootcheck
