#include "model/roll.h"

#include "model/identity.h"
#include "model/readiness.h"

#include <algorithm>
#include <map>

namespace bootcheck {
namespace {

/// The workers of one entry.
struct Entry {
  int total = 0;
  int unavailable = 0;
  int surging = 0;          ///< kept beside their successors
  int absent = 0;           ///< gone, or never there: to be started, or not staying up
  int asked_lately = 0;     ///< to stop, and not gone yet
  bool has_proved = false;  ///< one of them runs with the code that the others are to get
};

bool is_serving(WorkerState state) {
  return state == WorkerState::running || state == WorkerState::duplicate ||
         state == WorkerState::lost;
}

/// One that cannot be judged counts where it is known to have ended, to have been asked to stop, or
/// not to have come up.
bool is_down(WorkerState state, const WorkerRecord* record) {
  if (state != WorkerState::unknown) return !is_serving(state);
  if (record == nullptr) return false;
  const bool has_ended = record->last && !record->process;
  return has_ended || record->drained_at || !record->stops.empty() || record->by_command ||
         record->start || record->failures.count > 0;
}

/// A limit is no news about the code.
bool is_for_new_code(StopReason reason) {
  return reason != StopReason::memory && reason != StopReason::age;
}

/// Its status command alone says that it runs, and `restart` asked that it be replaced.
bool is_to_be_commanded(const Judgement& judgement, const Worker& worker,
                        const WorkerRecord* record) {
  return judgement.state == WorkerState::running && !judgement.process && !worker.stop.empty() &&
         record != nullptr && record->replace_by_command;
}

/// It is the code that those to be replaced are to get.
bool runs_present_code(const Decision& decision, const Facts& facts, const WorkerRecord* record) {
  const auto& judgement = decision.judgement;
  if (judgement.state != WorkerState::running) return false;
  const auto& worker = (*facts.workers)[decision.worker];
  if (!judgement.process) return !is_to_be_commanded(judgement, worker, record);
  const auto& process = *judgement.process;
  if (find_stop(record, process.id) != nullptr) return false;
  const auto reason = reason_to_roll(worker, facts, facts.seen[decision.worker], process, record);
  return !reason || !is_for_new_code(*reason);
}

/// Asked within `settle`: it may be idle, and gone in a moment.
bool is_asked_lately(const WorkerRecord* record, const Worker& worker, BootTime now) {
  if (record == nullptr) return false;
  const auto is_lately = [&](const StopRequest& stop) {
    return stop.asked && now - stop.asked_at < worker.restart.settle.count();
  };
  return std::ranges::any_of(record->stops, is_lately) ||
         (record->by_command && is_lately(*record->by_command));
}

std::map<std::size_t, Entry> count_entries(const Plan& plan, const Facts& facts,
                                           const State& remembered) {
  std::map<std::size_t, Entry> entries;
  for (const auto& decision : plan.decisions) {
    auto& entry = entries[(*facts.workers)[decision.worker].entry];
    const auto state = decision.judgement.state;
    if (state == WorkerState::held) continue;  // wanted down: no loss of capacity
    ++entry.total;
    const auto* record = find_record(remembered, (*facts.workers)[decision.worker].name);
    if (is_down(state, record)) ++entry.unavailable;
    if (is_asked_lately(record, (*facts.workers)[decision.worker], facts.now)) ++entry.asked_lately;
    if (wants_start(state) || state == WorkerState::failing || state == WorkerState::starting)
      ++entry.absent;
    entry.has_proved = entry.has_proved || runs_present_code(decision, facts, record);
    entry.surging += static_cast<int>(decision.judgement.surged.size());
  }
  return entries;
}

/// Until a successor has stayed up, one worker is asked at a time: a release whose workers die does
/// not take the others down.
bool may_roll(const Entry& entry, StopReason reason) {
  if (!is_for_new_code(reason) || entry.has_proved) return true;
  return entry.asked_lately == 0 && entry.absent == 0;
}

void roll(Decision& decision, const Process& process, StopReason reason, RestartMode mode,
          Entry& entry, const RestartPolicy& policy) {
  if (!may_roll(entry, reason)) return;
  const auto steps = decision.steps.size();
  if (mode == RestartMode::surge) {
    if (entry.surging >= policy.max_surge.of(entry.total)) return;
    ++entry.surging;
    decision.steps.emplace_back(SetPidFileAside{process.id, reason});
    decision.steps.emplace_back(StartWorker{});
  } else {
    if (entry.unavailable >= policy.max_unavailable.of(entry.total)) return;
    ++entry.unavailable;
  }
  decision.steps.emplace_back(AskToStop{process.id, reason});
  decision.rolling_steps = decision.steps.size() - steps;
  ++entry.asked_lately;
}

/// Its application has not booted lately, and would not now.
bool waits_for_boot(const Worker& worker, const Facts& facts, const Observation& seen,
                    const State& state) {
  const auto& failed = state.failed_boots;
  return boots_first(worker) && failed.count > 0 && failed.release == facts.app.release.native() &&
         !is_other_restart_file(failed.restart_file_mtime, seen.restart_file_mtime) &&
         facts.now < failed.next_try;
}

/// There is no pid file to be set aside.
void roll_by_command(Decision& decision, Entry& entry, const RestartPolicy& policy, bool ready) {
  decision.waits = ready ? Waits::for_its_turn : Waits::until_ready;
  if (!ready) return;
  if (!may_roll(entry, StopReason::restart)) return;
  if (entry.unavailable >= policy.max_unavailable.of(entry.total)) return;
  ++entry.unavailable;
  ++entry.asked_lately;
  decision.steps.emplace_back(RunStopCommand{StopReason::restart});
  decision.rolling_steps = 1;
  decision.waits = Waits::no;
}

RestartMode mode_of(const WorkerRecord* record, const Process& process, const Worker& worker) {
  if (record == nullptr || record->to_replace != process.id) return worker.restart.mode;
  return record->replace_by_surge ? RestartMode::surge : RestartMode::drain;
}

/// The release that a worker was started in is remembered; of one that somebody else started only
/// its working directory tells, and it may be anywhere during a job.
bool is_of_other_release(const App& app, const Process& process, const WorkerRecord* record) {
  if (record != nullptr && record->process && record->process->id == process.id &&
      !record->process->release.empty())
    return record->process->release != app.release.native();
  return process.cwd && app.is_outdated(*process.cwd);
}

}  // namespace

int Share::of(int total) const {
  const int share = percent ? total * value / 100 : value;
  return std::max(share, 1);
}

std::optional<StopReason> reason_to_roll(const Worker& worker, const Facts& facts,
                                         const Observation& seen, const Process& process,
                                         const WorkerRecord* record) {
  if (record != nullptr && record->to_replace == process.id) return StopReason::restart;
  const auto& policy = worker.restart;
  if (policy.on_release && is_of_other_release(facts.app, process, record))
    return StopReason::release;
  const bool known = record != nullptr && record->process && record->process->id == process.id;
  if (policy.on_restart_file && known && seen.restart_file_mtime != 0 &&
      is_other_restart_file(record->restart_file_mtime, seen.restart_file_mtime))
    return StopReason::restart_file;
  if (worker.limits.memory && seen.memory && *seen.memory > *worker.limits.memory)
    return StopReason::memory;
  const auto slept = known ? facts.suspended - record->process->suspended : 0;
  if (worker.limits.age && age_of(process.id, facts) - slept > worker.limits.age->count())
    return StopReason::age;
  return {};
}

void plan_rolls(Plan& plan, const Facts& facts, const State& state) {
  std::map<std::size_t, Entry> entries;  // counted when the first worker rolls: mostly none does
  for (auto& decision : plan.decisions) {
    const auto& judgement = decision.judgement;
    const auto& worker = (*facts.workers)[decision.worker];
    const auto* record = find_record(state, worker.name);
    if (decision.selected && is_to_be_commanded(judgement, worker, record)) {
      if (entries.empty()) entries = count_entries(plan, facts, state);
      roll_by_command(decision, entries[worker.entry], worker.restart,
                      is_ready(facts.seen[decision.worker]));
      continue;
    }
    // With `orphans: drain` it will be none any more.
    const bool is_duplicate =
        judgement.state == WorkerState::duplicate && facts.orphan_policy != Orphans::drain;
    if (!decision.selected || !judgement.process ||
        (judgement.state != WorkerState::running && !is_duplicate))
      continue;
    const auto& process = *judgement.process;
    if (find_stop(record, process.id) != nullptr) continue;
    const auto& seen = facts.seen[decision.worker];
    const auto reason = reason_to_roll(worker, facts, seen, process, record);
    if (!reason) continue;
    if (waits_for_boot(worker, facts, seen, state)) {
      decision.waits = Waits::for_a_boot;
      continue;
    }
    if (!is_ready(seen)) {
      decision.waits = Waits::until_ready;
      continue;
    }
    if (entries.empty()) entries = count_entries(plan, facts, state);
    // What runs beside it takes its name, and is rolled in its turn.
    const auto mode = is_duplicate ? RestartMode::drain : mode_of(record, process, worker);
    roll(decision, process, *reason, mode, entries[worker.entry], worker.restart);
    if (decision.rolling_steps == 0) decision.waits = Waits::for_its_turn;
  }
}

}  // namespace bootcheck
