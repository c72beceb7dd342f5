#include "model/plan.h"

#include "model/identity.h"
#include "model/readiness.h"
#include "model/roll.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace bootcheck {
namespace {

/// One worker's decision in the making.
class Planner {
 public:
  Planner(const Facts& facts, const WorkerRecord* record, Decision& decision)
      : worker_((*facts.workers)[decision.worker]),
        facts_(facts),
        seen_(facts.seen[decision.worker]),
        record_(record),
        judgement_(decision.judgement),
        decision_(decision) {
    for (const auto& step : decision.steps) {
      if (const auto* planned = std::get_if<RecoverJobs>(&step))
        recovered_.emplace(planned->pid, planned->host);
    }
  }

  void plan() {
    plan_set_aside();
    plan_unasked();
    plan_recoveries();
    plan_by_state();
  }

  /// The application is booted anyway.
  void plan_all_recoveries() {
    for (const auto& dead : record_->unrecovered)
      recover(dead);
  }

 private:
  using enum WorkerState;

  template <class AnyStep>
  void add(AnyStep step) {
    auto& steps = decision_.steps;
    const auto rolling = static_cast<std::ptrdiff_t>(decision_.rolling_steps);
    steps.insert(steps.end() - rolling, std::move(step));
  }

  void plan_by_state() {
    switch (judgement_.state) {
      case missing:
      case crashed:
      case stale:
      case drained:
        plan_clean_up();
        add(StartWorker{});
        break;
      case failing:
        plan_clean_up();
        break;
      case lost:
        add(RestorePidFile{judgement_.process->id});
        break;
      case duplicate:
        plan_duplicate();
        break;
      case draining:
        if (judgement_.process) plan_kill(judgement_.process->id);
        break;
      case held:
        plan_held();
        break;
      case running:
      case starting:
      case unknown:
        break;
    }
  }

  /// A hold drains whatever it finds.
  void plan_held() {
    const auto beneath = judgement_.beneath;
    if (wants_start(beneath) || beneath == failing) return plan_clean_up();
    if (beneath == running && !judgement_.process) return stop_by_command(StopReason::stop);
    if (beneath == starting || !judgement_.process) return;
    ask_despite_surge(judgement_.process->id);
    ask_duplicates(StopReason::stop);
    plan_kill(judgement_.process->id);
  }

  bool is_held() const { return judgement_.state == held; }

  void ask_duplicates(StopReason reason) {
    for (const auto& other : judgement_.duplicates) {
      if (!may_be_forked(other, judgement_, record_)) ask(other.id, reason);
    }
  }

  /// Unless a request stands already: nobody is asked twice for the same reason.
  void ask(const ProcessId& process, StopReason reason) {
    if (find_stop(record_, process) == nullptr) add(AskToStop{process, reason});
  }

  /// A surge that was intended, and not begun, does not take place under a hold.
  void ask_despite_surge(const ProcessId& process) {
    const auto* stop = find_stop(record_, process);
    const bool is_only_intended = stop != nullptr && stop->aside && !stop->asked;
    if (stop == nullptr || is_only_intended) add(AskToStop{process, StopReason::stop});
  }

  void stop_by_command(StopReason reason) {
    if (!worker_.stop.empty()) add(RunStopCommand{reason});
  }

  // --- surged workers ----------------------------------------------------------------------------

  /// Their successors run, or are on their way. What is gone leaves a file.
  void plan_set_aside() {
    for (const auto& old : judgement_.surged) {
      const auto* stop = find_stop(record_, old.id);
      const bool is_served = judgement_.beneath == running || judgement_.beneath == duplicate;
      const bool may_ask = is_held() || (is_served && !still_boots());
      if ((stop == nullptr || !stop->asked) && may_ask)
        add(AskToStop{old.id, is_held() ? StopReason::stop : reason_of(stop)});
      plan_kill(old.id);
    }
    if (judgement_.beneath == unknown) return;  // it may be one of those
    for (const pid_t pid : seen_.set_aside) {
      if (is_surged(pid) || may_be_hidden(pid) || may_be_it(pid)) continue;
      recover({.pid = pid, .host = {}, .asked = false});
      add(ForgetSetAside{pid});
    }
  }

  /// A daemon takes its title before it is of use.
  bool still_boots() const {
    return judgement_.proof == Proof::start_command && !worker_.foreground &&
           !worker_.process_title.empty();
  }

  static StopReason reason_of(const StopRequest* stop) {
    return stop == nullptr ? StopReason::restart : stop->reason;
  }

  bool is_surged(pid_t pid) const {
    return std::ranges::any_of(judgement_.surged,
                               [pid](const Process& old) { return old.id.pid == pid; });
  }

  bool may_be_hidden(pid_t pid) const {
    const auto look = facts_.processes.looks.find(pid);
    return look == facts_.processes.looks.end() || std::holds_alternative<Hidden>(look->second);
  }

