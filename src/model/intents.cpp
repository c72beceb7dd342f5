#include "model/intents.h"

#include "model/record.h"

#include <algorithm>

namespace bootcheck {
namespace {

std::uint64_t ticks_at(BootTime time, const Facts& facts) {
  return static_cast<std::uint64_t>(std::max<BootTime>(0, time) *
                                    std::max<std::int64_t>(facts.ticks_per_second, 1) / 1000);
}

class IntentWriter {
 public:
  IntentWriter(State& state, const Facts& facts, std::size_t worker)
      : worker_((*facts.workers)[worker]),
        seen_(facts.seen[worker]),
        facts_(facts),
        record_(state.workers[worker_.name]) {}

  void note(const AskToStop& step) { stop_of(step.process).reason = step.reason; }
  void note(const SetPidFileAside& step) {
    auto& stop = stop_of(step.process);
    stop.aside = true;
    stop.reason = step.reason;
  }
  void note(const RecoverJobs& step) {
    add_unrecovered(record_, {.pid = step.pid, .host = step.host, .asked = step.asked}, facts_);
  }
  void note(const StartWorker&) {
    const auto* file = std::get_if<PidInFile>(&seen_.pid_file);
    record_.start = BegunStart{.since = ticks_at(facts_.now, facts_),
                               .pid_before = file == nullptr ? 0 : file->pid};
  }
  void note(const RemovePidFile&) {}
  /// Whoever its pid file named until now is forgotten with that, and may have left a job.
  void note(const RestorePidFile&) {
    const auto* file = std::get_if<PidInFile>(&seen_.pid_file);
    if (file == nullptr || !recovers(worker_, facts_) || !is_gone(file->pid)) return;
    add_unrecovered(record_, {.pid = file->pid, .host = {}, .asked = false}, facts_);
  }
  void note(const ForgetSetAside&) {}
  void note(const KillWorker&) {}
  void note(const RunStopCommand& step) {
    record_.by_command = StopRequest{
        .process = {}, .at = facts_.wall, .asked_at = facts_.now, .reason = step.reason};
  }

 private:
  bool is_gone(pid_t pid) const {
    const auto look = facts_.processes.looks.find(pid);
    return look != facts_.processes.looks.end() && std::holds_alternative<NoProcess>(look->second);
  }

  StopRequest& stop_of(const ProcessId& process) {
    if (auto* known = find_stop(record_, process)) return *known;
    auto& stop = record_.stops.emplace_back();
    stop.process = process;
    stop.at = facts_.wall;
    stop.asked_at = facts_.now;
    stop.suspended = facts_.suspended;
    if (const auto* seen = facts_.processes.living(process)) stop.session = seen->session;
    return stop;
  }

  const Worker& worker_;
  const Observation& seen_;
  const Facts& facts_;
  WorkerRecord& record_;
};

void remember_intent(State& state, const Facts& facts, const OrphanToDrain& orphan) {
  auto record = std::ranges::find(state.orphans, orphan.id, &OrphanRecord::process);
  if (record == state.orphans.end()) {
    record = state.orphans.insert(
        record, {.name = orphan.name, .process = orphan.id, .stop = std::nullopt});
  }
  record->stop = StopRequest{.process = orphan.id,
                             .at = facts.wall,
                             .asked_at = facts.now,
                             .suspended = facts.suspended,
                             .reason = StopReason::orphan,
                             .aside = record->stop && record->stop->aside};
}

}  // namespace

void remember_intents(State& state, const Facts& facts, const Plan& plan) {
  for (const auto& decision : plan.decisions) {
    if (decision.steps.empty()) continue;
    IntentWriter writer(state, facts, decision.worker);
    for (const auto& step : decision.steps)
      std::visit([&](const auto& each) { writer.note(each); }, step);
  }
  for (const auto& orphan : plan.orphans_to_drain)
    remember_intent(state, facts, orphan);
}

}  // namespace bootcheck
