#include "model/readiness.h"
#include "model/roll.h"
#include "pass/pass.h"

#include <algorithm>

namespace bootcheck {
namespace {

void show_process(WorkerStatus& status, const Judgement& judgement, const Facts& facts,
                  const WorkerRecord* record) {
  const auto show_drain = [&](const StopRequest& stop) {
    status.draining_for = Duration(std::max<BootTime>(0, facts.now - stop.asked_at));
    status.drain_reason = stop.reason;
  };
  if (!judgement.process && record != nullptr && record->by_command &&
      judgement.beneath == WorkerState::draining)
    show_drain(*record->by_command);
  if (!judgement.process) return;
  const auto& process = *judgement.process;
  status.pid = process.id.pid;
  status.age = Duration{age_of(process.id, facts)};
  status.memory = process.resident;
  status.is_stopped = process.state == 'T';
  if (const auto* stop = find_stop(record, process.id)) show_drain(*stop);
}

WorkerStatus show(const Decision& decision, const Snapshot& snapshot) {
  const auto& facts = snapshot.facts;
  const auto& worker = (*facts.workers)[decision.worker];
  const auto& seen = facts.seen[decision.worker];
  const auto& judgement = decision.judgement;
  const auto* record = find_record(snapshot.state, worker.name);
  WorkerStatus status;
  status.name = worker.name;
  status.state = judgement.state;
  status.should_run = judgement.state != WorkerState::held;
  status.pid_file = worker.pid_file;
  if (judgement.state == WorkerState::unknown || !worker.enabled) status.note = judgement.reason;
  if (!judgement.doubt.empty()) status.note += (status.note.empty() ? "" : "; ") + judgement.doubt;
  show_process(status, judgement, facts, record);
  for (const auto& old : judgement.surged)
    status.set_aside.push_back(old.id.pid);
  if (const auto hold = snapshot.state.holds.find(worker.name); hold != snapshot.state.holds.end())
    status.hold = hold->second;
  if (judgement.state == WorkerState::running && judgement.process)
    status.out_of_date = reason_to_roll(worker, facts, seen, *judgement.process, record);
  status.not_ready = not_ready(decision, facts, snapshot.state);
  if (record != nullptr && record->failures.count > 0) {
    status.failures = record->failures.count;
    if (!judgement.process && status.should_run) status.last_error = record->failures.last_error;
  }
  if (judgement.state == WorkerState::failing)
    status.next_try_in = Duration(record->failures.next_try - facts.now);
  return status;
}

}  // namespace

AppStatus status_of(const Context& context, const Snapshot& snapshot) {
  const auto& config = context.config;
  AppStatus status;
  status.app = config.app;
  status.root = config.root;
  status.environment = config.environment;
  status.stuck_after = config.stuck_after;
  status.last_pass = last_pass(context);
  for (const auto& decision : snapshot.plan.decisions)
    status.workers.push_back(show(decision, snapshot));
  if (waits_for_a_boot(snapshot.plan)) {
    const auto& failures = snapshot.state.failed_boots;
    status.boot_trouble = {.failure = failures.last_error,
                           .failures = failures.count,
                           .next_try_in = Duration(failures.next_try - snapshot.facts.now)};
  }
  const auto& known = snapshot.state.orphans;
  for (const auto& orphan : snapshot.assignment.orphans) {
    const auto record = std::ranges::find(known, orphan.id, &OrphanRecord::process);
    const bool draining = record != known.end() && record->stop && record->stop->asked;
    status.orphans.push_back({orphan_name(snapshot.state, orphan), orphan.id.pid, draining});
  }
  return status;
}

}  // namespace bootcheck