  /// It bears the title, and works where an older release may have been, or another application.
  /// Since when it has had the pid is told by a clock that may have been set: its file can wait.
  bool may_be_it(pid_t pid) const {
    const auto* living = facts_.processes.living(pid);
    if (living == nullptr || !living->argv || may_live(pid)) return false;
    const bool is_child = living->session != 0 && living->session != pid;
    return !is_child && bears_title(*living->argv, worker_);
  }

  // --- what an earlier pass intended and did not come to -----------------------------------------

  void plan_unasked() {
    if (record_ == nullptr) return;
    const auto& by_command = record_->by_command;
    if (by_command && !by_command->asked && judgement_.beneath == draining && !judgement_.process)
      stop_by_command(by_command->reason);
    for (const auto& stop : record_->stops) {
      if (stop.asked || is_surged(stop.process.pid)) continue;
      const auto* process = facts_.processes.living(stop.process);
      if (process == nullptr || process->uid != facts_.app.uid) continue;
      if (!stop.aside) {
        add(AskToStop{stop.process, stop.reason});
      } else if (!is_held() && judgement_.process && judgement_.process->id == stop.process) {
        add(SetPidFileAside{stop.process, stop.reason});
        add(StartWorker{});
        add(AskToStop{stop.process, stop.reason});
      }
    }
  }

  void plan_kill(const ProcessId& process) {
    const auto* stop = find_stop(record_, process);
    if (!worker_.kill_after || stop == nullptr || !stop->asked) return;
    if (awake_since(stop->asked_at, stop->suspended, facts_) > worker_.kill_after->count())
      add(KillWorker{process});
  }

  // --- the dead ----------------------------------------------------------------------------------

  /// While nothing is started anyway, looking for a dead worker's jobs costs a boot of the
  /// application: not in every pass, and not for one that ended as asked.
  void plan_recoveries() {
    if (record_ == nullptr) return;
    const bool starts = wants_start(judgement_.state);
    if (starts && record_->former_pid)
      recover({.pid = *record_->former_pid, .host = {}, .asked = false});
    for (const auto& dead : record_->unrecovered) {
      if (starts || (!dead.asked && facts_.now >= record_->next_recovery)) recover(dead);
    }
  }

  void recover(const DeadProcess& dead) {
    if (!facts_.recover_jobs || !hands_back_jobs(worker_) || may_live(dead.pid)) return;
    const auto host = host_of(dead);
    if (!recovered_.emplace(dead.pid, host).second) return;
    add(RecoverJobs{
        .pid = dead.pid, .host = host, .asked = dead.asked, .pid_taken = taken_at(dead.pid)});
  }

  /// Of a pid that a file or another boot has left nothing else may be known.
  std::string host_of(const DeadProcess& dead) const {
    if (!dead.host.empty() || record_ == nullptr) return dead.host;
    const auto known = std::ranges::find(record_->unrecovered, dead.pid, &DeadProcess::pid);
    return known == record_->unrecovered.end() ? std::string() : known->host;
  }

  WallTime taken_at(pid_t pid) const {
    const auto* living = facts_.processes.living(pid);
    if (living == nullptr) return 0;
    const bool has_name = !name_in_locks(worker_).empty();
    if (has_name && living->argv && !bears_title(*living->argv, worker_)) return 0;
    constexpr WallTime kRounding = 1;
    return born_at(living->id, facts_) - kRounding;
  }

  /// A worker that lives keeps its job, wherever its pid file is by now.
  bool may_live(pid_t pid) const {
    const auto is_it = [pid](const Process& process) { return process.id.pid == pid; };
    return (judgement_.process && is_it(*judgement_.process)) || is_surged(pid) ||
           std::ranges::any_of(judgement_.duplicates, is_it);
  }

  /// Takes away a pid file that names no worker: delayed_job's own `start` would refuse for ever.
  void plan_clean_up() {
    if (const auto* file = std::get_if<PidInFile>(&seen_.pid_file)) {
      add(RemovePidFile{file->pid});
      recover({.pid = file->pid, .host = {}, .asked = judgement_.state == drained});
    } else if (std::holds_alternative<GarbagePidFile>(seen_.pid_file)) {
      add(RemovePidFile{0});
    }
  }

  // --- one too many ------------------------------------------------------------------------------

  void plan_duplicate() {
    if (!judgement_.is_named) add(RestorePidFile{judgement_.process->id});
    if (facts_.orphan_policy != Orphans::drain) return;
    ask_duplicates(StopReason::duplicate);
  }

