#include "model/prover.h"

#include "model/identity.h"

#include <algorithm>

namespace bootcheck {
namespace {

std::string user_text(uid_t uid) {
  return "user " + std::to_string(uid);
}

/// Whether `test(session, id)` holds for one that is, or was, the worker and may live.
template <class Test>
bool is_any_remembered(const WorkerRecord& record, const Test& test) {
  const auto is_known = [&](const KnownProcess& each) { return test(each.session, each.id); };
  const auto is_asked = [&](const StopRequest& stop) { return test(stop.session, stop.process); };
  return (record.process && is_known(*record.process)) ||
         std::ranges::any_of(record.beside, is_known) ||
         std::ranges::any_of(record.stops, is_asked);
}

}  // namespace

Prover::Prover(const Facts& facts, const State& state) : facts_(facts), workers_(*facts.workers) {
  for (const auto& worker : workers_) {
    const auto* record = find_record(state, worker.name);
    if (record != nullptr) {
      for (const auto& id : processes_of(*record)) {
        if (facts_.processes.living(id) != nullptr) owners_.emplace(id.pid, records_.size());
      }
    }
    records_.push_back(record);
  }
}

std::optional<std::size_t> Prover::owner_of(const Process& process) const {
  const auto owner = owners_.find(process.id.pid);
  return owner == owners_.end() ? std::nullopt : std::optional(owner->second);
}

bool Prover::came_by_its_pid(const Process& process, std::size_t at) const {
  const auto* record = records_[at];
  if (record == nullptr) return false;
  const auto reused = [&](const KnownProcess& known) {
    return known.id.pid == process.id.pid && known.id != process.id;
  };
  return record->former_pid == process.id.pid || (record->process && reused(*record->process)) ||
         (record->last && reused(*record->last)) || std::ranges::any_of(record->beside, reused) ||
         std::ranges::find(record->unrecovered, process.id.pid, &DeadProcess::pid) !=
             record->unrecovered.end();
}

/// The one that is remembered lives and was not asked to go, and its pid file says another, which
/// is no successor of it that a pass has begun to start.
bool Prover::lives_without_pid_file(const Process& named, std::size_t at) const {
  const auto* record = records_[at];
  if (record == nullptr || !record->process) return false;
  const auto& id = record->process->id;
  if (facts_.processes.living(id) == nullptr) return false;
  const auto* stop = find_stop(record, id);
  return stop == nullptr || (!stop->asked && !is_born_since_start(named, at));
}

/// Which lives, of this worker or of another one that looks like it.
bool Prover::is_child_of_remembered(const Process& process) const {
  return owners_.contains(process.parent) ||
         (process.session != process.id.pid && owners_.contains(process.session));
}

/// What a dead one has left behind, of this worker or of another one that looks like it.
bool Prover::is_of_dead_session(const Process& process) const {
  for (std::size_t at = 0; at < workers_.size(); ++at)
    if (shares_session_of_dead(process, at)) return true;
  return false;
}

Proof Prover::proof_of_named(const Process& process, std::size_t at) const {
  if (process.uid != facts_.app.uid) return Proof::none;
  if (owner_of(process) == at) return Proof::record;
  if (!process.argv) return Proof::none;
  const bool is_beside = lives_without_pid_file(process, at);
  if (is_beside && is_of_dead_session(process)) return Proof::none;
  if (is_child_of_remembered(process)) return Proof::none;
  const bool reused = came_by_its_pid(process, at);
  if ((reused || is_beside) && !works_inside(process, at)) return Proof::none;
  if (is_younger_than_its_file(process, at)) return Proof::none;
  // It may be the child of one whose pid the file does not say, which a search finds.
  if (reused && process.session != process.id.pid && tells_itself(workers_[at])) return Proof::none;
  if (bears_title(*process.argv, workers_[at])) return Proof::title;
  if (!reused && is_born_of_start(process, at) && !is_of_dead_session(process)) return Proof::birth;
  // One that has a title bears its start command only until it is up.
  if (is_beside && !workers_[at].process_title.empty()) return Proof::none;
  return is_start_of(*process.argv, workers_[at]) ? Proof::start_command : Proof::none;
}

/// In the application, or where the worker is told to work.
bool Prover::works_inside(const Process& process, std::size_t at) const {
  return process.cwd && (facts_.app.contains(*process.cwd) ||
                         is_below(*process.cwd, workers_[at].working_directory));
}

/// Nobody writes down the pid of a process that is not born yet: the file may be of an earlier
/// boot, and the process another application's. Or the clock was set: what works in the
/// application is believed.
bool Prover::is_younger_than_its_file(const Process& process, std::size_t at) const {
  constexpr WallTime kInaccurate = 10;
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto written = facts_.seen[at].pid_file_mtime.value_or(0) / kSecond;
  return written != 0 && born_at(process.id, facts_) - kInaccurate > written &&
         !works_inside(process, at);
}

/// A daemon without a title, or a foreground program, whose child has written its own pid: known
/// by the change of its pid file during our start of it.
bool Prover::is_born_of_start(const Process& process, std::size_t at) const {
  const auto& worker = workers_[at];
  return (worker.foreground || worker.process_title.empty()) && is_born_since_start(process, at) &&
         records_[at]->start->pid_before != process.id.pid;
}

bool Prover::is_born_since_start(const Process& process, std::size_t at) const {
  const auto* record = records_[at];
  return record != nullptr && record->start && process.id.start_time >= record->start->since &&
         process.id.start_time <= record->start->since + ticks_of(workers_[at].start_timeout);
}

std::uint64_t Prover::ticks_of(Duration duration) const {
  return static_cast<std::uint64_t>(duration.count() * facts_.ticks_per_second / 1000);
}

bool Prover::is_set_aside(const Process& process, std::size_t at) const {
  const auto* stop = find_stop(records_[at], process.id);
  const auto& files = facts_.seen[at].set_aside;
  return (stop != nullptr && stop->aside) ||
         std::ranges::find(files, process.id.pid) != files.end();
}

bool Prover::is_coming_up(const Process& process, const std::vector<std::size_t>& bearers) const {
  if (!process.cwd || process.cwd->native() != "/") return false;
  return std::ranges::any_of(bearers, [&](std::size_t at) {
    return changes_back(workers_[at]) && is_born_since_start(process, at);
  });
}

bool Prover::shares_session_of_dead(const Process& process, std::size_t at) const {
  const auto* record = records_[at];
  if (record == nullptr || process.session == 0 || process.session == process.id.pid) return false;
  // The number of a session is given away again only when nobody is left in it.
  const bool is_led = facts_.processes.living(process.session) != nullptr;
  if (!is_led &&
      std::ranges::find(record->dead_sessions, process.session) != record->dead_sessions.end())
    return true;
  const auto is_of = [&](pid_t session, const ProcessId& id) {
    return session == process.session && facts_.processes.has_ended(id);
  };
  return (record->last && is_of(record->last->session, record->last->id)) ||
         is_any_remembered(*record, is_of);
}

bool Prover::shares_session_of_unseen(const Process& process, std::size_t at) const {
  const auto* record = records_[at];
  if (record == nullptr || process.session == 0 || process.session == process.id.pid) return false;
  const auto is_of = [&](pid_t session, const ProcessId&) { return session == process.session; };
  return is_any_remembered(*record, is_of);
}

std::string Prover::doubt_of_remembered(std::size_t at) const {
  const auto* record = records_[at];
  if (record == nullptr || !record->process) return {};
  const auto pid = record->process->id.pid;
  const auto look = facts_.processes.looks.find(pid);
  if (look == facts_.processes.looks.end()) return {};
  const auto* hidden = std::get_if<Hidden>(&look->second);
  if (hidden == nullptr) return {};
  return "pid " + std::to_string(pid) + ", remembered as it, cannot be looked at: " + hidden->why;
}

std::string Prover::doubt_of_named(const Process& process, std::size_t at) const {
  const auto& worker = workers_[at];
  const auto pid = "pid " + std::to_string(process.id.pid);
  const bool bears = process.argv && bears_title(*process.argv, worker);
  if (process.uid != facts_.app.uid) {
    if (!bears) return {};
    return pid + " bears its title but runs as " + user_text(process.uid) + ", not " +
           user_text(facts_.app.uid);
  }
  if (is_child_of_remembered(process)) return {};
  if (!process.argv) return pid + " is in its pid file, but its command line cannot be read";
  if (came_by_its_pid(process, at)) {
    return bears && process.cwd_refused
               ? pid + " bears its title, but the kernel does not show its working directory"
               : std::string();
  }
  if ((bears || is_start_of(*process.argv, worker)) && is_younger_than_its_file(process, at)) {
    return pid +
           " looks like it, but its pid file is older, and it works outside the application: "
           "remove the pid file if it is another's";
  }
  if (facts_.seen[at].status == StatusAnswer::not_running) return {};
  return may_be_untitled(process, at)
             ? pid + " is in its pid file but does not bear its start command, and may be it"
             : std::string();
}

/// Many programs exec others or change their command line. What bootcheck has detached began
/// inside the app, or where it was told to; what daemonizes itself may have changed into any
/// directory.
bool Prover::may_be_untitled(const Process& process, std::size_t at) const {
  const auto& worker = workers_[at];
  return worker.process_title.empty() &&
         (!worker.foreground || !process.cwd || works_inside(process, at));
}

std::string Prover::doubt_of_user(const Process& process) const {
  return "pid " + std::to_string(process.id.pid) + ", remembered as it, runs as " +
         user_text(process.uid) + ", not " + user_text(facts_.app.uid);
}

}  // namespace bootcheck
