#include "model/remember.h"

#include "model/backoff.h"
#include "model/identity.h"
#include "model/outcomes.h"
#include "model/record.h"

#include <algorithm>
#include <utility>

namespace bootcheck {
namespace {

constexpr Duration kSlowDrain = std::chrono::hours{1};
constexpr WallTime kBetweenReminders = 24 * 3600;  // s
/// The keys of reminders begin so, and those of nothing else in State::told.
constexpr std::string_view kReminded = "reminded ";
/// Nor more living ones to be told from it.
constexpr std::size_t kMostLeftOvers = 64;
constexpr std::size_t kMostDeadSessions = 64;

Event event_of(EventKind kind, const Worker& worker, Detail detail) {
  return make_event(kind, worker.name, Severity::info, std::move(detail));
}

bool serves(WorkerState state) {
  return state == WorkerState::running || state == WorkerState::lost ||
         state == WorkerState::duplicate;
}

Duration current_delay(const Failures& failures, const Facts& facts) {
  return std::max(facts.backoff_first,
                  backoff_delay(failures.count, facts.backoff_first, facts.backoff_max));
}

/// One worker's record.
class Rememberer {
 public:
  Rememberer(const Worker& worker, const Facts& facts, const Observation& seen,
             const Judgement& judgement, WorkerRecord& record, std::vector<Event>& events)
      : worker_(worker),
        facts_(facts),
        seen_(seen),
        judgement_(judgement),
        record_(record),
        events_(events) {}

  void run() {
    note_end();
    note_ended_beside();
    note_drained();
    note_stopped_by_command();
    note_slow_drains();
    note_left_overs();
    note_current();
    note_running_unseen();
    note_roll();
    note_staying_up();
  }

 private:
  void note_end() {
    if (!judgement_.ended) return;
    note_dead(*judgement_.ended, record_.process->host, judgement_.ended_as_asked);
    add_dead_session(record_.process->session);
    record_.last = std::exchange(record_.process, std::nullopt);
    record_.start.reset();
    if (judgement_.ended_as_asked) {
      record_.drained_at = facts_.now;
      record_.failures = {};
    } else {
      note_death();
    }
  }

  /// It may have left a job.
  void note_dead(const ProcessId& id, const std::string& host, bool asked) {
    if (!recovers(worker_, facts_)) return;
    const auto born = born_at(id, facts_);
    add_unrecovered(record_, {.pid = id.pid, .host = host, .asked = asked, .born = born}, facts_);
  }

  /// By it those are known that it has left behind, also when others have followed it.
  void add_dead_session(pid_t session) {
    if (session == 0) return;
    auto& sessions = record_.dead_sessions;
    std::erase(sessions, session);
    if (facts_.processes.searched && !facts_.processes.hidden)
      std::erase_if(sessions, [this](pid_t each) { return !has_members(each); });
    if (sessions.size() >= kMostDeadSessions) sessions.erase(sessions.begin());
    sessions.push_back(session);
  }

  bool has_members(pid_t session) const {
    return std::ranges::any_of(facts_.processes.looks, [session](const auto& look) {
      const auto* process = std::get_if<Process>(&look.second);
      return process != nullptr && process->session == session;
    });
  }

  /// It died although nobody asked it to. Soon after its start it is one that does not stay up.
  void note_death() {
    const auto early = 2 * current_delay(record_.failures, facts_);
    const bool stayed_up =
        record_.started_at == 0 || facts_.now - record_.started_at >= early.count();
    if (stayed_up) {
      record_.failures = {};
    } else {
      remember_failed(record_, worker_, {.cause = DiedEarly{}, .output_tail = {}, .output = {}},
                      seen_.restart_file_mtime, facts_, facts_.now);
    }
  }

  void note_ended_beside() {
    std::erase_if(record_.beside, [this](const KnownProcess& other) {
      if (!facts_.processes.has_ended(other.id)) return false;
      add_dead_session(other.session);
      const auto* stop = find_stop(&record_, other.id);
      note_dead(other.id, other.host, stop != nullptr && stop->asked);
      if (record_.process) record_.last = other;
      return true;
    });
  }

  void note_drained() {
    std::erase_if(record_.stops, [this](const StopRequest& stop) {
      if (!facts_.processes.has_ended(stop.process)) return false;
      add_dead_session(stop.session);
      if (stop.asked) {
        const Duration took{std::max<BootTime>(0, facts_.now - stop.asked_at)};
        events_.push_back(
            event_of(EventKind::drained, worker_, Stopping{stop.process.pid, stop.reason, took}));
      }
      if (stop.aside) note_dead(stop.process, host_of(stop.process), stop.asked);
      return true;
    });
  }

