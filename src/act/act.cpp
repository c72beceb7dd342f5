#include "act/act.h"

#include "act/late_exits.h"
#include "act/start.h"
#include "act/state_events.h"
#include "act/stop_commands.h"
#include "model/identity.h"
#include "model/intents.h"

#include <algorithm>
#include <csignal>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

namespace bootcheck {
namespace {

/// A worker that somebody else has asked to stop removes its pid file and is gone shortly after.
constexpr Duration kLastMoments{300};

class Actor {
 public:
  Actor(const Context& context, Assessment& assessment, Preloaders& preloaders,
        const SaveState& save, const ReportEvents& report, const TellUnderWay& under_way)
      : context_(context),
        machine_(context.machine),
        facts_(assessment.facts),
        state_(assessment.state),
        assessment_(assessment),
        preloaders_(preloaders),
        save_(save),
        report_(report),
        under_way_(under_way) {}

  void run() {
    const auto rest = without_rolls_that_wait_for_a_boot();
    const auto& plan = rest ? *rest : assessment_.plan;
    intend(plan);
    await_last_moments(plan);
    for (const auto& decision : plan.decisions) {
      if (!decision.selected) continue;
      report_all(events_of(decision, facts_, state_));
      if (auto order = take_steps(decision)) orders_.push_back(std::move(*order));
    }
    if (waits_for_a_boot(plan)) report_boot_failure(state_.failed_boots);
    report_all(orphan_events(facts_, assessment_.assignment, state_));
    for (const auto& orphan : plan.orphans_to_drain)
      drain_orphan(orphan);
    for (const auto& file : plan.set_aside_to_forget)
      forget_set_aside(file);
    run_stop_commands();
    if (signalled_) save_(state_);
    report_(std::exchange(events_, {}));
    if (orders_.empty() && to_boot_.empty()) return;
    start();
    report_(std::move(events_));
  }

 private:
  const Worker& worker_of(std::size_t index) const { return context_.config.workers[index]; }
  WorkerRecord& record_of(std::size_t index) { return state_.workers[worker_of(index).name]; }

  void report(EventKind kind, std::size_t worker, Severity severity, Detail detail) {
    report(make_event(kind, worker_of(worker).name, severity, std::move(detail)));
  }
  void report(Event event) {
    if (event.at == Duration{0}) event.at = machine_.wall_clock();
    events_.push_back(std::move(event));
  }
  void report_failed(std::size_t worker, const std::system_error& error) {
    report(EventKind::failed, worker, Severity::error, Trouble{Task::step, failure_of(error)});
  }
  void report_all(std::vector<Event> events) {
    for (auto& event : events)
      report(std::move(event));
  }

  /// What cannot be written down is not begun, or a later pass would not know of it.
  void intend(const Plan& plan) {
    remember_intents(state_, facts_, plan);
    intents_kept_ = save_(state_);
  }

