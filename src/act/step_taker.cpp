#include "act/step_taker.h"

#include "act/stop_commands.h"
#include "model/identity.h"
#include "model/outcomes.h"

#include <algorithm>
#include <csignal>
#include <system_error>

namespace bootcheck {
namespace {

/// A worker that somebody else has asked to stop removes its pid file and is gone shortly after.
constexpr Duration kLastMoments{300};

bool needs_intent(const Step& step) {
  return std::holds_alternative<AskToStop>(step) || std::holds_alternative<SetPidFileAside>(step) ||
         std::holds_alternative<RunStopCommand>(step);
}

/// What is said of two of one pid could not be told apart: the second waits for the next time.
void add_dead(WorkerRecord& record, const RecoverJobs& step, StartOrder& order) {
  const auto of_that_pid = [&](const DeadOwner& owner) { return owner.dead.pid == step.pid; };
  const auto found = find_dead(record.unrecovered, step.pid, step.host);
  if (found != record.unrecovered.end() && std::ranges::none_of(order.recover, of_that_pid))
    order.recover.push_back({.dead = *found, .pid_taken = step.pid_taken});
}

}  // namespace

void StepTaker::await_last_moments(const Plan& plan) {
  std::vector<ProcessId> lost;
  for (const auto& decision : plan.decisions) {
    for (const auto& step : decision.steps) {
      if (const auto* restore = std::get_if<RestorePidFile>(&step))
        lost.push_back(restore->process);
    }
  }
  const auto deadline = machine_.monotonic_clock() + kLastMoments;
  while (!lost.empty()) {
    const auto left = deadline - machine_.monotonic_clock();
    if (left <= Duration{0} || !machine_.wait_for_exit(lost, left)) return;
    std::erase_if(lost, [this](const ProcessId& process) {
      if (machine_.wait_for_exit({process}, Duration{0})) ended_.push_back(process);
      return std::ranges::find(ended_, process) != ended_.end();
    });
  }
}

// None of the steps of a worker makes sense without those before it.
std::optional<StartOrder> StepTaker::take_steps(const Decision& decision, bool intents_kept) {
  StartOrder order{.worker = decision.worker, .start = false, .recover = {}};
  try {
    for (const auto& step : decision.steps) {
      if (!intents_kept && needs_intent(step)) break;
      take_step(decision.worker, step, order);
    }
  } catch (const std::system_error& error) {
    reporter_.report_failed(worker_of(decision.worker).name, error);
    return std::nullopt;
  }
  if (!order.start && order.recover.empty()) return std::nullopt;
  return order;
}

void StepTaker::take_step(std::size_t worker, const Step& step, StartOrder& order) {
  if (const auto* recover = std::get_if<RecoverJobs>(&step)) {
    add_dead(record_of(worker), *recover, order);
  } else if (std::holds_alternative<StartWorker>(step)) {
    order.start = true;
  } else if (const auto* ask = std::get_if<AskToStop>(&step); ask != nullptr && order.start) {
    after_start_.emplace_back(worker, *ask);  // surge: only once its successor runs
  } else {
    std::visit([&](const auto& each) { take(worker, each); }, step);
  }
}

void StepTaker::drain_orphan(const OrphanToDrain& orphan) {
  try {
    if (!machine_.send_signal(orphan.id, SIGTERM)) return;
    has_asked_ = true;
    const auto known = std::ranges::find(state_.orphans, orphan.id, &OrphanRecord::process);
    if (known != state_.orphans.end() && known->stop) known->stop->asked = true;
    reporter_.report(make_event(EventKind::asked_to_stop, orphan.name, Severity::info,
                                Stopping{orphan.id.pid, StopReason::orphan, std::nullopt}));
  } catch (const std::system_error& error) {
    reporter_.report_failed(orphan.name, error);
  }
}

void StepTaker::forget_set_aside(const SetAsideFile& file) {
  try {
    machine_.remove_pid_file(set_aside_path(file.pid_file, file.pid), file.pid);
  } catch (const std::system_error& error) {
    reporter_.report_failed({}, error);
  }
}

void StepTaker::run_stop_commands() {
  if (to_command_.empty()) return;
  std::vector<std::size_t> workers;
  for (const auto& [worker, reason] : to_command_)
    workers.push_back(worker);
  const auto troubles = bootcheck::run_stop_commands(context_, workers);
  has_asked_ = true;
  for (std::size_t at = 0; at < workers.size(); ++at) {
    const auto& [worker, reason] = to_command_[at];
    const auto& trouble = troubles[at];
    remember_commanded(record_of(worker), trouble.empty(), machine_.boot_now());
    if (trouble.empty()) {
      reporter_.report(EventKind::asked_to_stop, worker, Severity::info,
                       Stopping{0, reason, std::nullopt});
    } else {
      reporter_.report(EventKind::failed, worker, Severity::error,
                       Trouble{Task::step, {.thing = trouble, .reason = {}}});
    }
  }
  to_command_.clear();
}

void StepTaker::ask_set_aside(const std::set<std::size_t>& came_up) {
  for (const auto& [worker, ask] : after_start_) {
    if (!came_up.contains(worker)) continue;
    try {
      take(worker, ask);
    } catch (const std::system_error& error) {
      reporter_.report_failed(worker_of(worker).name, error);
    }
  }
}

void StepTaker::take(std::size_t worker, const RemovePidFile& step) {
  machine_.remove_pid_file(worker_of(worker).pid_file, step.pid);
}

void StepTaker::take(std::size_t worker, const RestorePidFile& step) {
  if (std::ranges::find(ended_, step.process) != ended_.end()) return;
  machine_.write_pid_file(worker_of(worker).pid_file, step.process.pid);
  reporter_.report(EventKind::restored, worker, Severity::warning, OfProcess{step.process.pid});
}

void StepTaker::take(std::size_t worker, const SetPidFileAside& step) {
  machine_.set_aside_pid_file(worker_of(worker).pid_file, step.process.pid);
  reporter_.report(EventKind::set_aside, worker, Severity::info, OfProcess{step.process.pid});
}

void StepTaker::take(std::size_t worker, const ForgetSetAside& step) {
  machine_.remove_pid_file(set_aside_path(worker_of(worker).pid_file, step.pid), step.pid);
}

void StepTaker::take(std::size_t worker, const AskToStop& step) {
  if (!machine_.send_signal(step.process, worker_of(worker).stop_signal))
    return;  // it is gone: the next pass sees that
  has_asked_ = true;
  remember_asked(record_of(worker), step.process, machine_.boot_now());
  reporter_.report(EventKind::asked_to_stop, worker, Severity::info,
                   Stopping{step.process.pid, step.reason, std::nullopt});
}

void StepTaker::take(std::size_t worker, const KillWorker& step) {
  if (!machine_.send_signal(step.process, SIGKILL)) return;
  reporter_.report(EventKind::killed, worker, Severity::warning, OfProcess{step.process.pid});
}

void StepTaker::take(std::size_t worker, const RunStopCommand& step) {
  to_command_.emplace_back(worker, step.reason);
}

}  // namespace bootcheck