  /// Its status command says so: nothing else can.
  void note_stopped_by_command() {
    if (seen_.status != StatusAnswer::not_running) return;
    record_.replace_by_command = false;  // whatever comes up has the present code
    if (!record_.by_command) return;
    const auto stop = *std::exchange(record_.by_command, std::nullopt);
    if (!stop.asked) return;
    const Duration took{std::max<BootTime>(0, facts_.now - stop.asked_at)};
    events_.push_back(event_of(EventKind::drained, worker_, Stopping{0, stop.reason, took}));
    record_.drained_at = facts_.now;
    record_.failures = {};
  }

  /// As it was called when the process was started, where that is remembered. Of those that were
  /// beside it the end is noted by now.
  std::string host_of(const ProcessId& process) const {
    return record_.last && record_.last->id == process ? record_.last->host : facts_.host;
  }

  /// Told once for each: jobs of hours are nothing to worry about, but somebody may wait for it.
  void note_slow_drains() {
    for (auto& stop : record_.stops)
      note_slow_drain(stop);
    if (record_.by_command) note_slow_drain(*record_.by_command);
  }

  void note_slow_drain(StopRequest& stop) {
    if (!stop.asked || stop.told_slow || facts_.now - stop.asked_at < kSlowDrain.count()) return;
    stop.told_slow = true;
    events_.push_back(event_of(EventKind::drain_slow, worker_,
                               Stopping{stop.process.pid, stop.reason, std::nullopt}));
  }

  /// Those of it that live, each told once: the session of a dead one alone tells what they are,
  /// and it is forgotten with the next death but one.
  void note_left_overs() {
    std::erase_if(record_.left_overs,
                  [this](const ProcessId& id) { return facts_.processes.has_ended(id); });
    Duplicates news;
    for (const auto& left : judgement_.left_overs) {
      const bool is_known =
          std::ranges::find(record_.left_overs, left.id) != record_.left_overs.end();
      if (is_known || record_.left_overs.size() >= kMostLeftOvers) continue;
      record_.left_overs.push_back(left.id);
      news.pids.push_back(left.id.pid);
    }
    if (news.pids.empty()) return;
    events_.push_back(
        make_event(EventKind::left_over, worker_.name, Severity::warning, std::move(news)));
  }

  void note_current() {
    if (!judgement_.process || judgement_.beneath == WorkerState::starting) return;
    const auto& process = *judgement_.process;
    if (record_.process && record_.process->id == process.id) return complete(process);
    const bool is_draining = find_stop(&record_, process.id) != nullptr;
    if (is_draining || !judgement_.is_named) return;
    adopt(process);
  }

  /// What was not known when it was remembered: the first version kept no more than the process.
  void complete(const Process& process) {
    if (!record_.restart_file_mtime) record_.restart_file_mtime = seen_.restart_file_mtime;
    if (!record_.process->release.empty()) return;
    record_.process->release = present_release_of(process);
    record_.process->session = process.session;
  }

  /// Somebody else has started it, or a pass that was ended before it could say so.
  void adopt(const Process& process) {
    const auto before = std::ranges::find(record_.beside, process.id, &KnownProcess::id);
    take_place(record_, before != record_.beside.end()
                            ? KnownProcess(*before)
                            : KnownProcess{.id = process.id,
                                           .begun = record_.start ? record_.start->since : 0,
                                           .suspended = facts_.suspended,
                                           .session = process.session,
                                           .release = present_release_of(process),
                                           .host = facts_.host});
    record_.restart_file_mtime = seen_.restart_file_mtime;
    if (record_.former_pid && *record_.former_pid != process.id.pid && recovers(worker_, facts_))
      add_unrecovered(record_, {.pid = *record_.former_pid, .host = {}, .asked = false}, facts_);
    record_.former_pid.reset();
    record_.drained_at.reset();
    record_.start.reset();
    if (judgement_.proof == Proof::title) record_.started_at = 0;
  }

  /// Its status command says that it runs, and no pid file says as what: whatever gets into that
  /// file later is not proved by a start of long ago.
  void note_running_unseen() {
    if (judgement_.proof == Proof::status_command) record_.start.reset();
  }

  /// Of whatever came up after `restart` was asked for the operator has the present code.
  void note_roll() {
    if (!record_.roll || judgement_.beneath == WorkerState::unknown ||
        judgement_.beneath == WorkerState::starting)
      return;
    const auto asked = *std::exchange(record_.roll, std::nullopt);
    if (!serves(judgement_.state)) return;
    if (!judgement_.process && !worker_.stop.empty()) {
      record_.replace_by_command = record_.started_at <= asked.at;
      return;
    }
    if (!judgement_.process) {
      events_.push_back(
          make_event(EventKind::no_process, worker_.name, Severity::error, std::monostate{}));
      return;
    }
    const auto& id = judgement_.process->id;
    if (find_stop(&record_, id) != nullptr || began_at(id) > asked.at) return;
    record_.to_replace = id;
    record_.replace_by_surge = asked.mode.value_or(worker_.restart.mode) == RestartMode::surge;
  }