  const Worker& worker_;
  const Facts& facts_;
  const Observation& seen_;
  const WorkerRecord* record_;
  const Judgement& judgement_;
  Decision& decision_;
  std::set<std::pair<pid_t, std::string>> recovered_;  ///< there may be very many files
};

bool starts_anything(const Decision& decision) {
  return std::ranges::any_of(decision.steps, [](const Step& step) {
    return std::holds_alternative<StartWorker>(step) || std::holds_alternative<RecoverJobs>(step);
  });
}

/// A boot for one worker serves the dead processes of all that share it.
void share_boots(Plan& plan, const Facts& facts, const State& state) {
  const auto worker_of = [&](const Decision& decision) -> const Worker& {
    return (*facts.workers)[decision.worker];
  };
  std::vector<std::size_t> booting;
  for (const auto& decision : plan.decisions) {
    if (starts_anything(decision)) booting.push_back(decision.worker);
  }
  if (booting.empty()) return;
  for (auto& decision : plan.decisions) {
    const auto* record = find_record(state, worker_of(decision).name);
    if (!decision.selected || record == nullptr || record->unrecovered.empty() ||
        !is_ready(facts.seen[decision.worker]))
      continue;
    if (std::ranges::any_of(booting, [&](std::size_t other) {
          return share_a_boot((*facts.workers)[other], worker_of(decision));
        }))
      Planner(facts, record, decision).plan_all_recoveries();
  }
}

const OrphanRecord* find_orphan(const State& state, const ProcessId& process) {
  const auto found = std::ranges::find(state.orphans, process, &OrphanRecord::process);
  return found == state.orphans.end() ? nullptr : &*found;
}

std::vector<OrphanToDrain> plan_orphans(const Facts& facts, const State& state,
                                        const Assignment& assignment) {
  std::vector<OrphanToDrain> drain;
  for (const auto& orphan : assignment.orphans) {
    const auto* known = find_orphan(state, orphan.id);
    const bool intended = known != nullptr && known->stop;
    if (intended ? known->stop->asked : facts.orphan_policy != Orphans::drain) continue;
    drain.push_back({.id = orphan.id, .name = orphan_name(state, orphan)});
  }
  return drain;
}

/// Of those that were surged away before their worker was taken out of the configuration.
std::vector<SetAsideFile> plan_files_of_ended_orphans(const Facts& facts, const State& state) {
  std::vector<SetAsideFile> files;
  for (const auto& orphan : state.orphans) {
    if (!orphan.stop || !orphan.stop->aside || !facts.processes.has_ended(orphan.process)) continue;
    std::ranges::copy_if(facts.set_aside_elsewhere, std::back_inserter(files),
                         [&](const SetAsideFile& file) { return file.pid == orphan.process.pid; });
  }
  return files;
}

}  // namespace

std::string orphan_name(const State& state, const Process& orphan) {
  const auto* known = find_orphan(state, orphan.id);
  if (known != nullptr && !known->name.empty()) return known->name;
  if (orphan.argv && !orphan.argv->empty()) return orphan.argv->front();
  return "pid " + std::to_string(orphan.id.pid);
}

bool is_selected(const Selection& selection, std::size_t worker) {
  return selection.empty() || selection[worker];
}

Plan make_plan(const Facts& facts, const State& state, const Assignment& assignment,
               const Judgements& judgements, const Selection& selection) {
  Plan plan;
  plan.decisions.resize(judgements.size());
  const bool decides = facts.doubt.empty();
  for (std::size_t at = 0; at < judgements.size(); ++at) {
    auto& decision = plan.decisions[at];
    decision.worker = at;
    decision.judgement = judgements[at];
    decision.selected = is_selected(selection, at);
    if (!decides || !decision.selected) continue;
    Planner(facts, find_record(state, (*facts.workers)[at].name), decision).plan();
    if (!is_ready(facts.seen[at])) leave_until_ready(decision);
  }
  if (!decides) return plan;
  plan_rolls(plan, facts, state);
  share_boots(plan, facts, state);
  plan.orphans_to_drain = plan_orphans(facts, state, assignment);
  plan.set_aside_to_forget = plan_files_of_ended_orphans(facts, state);
  return plan;
}

bool starts_anything(const Plan& plan) {
  return std::ranges::any_of(plan.decisions,
                             [](const Decision& decision) { return starts_anything(decision); });
}

void leave_out_starts(Plan& plan) {
  for (auto& decision : plan.decisions) {
    if (starts_anything(decision)) decision.steps.clear();
    if (decision.waits == Waits::until_ready) decision.waits = Waits::no;
  }
}

bool waits_until_ready(const Plan& plan) {
  return std::ranges::find(plan.decisions, Waits::until_ready, &Decision::waits) !=
         plan.decisions.end();
}

bool waits_for_a_boot(const Plan& plan) {
  return std::ranges::find(plan.decisions, Waits::for_a_boot, &Decision::waits) !=
         plan.decisions.end();
}

bool is_idle(const Plan& plan) {
  return plan.orphans_to_drain.empty() &&
         std::ranges::all_of(plan.decisions,
                             [](const Decision& decision) { return decision.steps.empty(); });
}

}  // namespace bootcheck
