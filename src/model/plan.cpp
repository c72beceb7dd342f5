#include "model/plan.h"

#include "model/roll.h"

#include <algorithm>

namespace bootcheck {
namespace {

bool is_gone(const ProcessLook& look) {
  return std::holds_alternative<NoProcess>(look) || std::holds_alternative<Zombie>(look) ||
         std::holds_alternative<ThreadOf>(look);
}

/// One worker's decision in the making.
struct Planner {
  const Worker& worker;
  const Facts& facts;
  const Observation& seen;
  const WorkerRecord* record;
  Decision& decision;

  bool recovers() const { return facts.recover_jobs && worker.preset == "delayed_job"; }
  template <class AnyStep>
  void add(AnyStep step) {
    decision.steps.emplace_back(std::move(step));
  }

  void recover(pid_t pid) {
    const bool planned = std::ranges::any_of(decision.steps, [pid](const Step& step) {
      const auto* recovery = std::get_if<RecoverJobs>(&step);
      return recovery != nullptr && recovery->pid == pid;
    });
    if (recovers() && !planned && !may_live(pid)) add(RecoverJobs{pid});
  }

  /// A worker that lives keeps its job, wherever its pid file is by now.
  bool may_live(pid_t pid) const {
    const auto is_it = [pid](const Process& process) { return process.id.pid == pid; };
    const auto& judgement = decision.judgement;
    return (seen.remembered && is_it(*seen.remembered)) ||
           (judgement.process && is_it(*judgement.process)) ||
           std::ranges::any_of(judgement.others, is_it) ||
           std::ranges::any_of(seen.set_aside, [&](const SetAside& old) {
             const auto* process = std::get_if<Process>(&old.look);
             return old.pid == pid && !is_gone(old.look) &&
                    (process == nullptr || is_worker(*process));
           });
  }

  bool is_worker(const Process& process) const {
    return find_stop(record, process.id) != nullptr ||
           (record != nullptr && record->process == process.id) ||
           (process.uid == facts.app.uid && bears_title(process.argv, worker));
  }

  /// Surged workers: their successors run already. One that lives and was not asked to stop yet is
  /// asked now (its successor's start may have been cut short); one that is gone leaves a file and,
  /// if it died in mid-job, a locked row.
  void plan_set_aside() {
    for (const auto& old : seen.set_aside) {
      const auto* process = std::get_if<Process>(&old.look);
      if (process != nullptr && is_worker(*process)) {
        const auto& judgement = decision.judgement;
        const bool held = judgement.state == WorkerState::held;
        if (find_stop(record, process->id) == nullptr &&
            (held || judgement.beneath == WorkerState::running))
          add(AskToStop{process->id, held ? StopReason::stop : StopReason::restart});
        plan_kill(process->id);
      } else if (process != nullptr || is_gone(old.look)) {
        recover(old.pid);
        add(ForgetSetAside{old.pid});
      }
    }
  }

  void plan_kill(const ProcessId& process) {
    const auto* stop = find_stop(record, process);
    if (!worker.kill_after || stop == nullptr) return;
    if (facts.now - stop->asked_at > worker.kill_after->count()) add(KillWorker{process});
  }

  /// The worker is not there: take away a pid file that names no worker (delayed_job's own `start`
  /// would refuse for ever) and hand back the jobs of the dead.
  void plan_clean_up() {
    if (const auto* file = std::get_if<PidInFile>(&seen.pid_file)) {
      add(RemovePidFile{file->pid});
      recover(file->pid);
    } else if (std::holds_alternative<GarbagePidFile>(seen.pid_file)) {
      add(RemovePidFile{0});
    }
  }