  /// Of the workers whose pid files are missing, those that end now: the next pass starts them.
  void await_last_moments(const Plan& plan) {
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

  void drain_orphan(const OrphanToDrain& orphan) {
    if (!intents_kept_) return;
    try {
      if (!machine_.send_signal(orphan.id, SIGTERM)) return;
      signalled_ = true;
      const auto known = std::ranges::find(state_.orphans, orphan.id, &OrphanRecord::process);
      if (known != state_.orphans.end() && known->stop) known->stop->asked = true;
      report(make_event(EventKind::asked_to_stop, orphan.name, Severity::info,
                        Stopping{orphan.id.pid, StopReason::orphan, std::nullopt}));
    } catch (const std::system_error& error) {
      report(make_event(EventKind::failed, orphan.name, Severity::error,
                        Trouble{Task::step, failure_of(error)}));
    }
  }

  void forget_set_aside(const SetAsideFile& file) {
    try {
      machine_.remove_pid_file(set_aside_path(file.pid_file, file.pid), file.pid);
    } catch (const std::system_error& error) {
      report(make_event(EventKind::failed, {}, Severity::error,
                        Trouble{Task::step, failure_of(error)}));
    }
  }

  // --- boot first ------------------------------------------------------------------------------

  bool boots_before_rolling(const Decision& decision) const {
    const auto& worker = worker_of(decision.worker);
    return decision.rolling_steps > 0 && boots_first(worker);
  }

  /// What is left of the plan to be done at once; none: all of it.
  std::optional<Plan> without_rolls_that_wait_for_a_boot() {
    for (const auto& decision : assessment_.plan.decisions) {
      if (boots_before_rolling(decision)) to_boot_.push_back(decision.worker);
    }
    if (to_boot_.empty()) return std::nullopt;
    auto plan = assessment_.plan;
    for (const auto worker : to_boot_) {
      auto& decision = plan.decisions[worker];
      decision.steps.resize(decision.steps.size() - decision.rolling_steps);
      decision.rolling_steps = 0;
    }
    return plan;
  }

  /// A boot takes its time: whether they are still to be replaced is decided anew.
  std::vector<StartOrder> roll_after_boot(const std::vector<std::size_t>& workers) {
    state_.failed_boots = {};
    Plan plan;
    for (auto& late : decide_after_exits(context_, assessment_, workers)) {
      report_all(std::move(late.events));
      if (late.decision.rolling_steps > 0) plan.decisions.push_back(std::move(late.decision));
    }
    intend(plan);
    std::vector<StartOrder> orders;
    for (const auto& decision : plan.decisions) {
      if (auto order = take_steps(decision)) orders.push_back(std::move(*order));
    }
    save_(state_);
    report_(std::exchange(events_, {}));
    return orders;
  }

  void note_boot_failure(const BootFailure& failed) {
    const auto first = failed.workers.front();
    remember_boot_failed(state_, worker_of(first), failed.failure,
                         facts_.seen[first].restart_file_mtime, facts_, machine_.boot_now());
    report_boot_failure(state_.failed_boots);
  }

  /// The first times it may be a deploy that is still under way.
  void report_boot_failure(const Failures& failures) {
    constexpr int kAlarming = 3;
    report(make_event(EventKind::boot_failed, {},
                      failures.count < kAlarming ? Severity::info : Severity::error,
                      failures.last_error));
  }

  // --- the steps of one worker -------------------------------------------------------------------

  // A failing step ends the steps of its worker only: none of them makes sense without those before
  // it.
  std::optional<StartOrder> take_steps(const Decision& decision) {
    StartOrder order{.worker = decision.worker, .start = false, .recover = {}};
    try {
      for (const auto& step : decision.steps) {
        if (!intents_kept_ && needs_intent(step)) break;
        take_step(decision.worker, step, order);
      }
    } catch (const std::system_error& error) {
      report_failed(decision.worker, error);
      return std::nullopt;
    }
    if (!order.start && order.recover.empty()) return std::nullopt;
    return order;
  }

  /// What is said of two of one pid could not be told apart: the second waits for the next time.
  static void add_dead(WorkerRecord& record, const RecoverJobs& step, StartOrder& order) {
    const auto of_that_pid = [&](const DeadOwner& owner) { return owner.dead.pid == step.pid; };
    const auto found = find_dead(record.unrecovered, step.pid, step.host);
    if (found != record.unrecovered.end() && std::ranges::none_of(order.recover, of_that_pid))
      order.recover.push_back({.dead = *found, .pid_taken = step.pid_taken});
  }

  static bool needs_intent(const Step& step) {
    return std::holds_alternative<AskToStop>(step) ||
           std::holds_alternative<SetPidFileAside>(step) ||
           std::holds_alternative<RunStopCommand>(step);
  }

  void take_step(std::size_t worker, const Step& step, StartOrder& order) {
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

  void take(std::size_t worker, const RemovePidFile& step) {
    machine_.remove_pid_file(worker_of(worker).pid_file, step.pid);
  }

  void take(std::size_t worker, const RestorePidFile& step) {
    if (std::ranges::find(ended_, step.process) != ended_.end()) return;
    machine_.write_pid_file(worker_of(worker).pid_file, step.process.pid);
    report(EventKind::restored, worker, Severity::warning, OfProcess{step.process.pid});
  }

  void take(std::size_t worker, const SetPidFileAside& step) {
    machine_.set_aside_pid_file(worker_of(worker).pid_file, step.process.pid);
    report(EventKind::set_aside, worker, Severity::info, OfProcess{step.process.pid});
  }

  void take(std::size_t worker, const ForgetSetAside& step) {
    machine_.remove_pid_file(set_aside_path(worker_of(worker).pid_file, step.pid), step.pid);
  }

  void take(std::size_t worker, const AskToStop& step) {
    if (!machine_.send_signal(step.process, worker_of(worker).stop_signal))
      return;  // it is gone: the next pass sees that
    signalled_ = true;
    remember_asked(record_of(worker), step.process, machine_.boot_now());
    report(EventKind::asked_to_stop, worker, Severity::info,
           Stopping{step.process.pid, step.reason, std::nullopt});
  }

  void take(std::size_t worker, const KillWorker& step) {
    if (!machine_.send_signal(step.process, SIGKILL)) return;
    report(EventKind::killed, worker, Severity::warning, OfProcess{step.process.pid});
  }

  void take(std::size_t worker, const RunStopCommand& step) {
    to_command_.emplace_back(worker, step.reason);
  }

  /// All side by side: each may take its time.
  void run_stop_commands() {
    if (to_command_.empty()) return;
    std::vector<std::size_t> workers;
    for (const auto& [worker, reason] : to_command_)
      workers.push_back(worker);
    const auto troubles = bootcheck::run_stop_commands(context_, workers);
    signalled_ = true;
    for (std::size_t at = 0; at < workers.size(); ++at) {
      const auto& [worker, reason] = to_command_[at];
      const auto& trouble = troubles[at];
      remember_commanded(record_of(worker), trouble.empty(), machine_.boot_now());
      if (trouble.empty()) {
        report(EventKind::asked_to_stop, worker, Severity::info, Stopping{0, reason, std::nullopt});
      } else {
        report(EventKind::failed, worker, Severity::error,
               Trouble{Task::step, {.thing = trouble, .reason = {}}});
      }
    }
    to_command_.clear();
  }

  void take(std::size_t, const RecoverJobs&) {}
  void take(std::size_t, const StartWorker&) {}

  // --- starts ------------------------------------------------------------------------------------

  void start() {
    const auto up = [&](const std::vector<StartResult>& results) {
      for (const auto& result : results)
        remember_up(result);
      save_(state_);
    };
    const StartContext context{
        .run = context_,
        .app = facts_.app,
        .state = state_,
        .preloaders = preloaders_,
        .to_boot = to_boot_,
        .booted =
            [this](const std::vector<std::size_t>& workers) { return roll_after_boot(workers); },
        .running = running_workers(context_.config, state_),
        .ended = [this](const std::vector<std::size_t>& workers) { return late_orders(workers); },
        .up = up,
        .under_way = under_way_};
    auto outcome = start_workers(context, orders_);
    report_all(std::move(outcome.recoveries));
    note_hand_backs(outcome.hand_backs);
    for (const auto& failed : outcome.boot_failures)
      note_boot_failure(failed);
    for (const auto& result : outcome.results)
      note_result(result);
    for (const auto& [worker, ask] : after_start_) {
      if (started_.contains(worker)) ask_surged(worker, ask);
    }
  }

  void note_hand_backs(const std::vector<HandBack>& hand_backs) {
    for (const auto& each : hand_backs) {
      remember_hand_back(record_of(each.worker), each, facts_, machine_.boot_now());
      if (!each.trouble.empty())
        report(EventKind::recovery_failed, each.worker, Severity::error, OfJob{each.trouble});
    }
  }

  /// Workers that end during this pass are started at once, unless the host goes down with them.
  std::vector<StartOrder> late_orders(const std::vector<std::size_t>& workers) {
    std::vector<StartOrder> orders;
    if (machine_.is_shutting_down()) return orders;
    for (const auto& exit : decide_after_exits(context_, assessment_, workers)) {
      Plan plan;
      plan.decisions.push_back(exit.decision);
      intend(plan);
      report_all(exit.events);
      report_all(events_of(exit.decision, facts_, state_));
      if (auto order = take_steps(exit.decision)) orders.push_back(std::move(*order));
    }
    return orders;
  }

  void ask_surged(std::size_t worker, const AskToStop& ask) {
    try {
      take(worker, ask);
    } catch (const std::system_error& error) {
      report_failed(worker, error);
    }
  }

  void remember_up(const StartResult& result) {
    remember_started(record_of(result.worker), *result.process, result.release, facts_,
                     result.worker, machine_.boot_now());
  }

  void note_result(const StartResult& result) {
    if (result.is_now) {
      if (!result.process)
        report_end(result, EventKind::start_failed, Severity::error, NotMissing{*result.is_now});
    } else if (result.process || result.by_status) {
      report_end(result, EventKind::started, Severity::info, note_up(result));
      if (result.trouble) report_end(result, EventKind::failed, Severity::warning, *result.trouble);
    } else {
      remember_failed(record_of(result.worker), worker_of(result.worker), result.failure,
                      facts_.seen[result.worker].restart_file_mtime, facts_, machine_.boot_now());
      report_end(result, EventKind::start_failed, Severity::error, result.failure);
    }
  }

  /// With the time at which it was seen, which may be long ago.
  void report_end(const StartResult& result, EventKind kind, Severity severity, Detail detail) {
    auto event = make_event(kind, worker_of(result.worker).name, severity, std::move(detail));
    event.at = result.at;
    report(std::move(event));
  }

  Up note_up(const StartResult& result) {
    started_.insert(result.worker);
    Up up{.pid = std::nullopt, .took = result.took};
    if (result.process) {
      remember_up(result);
      up.pid = result.process->id.pid;
    } else {
      remember_up_by_status(record_of(result.worker), machine_.boot_now());
    }
    return up;
  }

  const Context& context_;
  Machine& machine_;
  Facts& facts_;
  State& state_;
  Assessment& assessment_;
  Preloaders& preloaders_;
  const SaveState& save_;
  const ReportEvents& report_;
  const TellUnderWay& under_way_;
  std::vector<Event> events_;
  std::vector<StartOrder> orders_;
  std::vector<std::size_t> to_boot_;  ///< workers to be replaced once their application has booted
  std::vector<std::pair<std::size_t, AskToStop>> after_start_;
  std::vector<std::pair<std::size_t, StopReason>> to_command_;  ///< by their stop commands
  std::set<std::size_t> started_;
  std::vector<ProcessId> ended_;
  bool intents_kept_ = true;
  bool signalled_ = false;
};

}  // namespace

void act(const Context& context, Assessment& assessment, Preloaders& preloaders,
         const SaveState& save, const ReportEvents& report, const TellUnderWay& under_way) {
  Actor(context, assessment, preloaders, save, report, under_way).run();
}

}  // namespace bootcheck
