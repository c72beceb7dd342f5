#include "model/classify.h"

#include <algorithm>

namespace bootcheck {
namespace {

template <class T>
bool is(const auto& variant) {
  return std::holds_alternative<T>(variant);
}

bool was_set_aside(const Observation& seen, pid_t pid) {
  return std::ranges::any_of(seen.set_aside, [pid](const SetAside& old) { return old.pid == pid; });
}

/// The workers that live besides the one already proved and those that were surged away.
std::vector<Process> other_workers(const Observation& seen, const std::optional<Process>& proved) {
  std::vector<Process> others;
  const auto add = [&](const Process& process) {
    const auto is_same = [&](const Process& other) { return other.id.pid == process.id.pid; };
    const bool known = (proved && is_same(*proved)) || was_set_aside(seen, process.id.pid) ||
                       std::ranges::any_of(others, is_same);
    if (!known) others.push_back(process);
  };
  if (seen.remembered) add(*seen.remembered);
  if (seen.sightings) std::ranges::for_each(seen.sightings->alive, add);
  return others;
}

/// This process came by the worker's pid after the worker had ended.
bool is_successor_in_pid(const Process& process, const WorkerRecord* record) {
  if (record == nullptr) return false;
  const auto& known = record->process;
  return record->former_pid == process.id.pid ||
         (known && known->pid == process.id.pid && *known != process.id);
}

/// Whether a process of the right user could be a worker that has no title of its own: many
/// programs exec others or change their command line. What bootcheck has detached began inside the
/// app; what daemonizes itself may have changed into any directory.
bool may_be_untitled(const Worker& worker, const App& app, const Process& process) {
  return worker.process_title.empty() &&
         (!worker.foreground || !process.cwd || app.contains(*process.cwd));
}

std::string user_text(uid_t uid) {
  return "user " + std::to_string(uid);
}

/// Why nothing can be concluded although the pid file's process is not proved to be the worker;
/// empty: it can.
std::string doubt(const Worker& worker, const App& app, const Observation& seen,
                  const WorkerRecord* record) {
  if (const auto* file = std::get_if<UnreadablePidFile>(&seen.pid_file))
    return "its pid file cannot be read: " + file->why;
  if (const auto* hidden = std::get_if<Hidden>(&seen.named))
    return "its process cannot be looked at: " + hidden->why;
  if (const auto* process = std::get_if<Process>(&seen.named)) {
    const auto pid = std::to_string(process->id.pid);
    if (process->uid != app.uid && bears_title(process->argv, worker))
      return "pid " + pid + " bears its title but runs as " + user_text(process->uid) + ", not " +
             user_text(app.uid);
    if (process->uid == app.uid && seen.status != StatusAnswer::not_running &&
        !is_successor_in_pid(*process, record) && may_be_untitled(worker, app, *process))
      return "pid " + pid +
             " is in its pid file but does not bear its start command, and may be it";
  }
  if (seen.proc_hidden) return "/proc hides processes (pid 1 is not visible, hidepid?)";
  return {};
}

WorkerState state_of_absent(const Observation& seen) {
  if (is<NoPidFile>(seen.pid_file)) return WorkerState::missing;
  if (is<PidInFile>(seen.pid_file) && (is<NoProcess>(seen.named) || is<Zombie>(seen.named)))
    return WorkerState::crashed;
  return WorkerState::stale;
}

Judgement unknown(std::string reason) {
  Judgement judgement;
  judgement.reason = std::move(reason);
  return judgement;
}

Judgement found(WorkerState state, Proof proof, std::optional<Process> process,
                std::vector<Process> others = {}) {
  Judgement judgement;
  judgement.state = state;
  judgement.proof = proof;
  judgement.process = std::move(process);
  judgement.others = std::move(others);
  return judgement;
}

/// The worker lives, under the pid of its pid file.
Judgement judge_named(Proof proof, const Observation& seen, const WorkerRecord* record) {
  if (seen.status == StatusAnswer::not_running)
    return unknown("its process lives but its status command says it does not run");
  const auto& process = std::get<Process>(seen.named);
  auto others = other_workers(seen, process);
  auto state = WorkerState::running;
  if (!others.empty()) {
    state = WorkerState::duplicate;
  } else if (find_stop(record, process.id) != nullptr) {
    state = WorkerState::draining;
  }
  return found(state, proof, process, std::move(others));
}

/// Its back-off is not over; another release or start command gets a fresh chance.
bool must_wait(const Worker& worker, const App& app, const Memory& memory) {
  if (memory.record == nullptr) return false;
  const auto& failures = memory.record->failures;
  return failures.next_try > memory.now && failures.release == app.release.native() &&
         failures.command == command_text(worker.start);
}

/// No process stands proved in the pid file: elsewhere in /proc, being started, or not there at
/// all.
Judgement judge_unnamed(const Worker& worker, const App& app, const Observation& seen,
                        const Memory& memory) {
  auto others = other_workers(seen, {});
  if (others.size() > 1) return found(WorkerState::duplicate, Proof::scan, {}, std::move(others));
  if (others.size() == 1) {
    // A worker removes its pid file before its process ends: that is no loss.
    const bool drains = find_stop(memory.record, others.front().id) != nullptr;
    return found(drains ? WorkerState::draining : WorkerState::lost,
                 seen.remembered ? Proof::record : Proof::scan, others.front());
  }
  if (seen.status == StatusAnswer::running)
    return found(WorkerState::running, Proof::status_command, {});
  if (seen.status == StatusAnswer::unknown)
    return unknown("its status command failed or did not answer in time");
  if (auto why = doubt(worker, app, seen, memory.record); !why.empty())
    return unknown(std::move(why));
  if (!seen.sightings) return unknown("/proc was not searched");
  Judgement judgement;
  if (!seen.sightings->starting.empty()) {
    judgement.state = WorkerState::starting;
    judgement.process = seen.sightings->starting.front();
  } else if (must_wait(worker, app, memory)) {
    judgement.state = WorkerState::failing;
  } else {
    judgement.state = state_of_absent(seen);
  }
  return judgement;
}

std::string hold_text(const Worker& worker, const Hold* hold) {
  if (!worker.enabled) return "disabled in the configuration";
  return hold->reason.empty() ? "by " + hold->by : "by " + hold->by + ": " + hold->reason;
}

}  // namespace

Proof proof_of_named(const Worker& worker, const App& app, const Observation& seen,
                     const WorkerRecord* record) {
  const auto* process = std::get_if<Process>(&seen.named);
  if (process == nullptr || was_set_aside(seen, process->id.pid)) return Proof::none;
  if (record != nullptr && record->process == process->id) return Proof::record;
  if (process->uid != app.uid) return Proof::none;
  if (bears_title(process->argv, worker)) return Proof::title;
  if (is_start_of(process->argv, worker)) return Proof::start_command;
  return Proof::none;
}

const WorkerRecord* find_record(const State& state, const std::string& worker) {
  const auto found = state.workers.find(worker);
  return found == state.workers.end() ? nullptr : &found->second;
}

const StopRequest* find_stop(const WorkerRecord* record, const ProcessId& process) {
  if (record == nullptr) return nullptr;
  const auto stop = std::ranges::find(record->stops, process, &StopRequest::process);
  return stop == record->stops.end() ? nullptr : &*stop;
}

bool needs_scan(const Worker& worker, const App& app, const Observation& seen,
                const WorkerRecord* record) {
  return proof_of_named(worker, app, seen, record) == Proof::none;
}

bool may_be_sighting(const Worker& worker, const Argv& command_line) {
  return bears_title(command_line, worker) || is_start_of(command_line, worker);
}

void sort_sighting(const Worker& worker, const App& app, const Process& process,
                   Sightings& sightings) {
  if (process.uid != app.uid || !process.cwd || !app.owns(*process.cwd)) return;
  // Without a title the start command of a daemon and the daemon it leaves behind look alike.
  const bool tells_itself = worker.foreground || !worker.process_title.empty();
  if (tells_itself && bears_title(process.argv, worker)) {
    sightings.alive.push_back(process);
  } else if (is_start_of(process.argv, worker)) {
    sightings.starting.push_back(process);
  }
}

void drop_forks(Sightings& sightings) {
  const auto all = sightings.alive;
  std::erase_if(sightings.alive, [&](const Process& process) {
    return std::ranges::any_of(
        all, [&](const Process& other) { return other.id.pid == process.parent; });
  });
}

Judgement classify(const Worker& worker, const App& app, const Observation& seen,
                   const Memory& memory) {
  const Proof proof = proof_of_named(worker, app, seen, memory.record);
  auto judgement = proof == Proof::none ? judge_unnamed(worker, app, seen, memory)
                                        : judge_named(proof, seen, memory.record);
  judgement.beneath = judgement.state;
  if (memory.hold != nullptr || !worker.enabled) {
    judgement.state = WorkerState::held;
    judgement.reason = hold_text(worker, memory.hold);
  }
  return judgement;
}

std::string_view name_of(WorkerState state) {
  switch (state) {
    case WorkerState::running:
      return "running";
    case WorkerState::draining:
      return "draining";
    case WorkerState::missing:
      return "missing";
    case WorkerState::crashed:
      return "crashed";
    case WorkerState::stale:
      return "stale";
    case WorkerState::lost:
      return "lost";
    case WorkerState::duplicate:
      return "duplicate";
    case WorkerState::unknown:
      return "unknown";
    case WorkerState::starting:
      return "starting";
    case WorkerState::held:
      return "held";
    case WorkerState::failing:
      return "failing";
  }
  return "unknown";
}

std::string_view name_of(Proof proof) {
  switch (proof) {
    case Proof::none:
      return "none";
    case Proof::record:
      return "pid, start time and boot id are the recorded ones";
    case Proof::title:
      return "its pid is in the pid file, and it has the right user and title";
    case Proof::start_command:
      return "its pid is in the pid file, and it still bears its start command line";
    case Proof::scan:
      return "found in /proc by user, title and working directory";
    case Proof::status_command:
      return "its status command says so";
  }
  return "none";
}

}  // namespace bootcheck
