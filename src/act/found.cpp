#include "act/found.h"

#include <algorithm>
#include <utility>

namespace bootcheck {
namespace {

std::vector<Event> one(EventKind kind, const Worker& worker, Severity severity, Detail detail) {
  std::vector<Event> events;
  events.push_back(make_event(kind, worker.name, severity, std::move(detail)));
  return events;
}

Detail named_process(const Observation& seen) {
  if (const auto* file = std::get_if<PidInFile>(&seen.pid_file)) return OfProcess{file->pid};
  if (const auto* garbage = std::get_if<GarbagePidFile>(&seen.pid_file))
    return GarbageInPidFile{garbage->what};
  return {};
}

/// Nobody but us removes the pid file of a foreground program, so after its drain it is still
/// there.
bool has_drained(const Worker& worker, const Observation& seen, const std::vector<Event>& noticed) {
  const auto* file = std::get_if<PidInFile>(&seen.pid_file);
  if (!worker.foreground || file == nullptr) return false;
  return std::ranges::any_of(noticed, [&](const Event& event) {
    return event.kind == EventKind::drained && event.worker == worker.name &&
           pid_of(event) == file->pid;
  });
}

/// Whose pass died leaves a start without its time limit.
std::vector<Event> stuck_start(const Worker& worker, const Process& process, const Facts& facts) {
  const auto age = Duration(facts.now - static_cast<BootTime>(process.id.start_time) * 1000 /
                                            facts.ticks_per_second);
  if (age <= worker.start_timeout) return {};
  return one(EventKind::start_failed, worker, Severity::error, StartUnderWay{process.id.pid, age});
}

Duplicates duplicates(const Judgement& judgement, Orphans policy) {
  Duplicates found{.pids = {}, .drained = policy == Orphans::drain};
  for (const auto& other : judgement.others)
    found.pids.push_back(other.id.pid);
  return found;
}

WaitsForNextTry failing(const Failures& failures, BootTime now) {
  return {.last = failures.last_error,
          .failures = failures.count,
          .wait = Duration(std::max<BootTime>(0, failures.next_try - now))};
}

}  // namespace

std::vector<Event> found(const Decision& decision, const Facts& facts, const State& state,
                         const std::vector<Event>& noticed) {
  const auto& worker = (*facts.workers)[decision.worker];
  const auto& seen = facts.seen[decision.worker];
  switch (decision.judgement.state) {
    case WorkerState::crashed:
      if (has_drained(worker, seen, noticed)) return {};
      return one(EventKind::crashed, worker, Severity::warning, named_process(seen));
    case WorkerState::stale:
      return one(EventKind::stale, worker, Severity::warning, named_process(seen));
    case WorkerState::unknown:
      return one(EventKind::unknown, worker, Severity::error,
                 CannotTell{decision.judgement.reason});
    case WorkerState::duplicate:
      return one(EventKind::duplicate, worker, Severity::error,
                 duplicates(decision.judgement, facts.orphan_policy));
    case WorkerState::failing:
      return one(EventKind::failing, worker, Severity::error,
                 failing(find_record(state, worker.name)->failures, facts.now));
    case WorkerState::starting:
      return stuck_start(worker, *decision.judgement.process, facts);
    case WorkerState::running:
    case WorkerState::draining:
    case WorkerState::missing:
    case WorkerState::lost:
    case WorkerState::held:
      break;
  }
  return {};
}

std::vector<Event> found_orphans(const Facts& facts) {
  std::vector<Event> events;
  if (facts.orphan_policy != Orphans::warn) return events;
  for (const auto& orphan : facts.orphans) {
    events.push_back(make_event(EventKind::orphan, orphan.argv.front(), Severity::warning,
                                OfProcess{orphan.id.pid}));
  }
  return events;
}

}  // namespace bootcheck
