#include "act/state_events.h"

#include "model/identity.h"
#include "model/readiness.h"

#include <algorithm>
#include <utility>

namespace bootcheck {
namespace {

Detail named_process(const Observation& seen) {
  if (const auto* file = std::get_if<PidInFile>(&seen.pid_file)) return OfProcess{file->pid};
  if (const auto* garbage = std::get_if<GarbagePidFile>(&seen.pid_file))
    return GarbageInPidFile{garbage->what};
  return {};
}

std::vector<pid_t> pids_of(const std::vector<Process>& processes) {
  std::vector<pid_t> pids;
  std::ranges::transform(processes, std::back_inserter(pids),
                         [](const Process& process) { return process.id.pid; });
  return pids;
}

class StateEvents {
 public:
  StateEvents(const Decision& decision, const Facts& facts, const State& state)
      : judgement_(decision.judgement),
        steps_(decision.steps),
        worker_((*facts.workers)[decision.worker]),
        seen_(facts.seen[decision.worker]),
        facts_(facts),
        record_(find_record(state, worker_.name)),
        not_ready_(not_ready(decision, facts, state)) {}

  std::vector<Event> run() {
    if (!is_known_to_be_down()) add_for_state();
    add_not_ready();
    add_stuck_jobs();
    return std::move(events_);
  }

 private:
  void add(EventKind kind, Severity severity, Detail detail) {
    events_.push_back(make_event(kind, worker_.name, severity, std::move(detail)));
  }

  /// It has been told when it began to wait, and its pid file is left as it is until it is started.
  bool is_known_to_be_down() const {
    const auto state = judgement_.state;
    return not_ready_ && not_ready_->waited > Duration{0} && !judgement_.ended &&
           (state == WorkerState::crashed || state == WorkerState::stale);
  }

  /// For as long as a start may take that is no trouble.
  void add_not_ready() {
    if (!not_ready_) return;
    const bool is_long = not_ready_->waited >= worker_.start_timeout;
    add(EventKind::not_ready, is_long ? Severity::error : Severity::info, *not_ready_);
  }

  bool may_have_forked() const {
    return std::ranges::any_of(judgement_.duplicates, [this](const Process& other) {
      return may_be_forked(other, judgement_, record_);
    });
  }

  void add_for_state() {
    switch (judgement_.state) {
      case WorkerState::crashed:
        add(EventKind::crashed, Severity::warning, dead_process());
        return add_flapping();
      case WorkerState::stale:
        return add(EventKind::stale, Severity::warning, named_process(seen_));
      case WorkerState::unknown:
        return add(EventKind::unknown, Severity::error, CannotTell{judgement_.reason});
      case WorkerState::duplicate:
        return add(EventKind::duplicate, Severity::error,
                   Duplicates{.pids = pids_of(judgement_.duplicates),
                              .drained = facts_.orphan_policy == Orphans::drain,
                              .may_be_forks = may_have_forked()});
      case WorkerState::failing:
        return add_failing(std::max<BootTime>(0, record_->failures.next_try - facts_.now));
      case WorkerState::starting:
        return add_stuck_start(*judgement_.process);
      case WorkerState::running:
      case WorkerState::draining:
      case WorkerState::missing:
      case WorkerState::lost:
      case WorkerState::drained:
        return;
      case WorkerState::held:
        if (judgement_.beneath == WorkerState::running && !judgement_.process &&
            worker_.stop.empty())
          add(EventKind::no_process, Severity::error, {});
        if (!judgement_.doubt.empty())
          add(EventKind::no_process, Severity::error, CannotTell{judgement_.doubt});
        return;
    }
  }

  Detail dead_process() const {
    auto detail = named_process(seen_);
    if (auto* process = std::get_if<OfProcess>(&detail)) {
      process->oom_kills = facts_.oom_kills;
      process->last_output = seen_.last_output;
    }
    return detail;
  }

  /// It died early, and not for the first time, but is started once more.
  void add_flapping() {
    if (record_ == nullptr || record_->failures.count < 2) return;
    add_failing(0);
  }

  /// `wait`: until the next try, in milliseconds.
  void add_failing(BootTime wait) {
    const auto& failures = record_->failures;
    add(EventKind::failing, Severity::error,
        WaitsForNextTry{
            .last = failures.last_error, .failures = failures.count, .wait = Duration(wait)});
  }

  /// Whose pass died leaves a start without its time limit.
  void add_stuck_start(const Process& process) {
    const Duration age{age_of(process.id, facts_)};
    if (age > worker_.start_timeout)
      add(EventKind::start_failed, Severity::error, StartUnderWay{process.id.pid, age});
  }

  /// Known since an earlier pass, and not this one's to try again.
  void add_stuck_jobs() {
    if (record_ == nullptr || !facts_.recover_jobs) return;
    for (const auto& dead : record_->unrecovered) {
      if (!dead.trouble.empty() && !is_handed_back(dead.pid))
        add(EventKind::recovery_failed, Severity::error, OfJob{dead.trouble});
    }
  }

  bool is_handed_back(pid_t pid) const {
    return std::ranges::any_of(steps_, [pid](const Step& step) {
      const auto* recover = std::get_if<RecoverJobs>(&step);
      return recover != nullptr && recover->pid == pid;
    });
  }

  const Judgement& judgement_;
  const std::vector<Step>& steps_;
  const Worker& worker_;
  const Observation& seen_;
  const Facts& facts_;
  const WorkerRecord* record_;
  const std::optional<NotReady> not_ready_;
  std::vector<Event> events_;
};

}  // namespace

std::vector<Event> events_of(const Decision& decision, const Facts& facts, const State& state) {
  return StateEvents(decision, facts, state).run();
}

std::vector<Event> orphan_events(const Facts& facts, const Assignment& assignment,
                                 const State& state) {
  std::vector<Event> events;
  if (facts.orphan_policy != Orphans::warn) return events;
  for (const auto& orphan : assignment.orphans)
    events.push_back(make_event(EventKind::orphan, orphan_name(state, orphan), Severity::warning,
                                OfProcess{orphan.id.pid}));
  return events;
}

}  // namespace bootcheck