  /// Jobs that could not be handed back yet, or whose worker somebody else has replaced. While
  /// nothing is started anyway this costs a boot of the application: not in every pass.
  void plan_left_over() {
    if (record == nullptr) return;
    const auto state = decision.judgement.state;
    const bool starts = state == WorkerState::missing || state == WorkerState::crashed ||
                        state == WorkerState::stale;
    if (!starts && facts.now < record->next_recovery) return;
    for (const pid_t pid : record->unrecovered)
      recover(pid);
  }

  void plan_start() {
    if (record != nullptr && record->former_pid) recover(*record->former_pid);
    if (record != nullptr && record->process) recover(record->process->pid);
    add(StartWorker{});
  }

  void plan_lost(const Process& process) {
    const auto* file = std::get_if<PidInFile>(&seen.pid_file);
    if (file != nullptr && is_gone(seen.named)) recover(file->pid);
    add(RestorePidFile{process.id});
  }

  /// Keep the one in the pid file; if none is there, the oldest.
  void plan_duplicate() {
    const auto& judgement = decision.judgement;
    auto keep = judgement.process;
    if (!keep) {
      keep = std::ranges::min(judgement.others, {},
                              [](const Process& other) { return other.id.start_time; });
      add(RestorePidFile{keep->id});
    }
    if (facts.orphan_policy != Orphans::drain) return;
    for (const auto& other : judgement.others) {
      if (other.id != keep->id && find_stop(record, other.id) == nullptr)
        add(AskToStop{other.id, StopReason::duplicate});
    }
  }

  void plan_held() {
    switch (decision.judgement.beneath) {
      case WorkerState::missing:
      case WorkerState::crashed:
      case WorkerState::stale:
      case WorkerState::failing:
        plan_clean_up();
        break;
      case WorkerState::running:
      case WorkerState::draining:
      case WorkerState::lost:
      case WorkerState::duplicate:
      case WorkerState::unknown:
      case WorkerState::starting:
      case WorkerState::held:
        if (decision.judgement.process) plan_kill(decision.judgement.process->id);
        break;
    }
  }

  void plan() {
    plan_set_aside();
    plan_left_over();
    switch (decision.judgement.state) {
      case WorkerState::missing:
      case WorkerState::crashed:
      case WorkerState::stale:
        plan_clean_up();
        plan_start();
        break;
      case WorkerState::failing:
        plan_clean_up();
        break;
      case WorkerState::lost:
        plan_lost(*decision.judgement.process);
        break;
      case WorkerState::duplicate:
        plan_duplicate();
        break;
      case WorkerState::draining:
        plan_kill(decision.judgement.process->id);
        break;
      case WorkerState::held:
        plan_held();
        break;
      case WorkerState::running:
      case WorkerState::starting:
      case WorkerState::unknown:
        break;
    }
  }
};

const Hold* hold_of(const State& state, const std::string& name, WallTime now) {
  const auto found = state.holds.find(name);
  if (found == state.holds.end() || (found->second.until && *found->second.until <= now))
    return nullptr;
  return &found->second;
}

}  // namespace

bool is_selected(const Request& request, std::size_t worker) {
  return request.selected.empty() || request.selected[worker];
}

Plan make_plan(const Facts& facts, const State& state, const Request& request) {
  Plan plan(facts.workers->size());
  for (std::size_t index = 0; index < plan.size(); ++index) {
    const auto& worker = (*facts.workers)[index];
    const auto* record = find_record(state, worker.name);
    const Memory memory{
        .record = record, .hold = hold_of(state, worker.name, facts.wall), .now = facts.now};
    auto& decision = plan[index];
    decision.worker = index;
    decision.judgement = classify(worker, facts.app, facts.seen[index], memory);
    decision.selected = is_selected(request, index);
    if (decision.selected) Planner{worker, facts, facts.seen[index], record, decision}.plan();
  }
  plan_rolls(plan, facts, state, request);
  return plan;
}

bool is_idle(const Plan& plan) {
  return std::ranges::all_of(plan, [](const Decision& decision) { return decision.steps.empty(); });
}

}  // namespace bootcheck
