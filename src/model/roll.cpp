#include "model/roll.h"

#include <algorithm>
#include <map>

namespace bootcheck {
namespace {

/// How many workers of one entry there are, are down, and are kept beside their successors.
struct Entry {
  int total = 0;
  int unavailable = 0;
  int surging = 0;
};

bool is_serving(const Judgement& judgement) {
  return judgement.state == WorkerState::running || judgement.state == WorkerState::duplicate ||
         judgement.state == WorkerState::lost;
}

std::map<std::size_t, Entry> count_entries(const Plan& plan, const Facts& facts) {
  std::map<std::size_t, Entry> entries;
  for (const auto& decision : plan) {
    auto& entry = entries[(*facts.workers)[decision.worker].entry];
    if (decision.judgement.state == WorkerState::held)
      continue;  // wanted down: no loss of capacity
    ++entry.total;
    const auto state = decision.judgement.state;
    const bool rolls = state != WorkerState::failing && state != WorkerState::unknown;
    if (!is_serving(decision.judgement) && rolls) ++entry.unavailable;
    entry.surging += static_cast<int>(facts.seen[decision.worker].set_aside.size());
  }
  return entries;
}

void roll(Decision& decision, const Process& process, StopReason reason, RestartMode mode,
          Entry& entry, const RestartPolicy& policy) {
  if (mode == RestartMode::surge) {
    if (entry.surging >= policy.max_surge.of(entry.total)) return;
    ++entry.surging;
    decision.steps.emplace_back(SetPidFileAside{process.id});
    decision.steps.emplace_back(StartWorker{});
  } else {
    if (entry.unavailable >= policy.max_unavailable.of(entry.total)) return;
    ++entry.unavailable;
  }
  decision.steps.emplace_back(AskToStop{process.id, reason});
}

RestartMode mode_of(const Request& request, const WorkerRecord* record, const Worker& worker) {
  if (request.mode) return *request.mode;
  return record != nullptr && record->to_replace && record->replace_by_surge ? RestartMode::surge
                                                                             : worker.restart.mode;
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
  if (policy.on_release && process.cwd && facts.app.contains(*process.cwd) &&
      !is_below(*process.cwd, facts.app.release))
    return StopReason::release;
  const bool first_seen = record == nullptr || record->process != process.id;
  if (policy.on_restart_file && !first_seen && seen.restart_file_mtime != 0 &&
      record->restart_file_mtime != seen.restart_file_mtime)
    return StopReason::restart_file;
  if (worker.limits.memory && seen.memory && *seen.memory > *worker.limits.memory)
    return StopReason::memory;
  if (worker.limits.age) {
    const auto age =
        facts.now - static_cast<BootTime>(process.id.start_time) * 1000 / facts.ticks_per_second;
    if (age > worker.limits.age->count()) return StopReason::age;
  }
  return std::nullopt;
}

void plan_rolls(Plan& plan, const Facts& facts, const State& state, const Request& request) {
  std::map<std::size_t, Entry> entries;  // counted when the first worker rolls: mostly none does
  for (auto& decision : plan) {
    const auto& worker = (*facts.workers)[decision.worker];
    const auto* record = find_record(state, worker.name);
    const auto& judgement = decision.judgement;
    if (!decision.selected) continue;
    if (request.stop) {
      for (const auto& other : judgement.others) {
        if (find_stop(record, other.id) == nullptr)
          decision.steps.emplace_back(AskToStop{other.id, StopReason::stop});
      }
    }
    if (!judgement.process || find_stop(record, judgement.process->id) != nullptr) continue;
    if (judgement.beneath == WorkerState::starting)
      continue;  // the process is the start command, not the worker
    if (request.stop) {
      decision.steps.emplace_back(AskToStop{judgement.process->id, StopReason::stop});
      continue;
    }
    if (judgement.state != WorkerState::running) continue;
    const auto reason = request.roll ? std::optional(StopReason::restart)
                                     : reason_to_roll(worker, facts, facts.seen[decision.worker],
                                                      *judgement.process, record);
    if (!reason) continue;
    if (entries.empty()) entries = count_entries(plan, facts);
    roll(decision, *judgement.process, *reason, mode_of(request, record, worker),
         entries[worker.entry], worker.restart);
  }
}

}  // namespace bootcheck
