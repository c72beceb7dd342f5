#include "act/found.h"

#include "util/duration.h"

#include <algorithm>

#include <fmt/format.h>

namespace bootcheck {
namespace {

Event crashed(const Worker& worker, const Observation& seen) {
  auto event = event_of(EventKind::crashed, worker, Severity::warning);
  if (const auto* file = std::get_if<PidInFile>(&seen.pid_file)) add_pid(event, file->pid);
  return event;
}

/// Nobody but us removes the pid file of a foreground program, so after its drain it is still
/// there.
bool has_drained(const Worker& worker, const Observation& seen, const std::vector<Event>& noticed) {
  const auto* file = std::get_if<PidInFile>(&seen.pid_file);
  if (!worker.foreground || file == nullptr) return false;
  const std::pair<std::string, std::string> pid("pid", std::to_string(file->pid));
  return std::ranges::any_of(noticed, [&](const Event& event) {
    return event.kind == EventKind::drained && event.worker == worker.name &&
           std::ranges::find(event.fields, pid) != event.fields.end();
  });
}

/// Whose pass died leaves a start without its time limit.
std::vector<Event> stuck_start(const Worker& worker, const Process& process, const Facts& facts) {
  const auto age = Duration(facts.now - static_cast<BootTime>(process.id.start_time) * 1000 /
                                            facts.ticks_per_second);
  if (age <= worker.start_timeout) return {};
  return {
      event_of(EventKind::start_failed, worker, Severity::error,
               fmt::format("a start of it (pid {}) has been under way for {}; see what it waits "
                           "for, and end it if it is stuck",
                           process.id.pid, format_duration(age)))};
}

Event stale(const Worker& worker, const Observation& seen) {
  auto event = event_of(EventKind::stale, worker, Severity::warning);
  if (const auto* file = std::get_if<PidInFile>(&seen.pid_file)) add_pid(event, file->pid);
  if (const auto* garbage = std::get_if<GarbagePidFile>(&seen.pid_file))
    event.fields.emplace_back("pid_file", garbage->what);
  return event;
}

Event duplicate(const Worker& worker, const Judgement& judgement, Orphans policy) {
  std::string pids;
  for (const auto& other : judgement.others)
    pids += fmt::format("{}{}", pids.empty() ? "" : ", ", other.id.pid);
  const auto* what = policy == Orphans::drain ? "they are drained"
                                              : "end them with kill -TERM, or set `orphans: drain`";
  auto event = event_of(EventKind::duplicate, worker, Severity::error,
                        fmt::format("besides its own process, {}; {}", pids, what));
  event.fields.emplace_back("pids", pids);
  return event;
}

Event failing(const Worker& worker, const Failures& failures, BootTime now) {
  const auto wait = Duration(std::max<BootTime>(0, failures.next_try - now));
  auto event = event_of(
      EventKind::failing, worker, Severity::error,
      fmt::format("{} ({} times in a row); next try in {}, at once with `bootcheck start {}`",
                  failures.last_error, failures.count, format_duration(wait), worker.name));
  event.fields.emplace_back("failures", std::to_string(failures.count));
  return event;
}

}  // namespace

Event event_of(EventKind kind, const Worker& worker, Severity severity, std::string problem) {
  Event event;
  event.kind = kind;
  event.severity = severity;
  event.worker = worker.name;
  event.problem = std::move(problem);
  return event;
}

void add_pid(Event& event, pid_t pid) {
  event.fields.emplace_back("pid", std::to_string(pid));
}

std::vector<Event> found(const Decision& decision, const Facts& facts, const State& state,
                         const std::vector<Event>& noticed) {
  const auto& worker = (*facts.workers)[decision.worker];
  const auto& seen = facts.seen[decision.worker];
  switch (decision.judgement.state) {
    case WorkerState::crashed:
      if (has_drained(worker, seen, noticed)) return {};
      return {crashed(worker, seen)};
    case WorkerState::stale:
      return {stale(worker, seen)};
    case WorkerState::unknown:
      return {event_of(EventKind::unknown, worker, Severity::error, decision.judgement.reason)};
    case WorkerState::duplicate:
      return {duplicate(worker, decision.judgement, facts.orphan_policy)};
    case WorkerState::failing:
      return {failing(worker, find_record(state, worker.name)->failures, facts.now)};
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
    auto& event = events.emplace_back();
    event.kind = EventKind::orphan;
    event.severity = Severity::warning;
    event.worker = orphan.argv.front();
    add_pid(event, orphan.id.pid);
    event.problem = fmt::format(
        "pid {0}; end it with kill -TERM {0} (it finishes its job), or set `orphans: drain`",
        orphan.id.pid);
  }
  return events;
}

}  // namespace bootcheck