  BootTime began_at(const ProcessId& id) const {
    const bool known = record_.process && record_.process->id == id && record_.process->begun != 0;
    return facts_.now -
           age_of({.pid = id.pid, .start_time = known ? record_.process->begun : id.start_time},
                  facts_);
  }

  std::string present_release_of(const Process& process) const {
    const bool present = process.cwd && is_below(*process.cwd, facts_.app.release);
    return present ? facts_.app.release.native() : std::string();
  }

  void note_staying_up() {
    auto& failures = record_.failures;
    if (failures.count == 0 || !record_.process || record_.started_at == 0) return;
    if (facts_.now - record_.started_at < 2 * current_delay(failures, facts_).count()) return;
    if (failures.count > 1) {
      events_.push_back(
          event_of(EventKind::recovered, worker_, OfProcess{record_.process->id.pid}));
    }
    failures = {};
  }

  const Worker& worker_;
  const Facts& facts_;
  const Observation& seen_;
  const Judgement& judgement_;
  WorkerRecord& record_;
  std::vector<Event>& events_;
};

/// What is kept by the names of workers that the configuration no longer has. Their processes run
/// on, and are orphans.
void forget_unconfigured(State& state, const Facts& facts) {
  std::vector<std::string> names;
  for (const auto& [name, record] : unconfigured(state, *facts.workers)) {
    names.emplace_back(name);
    for (const auto& id : processes_of(*record)) {
      const auto* stop = find_stop(record, id);
      state.orphans.push_back({.name = std::string(name),
                               .process = id,
                               .stop = stop == nullptr ? std::nullopt : std::optional(*stop)});
    }
  }
  for (const auto& name : names) {
    state.workers.erase(name);
    state.counters.erase(name);
  }
}

/// A hold without an end is easily forgotten: it is told once a day, the first time a day after it
/// began.
void remind_of_holds(State& state, const Facts& facts, std::vector<Event>& events) {
  std::erase_if(state.told, [&](const auto& told) {
    if (!told.first.starts_with(kReminded)) return false;
    return !state.holds.contains(told.first.substr(kReminded.size()));
  });
  for (const auto& worker : *facts.workers) {
    const auto* hold = hold_of(state, worker.name, facts.wall);
    if (hold == nullptr || hold->until) continue;
    const auto key = std::string(kReminded) + worker.name;
    const auto told = state.told.find(key);
    // Of a hold that another took the place of nobody has been reminded.
    const bool is_told = told != state.told.end() && told->second.at >= hold->since;
    const auto last = is_told ? told->second.at : hold->since;
    if (facts.wall - last < kBetweenReminders) continue;
    state.told[key] = Told{.at = facts.wall};
    events.push_back(make_event(EventKind::still_held, worker.name, Severity::warning,
                                HeldSince{hold->by, hold->reason, hold->since}));
  }
}

/// Whoever was surged away before its worker was taken out of the configuration is remembered until
/// its file is gone, too.
void forget_ended_orphans(State& state, const Facts& facts) {
  const auto has_file = [&](const OrphanRecord& orphan) {
    return orphan.stop && orphan.stop->aside &&
           std::ranges::find(facts.set_aside_elsewhere, orphan.process.pid, &SetAsideFile::pid) !=
               facts.set_aside_elsewhere.end();
  };
  std::erase_if(state.orphans, [&](const OrphanRecord& orphan) {
    return facts.processes.has_ended(orphan.process) && !has_file(orphan);
  });
}

}  // namespace

void forget_void_stops(State& state, const std::vector<Worker>& workers, WallTime now) {
  const auto is_void = [](const StopRequest& stop) {
    return stop.reason == StopReason::stop && !stop.asked && !stop.aside;
  };
  for (const auto& worker : workers) {
    const auto found = state.workers.find(worker.name);
    if (found == state.workers.end() || !worker.enabled || hold_of(state, worker.name, now))
      continue;
    auto& record = found->second;
    std::erase_if(record.stops, is_void);
    if (record.by_command && is_void(*record.by_command)) record.by_command.reset();
  }
}

Remembered remember(State state, const Facts& facts, const Judgements& judgements) {
  Remembered result;
  forget_unconfigured(state, facts);
  for (std::size_t at = 0; at < facts.workers->size(); ++at) {
    const auto& worker = (*facts.workers)[at];
    auto [entry, added] = state.workers.try_emplace(worker.name);
    Rememberer(worker, facts, facts.seen[at], judgements[at], entry->second, result.events).run();
    if (!added) continue;
    if (entry->second == WorkerRecord{}) state.workers.erase(entry);
  }
  std::erase_if(state.holds, [&](const auto& hold) {
    return hold.second.until && *hold.second.until <= facts.wall;
  });
  if (!state.holds.empty() || !state.told.empty()) remind_of_holds(state, facts, result.events);
  forget_ended_orphans(state, facts);
  result.state = std::move(state);
  return result;
}

}  // namespace bootcheck
