// Takes the steps of a plan, but for the starts: pid files, signals and stop commands.
#pragma once

#include "act/batch.h"
#include "act/reporter.h"
#include "model/plan.h"

#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace bootcheck {

class StepTaker {
 public:
  /// All three have to outlive it; what was done is noted in `state`.
  StepTaker(const Context& context, State& state, Reporter& reporter)
      : context_(context), machine_(context.machine), state_(state), reporter_(reporter) {}

  /// Of the workers whose pid files are missing, waits for those that end now: the next pass starts
  /// them, and no pid file is written for them. At most 300 ms.
  void await_last_moments(const Plan& plan);

  /// Returns what is left to be done: to start the worker, or to hand back jobs; none: nothing.
  /// A failing step ends the steps of its worker only, and is reported. `intents_kept`: false where
  /// what is intended could not be written down: then nobody is asked to stop or set aside.
  std::optional<StartOrder> take_steps(const Decision& decision, bool intents_kept);

  void drain_orphan(const OrphanToDrain& orphan);
  void forget_set_aside(const SetAsideFile& file);

  /// All that the steps have asked for, side by side: each may take its time.
  void run_stop_commands();

  /// Those that were set aside, once their successors are among those who came up.
  void ask_set_aside(const std::set<std::size_t>& came_up);

  /// Whether anybody was asked to stop so far.
  bool has_asked() const { return has_asked_; }

 private:
  const Worker& worker_of(std::size_t index) const { return context_.config.workers[index]; }
  WorkerRecord& record_of(std::size_t index) { return state_.workers[worker_of(index).name]; }

  void take_step(std::size_t worker, const Step& step, StartOrder& order);
  void take(std::size_t worker, const RemovePidFile& step);
  void take(std::size_t worker, const RestorePidFile& step);
  void take(std::size_t worker, const SetPidFileAside& step);
  void take(std::size_t worker, const ForgetSetAside& step);
  void take(std::size_t worker, const AskToStop& step);
  void take(std::size_t worker, const KillWorker& step);
  void take(std::size_t worker, const RunStopCommand& step);
  void take(std::size_t, const RecoverJobs&) {}
  void take(std::size_t, const StartWorker&) {}

  const Context& context_;
  Machine& machine_;
  State& state_;
  Reporter& reporter_;
  std::vector<std::pair<std::size_t, AskToStop>> after_start_;
  std::vector<std::pair<std::size_t, StopReason>> to_command_;  ///< by their stop commands
  std::vector<ProcessId> ended_;
  bool has_asked_ = false;
};

}  // namespace bootcheck
