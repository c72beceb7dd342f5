#include "act/act.h"

#include "act/late_exits.h"
#include "act/reporter.h"
#include "act/start.h"
#include "act/state_events.h"
#include "act/step_taker.h"
#include "model/identity.h"
#include "model/intents.h"

#include <optional>
#include <set>
#include <utility>

namespace bootcheck {
namespace {

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
        under_way_(under_way),
        reporter_(context),
        steps_(context, state_, reporter_) {}

  void run() {
    const auto rest = without_rolls_that_wait_for_a_boot();
    const auto& plan = rest ? *rest : assessment_.plan;
    intend(plan);
    steps_.await_last_moments(plan);
    for (const auto& decision : plan.decisions) {
      if (!decision.selected) continue;
      reporter_.report_all(events_of(decision, facts_, state_));
      take_steps(decision, orders_);
    }
    if (waits_for_a_boot(plan)) report_boot_failure(state_.failed_boots);
    reporter_.report_all(orphan_events(facts_, assessment_.assignment, state_));
    if (intents_kept_) {
      for (const auto& orphan : plan.orphans_to_drain)
        steps_.drain_orphan(orphan);
    }
    for (const auto& file : plan.set_aside_to_forget)
      steps_.forget_set_aside(file);
    steps_.run_stop_commands();
    if (steps_.has_asked()) save_(state_);
    report_(reporter_.take());
    if (orders_.empty() && to_boot_.empty()) return;
    start();
    report_(reporter_.take());
  }

 private:
  const Worker& worker_of(std::size_t index) const { return context_.config.workers[index]; }
  WorkerRecord& record_of(std::size_t index) { return state_.workers[worker_of(index).name]; }

  /// What cannot be written down is not begun, or a later pass would not know of it.
  void intend(const Plan& plan) {
    remember_intents(state_, facts_, plan);
    intents_kept_ = save_(state_);
  }

  /// What is left to be started goes into `orders`.
  void take_steps(const Decision& decision, std::vector<StartOrder>& orders) {
    if (auto order = steps_.take_steps(decision, intents_kept_))
      orders.push_back(std::move(*order));
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
      reporter_.report_all(std::move(late.events));
      if (late.decision.rolling_steps > 0) plan.decisions.push_back(std::move(late.decision));
    }
    intend(plan);
    std::vector<StartOrder> orders;
    for (const auto& decision : plan.decisions) {
      take_steps(decision, orders);
    }
    save_(state_);
    report_(reporter_.take());
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
    reporter_.report(make_event(EventKind::boot_failed, {},
                                failures.count < kAlarming ? Severity::info : Severity::error,
                                failures.last_error));
  }

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
    reporter_.report_all(std::move(outcome.recoveries));
    note_hand_backs(outcome.hand_backs);
    for (const auto& failed : outcome.boot_failures)
      note_boot_failure(failed);
    for (const auto& result : outcome.results)
      note_result(result);
    steps_.ask_set_aside(started_);
  }

  void note_hand_backs(const std::vector<HandBack>& hand_backs) {
    for (const auto& each : hand_backs) {
      remember_hand_back(record_of(each.worker), each, facts_, machine_.boot_now());
      if (!each.trouble.empty())
        reporter_.report(EventKind::recovery_failed, each.worker, Severity::error,
                         OfJob{each.trouble});
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
      reporter_.report_all(exit.events);
      reporter_.report_all(events_of(exit.decision, facts_, state_));
      take_steps(exit.decision, orders);
    }
    return orders;
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
    reporter_.report(std::move(event));
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
  Reporter reporter_;
  StepTaker steps_;
  std::vector<StartOrder> orders_;
  std::vector<std::size_t> to_boot_;  ///< workers to be replaced once their application has booted
  std::set<std::size_t> started_;
  bool intents_kept_ = true;
};

}  // namespace

void act(const Context& context, Assessment& assessment, Preloaders& preloaders,
         const SaveState& save, const ReportEvents& report, const TellUnderWay& under_way) {
  Actor(context, assessment, preloaders, save, report, under_way).run();
}

}  // namespace bootcheck
