#include "act/act.h"

#include "act/found.h"
#include "act/late_exits.h"
#include "act/start.h"
#include "model/memory.h"
#include "model/orphan.h"

#include <algorithm>
#include <csignal>
#include <set>
#include <system_error>

namespace bootcheck {
namespace {

/// A worker that somebody else has asked to stop removes its pid file and is gone shortly after.
constexpr Duration kLastMoments{300};

class Actor {
 public:
  Actor(const Context& context, Facts& facts, State& state)
      : context_(context), machine_(context.machine), facts_(facts), state_(state) {}

  std::vector<Event> run(const Plan& plan, const std::vector<Event>& noticed,
                         const std::function<void()>& save) {
    note_recoveries(plan);
    save();  // holds and requests before anybody is asked, the dead before what names them is gone
    for (const auto& decision : plan) {
      if (!decision.selected) continue;
      tell_all(found(decision, facts_, state_, noticed));
      if (auto order = take_steps(decision)) orders_.push_back(std::move(*order));
    }
    tell_all(found_orphans(facts_));
    for (const auto& orphan : orphans_to_drain(facts_, state_))
      drain_orphan(orphan);
    if (signalled_) save();
    if (!orders_.empty()) start(save);
    return std::move(events_);
  }

 private:
  void note_recoveries(const Plan& plan) {
    for (const auto& decision : plan) {
      for (const auto& step : decision.steps) {
        if (const auto* recover = std::get_if<RecoverJobs>(&step))
          note_recovery(decision.worker, recover->pid);
      }
    }
  }

  void note_recovery(std::size_t worker, pid_t pid) {
    auto& unrecovered = record_of(worker).unrecovered;
    if (std::ranges::find(unrecovered, pid) == unrecovered.end()) unrecovered.push_back(pid);
  }

  const Worker& worker_of(std::size_t index) const { return context_.config.workers[index]; }
  WorkerRecord& record_of(std::size_t index) { return state_.workers[worker_of(index).name]; }

  void tell(EventKind kind, std::size_t worker, Severity severity, Detail detail) {
    events_.push_back(make_event(kind, worker_of(worker).name, severity, std::move(detail)));
  }
  void tell_failed(std::size_t worker, const std::system_error& error) {
    tell(EventKind::failed, worker, Severity::error, Trouble{Task::step, failure_of(error)});
  }

  void tell_all(std::vector<Event> events) {
    std::ranges::move(events, std::back_inserter(events_));
  }

  void drain_orphan(const Process& orphan) {
    const auto& title = orphan.argv.front();
    try {
      if (!machine_.send_signal(orphan.id, SIGTERM)) return;
      signalled_ = true;
      state_.orphans.push_back({orphan.id, facts_.wall, facts_.now, StopReason::orphan});
      events_.push_back(make_event(EventKind::asked_to_stop, title, Severity::info,
                                   Stopping{orphan.id.pid, StopReason::orphan, std::nullopt}));
    } catch (const std::system_error& error) {
      events_.push_back(make_event(EventKind::failed, title, Severity::error,
                                   Trouble{Task::step, failure_of(error)}));
    }
  }

  // A failing step ends the steps of its worker only: none of them makes sense without those before
  // it.
  std::optional<StartOrder> take_steps(const Decision& decision) {
    StartOrder order{.worker = decision.worker, .start = false, .recover = {}};
    try {
      for (const auto& step : decision.steps) {
        if (const auto* recover = std::get_if<RecoverJobs>(&step)) {
          order.recover.push_back(recover->pid);
          note_recovery(decision.worker, recover->pid);  // of a late exit: not in the plan
        } else if (std::holds_alternative<StartWorker>(step)) {
          order.start = true;
        } else if (const auto* ask = std::get_if<AskToStop>(&step); ask != nullptr && order.start) {
          after_start_.emplace_back(decision.worker, *ask);  // surge: only once its successor runs
        } else {
          std::visit([&](const auto& each) { take(decision.worker, each); }, step);
        }
      }
    } catch (const std::system_error& error) {
      tell_failed(decision.worker, error);
      return std::nullopt;
    }
    if (!order.start && order.recover.empty()) return std::nullopt;
    return order;
  }

  void take(std::size_t worker, const RemovePidFile& step) {
    machine_.remove_pid_file(worker_of(worker).pid_file, step.pid);
  }

  void take(std::size_t worker, const RestorePidFile& step) {
    if (machine_.wait_for_exit({step.process}, kLastMoments)) return;  // the next pass starts it
    machine_.write_pid_file(worker_of(worker).pid_file, step.process.pid);
    tell(EventKind::restored, worker, Severity::warning, OfProcess{step.process.pid});
  }

  void take(std::size_t worker, const SetPidFileAside& step) {
    machine_.set_aside_pid_file(worker_of(worker).pid_file, step.process.pid);
    tell(EventKind::set_aside, worker, Severity::info, OfProcess{step.process.pid});
  }

  void take(std::size_t worker, const ForgetSetAside& step) {
    machine_.remove_pid_file(set_aside_path(worker_of(worker).pid_file, step.pid), step.pid);
  }

  void take(std::size_t worker, const AskToStop& step) {
    const auto& config = worker_of(worker);
    if (!machine_.send_signal(step.process, config.stop_signal))
      return;  // it is gone: the next pass sees that
    signalled_ = true;
    record_of(worker).stops.push_back({step.process, facts_.wall, facts_.now, step.reason});
    tell(EventKind::asked_to_stop, worker, Severity::info,
         Stopping{step.process.pid, step.reason, std::nullopt});
  }

  void take(std::size_t worker, const KillWorker& step) {
    if (!machine_.send_signal(step.process, SIGKILL)) return;
    tell(EventKind::killed, worker, Severity::warning, OfProcess{step.process.pid});
  }

  void take(std::size_t, const RecoverJobs&) {}
  void take(std::size_t, const StartWorker&) {}

  void start(const std::function<void()>& save) {
    LateExits late(context_, facts_, state_);
    const auto up = [&](const std::vector<StartResult>& results) {
      for (const auto& result : results)
        remember_up(result);
      save();
    };
    const StartContext context{context_, facts_.app, state_, [&] { return late_orders(late); }, up};
    auto report = start_workers(context, orders_);
    for (auto& event : report.recoveries)
      events_.push_back(std::move(event));
    for (const auto& [worker, pid] : report.recovered)
      std::erase(record_of(worker).unrecovered, pid);
    for (const auto& order : orders_) {
      auto& record = record_of(order.worker);
      if (!order.recover.empty() && !record.unrecovered.empty())
        record.next_recovery = machine_.boot_now() + facts_.backoff_max.count();
    }
    for (const auto& result : report.results)
      note_result(result);
    for (const auto& [worker, ask] : after_start_) {
      if (started_.contains(worker)) ask_surged(worker, ask);
    }
  }

  /// Who ends its drain while others are brought up need not wait for the next pass.
  std::vector<StartOrder> late_orders(LateExits& late) {
    std::vector<StartOrder> orders;
    for (const auto& exit : late.take()) {
      tell_all(exit.events);
      tell_all(found(exit.decision, facts_, state_, exit.events));
      if (auto order = take_steps(exit.decision)) orders.push_back(std::move(*order));
    }
    return orders;
  }

  void ask_surged(std::size_t worker, const AskToStop& ask) {
    try {
      take(worker, ask);
    } catch (const std::system_error& error) {
      tell_failed(worker, error);
    }
  }

  void remember_up(const StartResult& result) {
    remember_started(record_of(result.worker), *result.process, facts_.seen[result.worker],
                     machine_.boot_now());
  }

  void note_result(const StartResult& result) {
    if (result.is_now) {
      if (!result.process)
        tell(EventKind::start_failed, result.worker, Severity::error, NotMissing{*result.is_now});
    } else if (result.process || result.by_status) {
      note_up(result);
    } else {
      remember_failed(record_of(result.worker), worker_of(result.worker), result.failure, facts_,
                      machine_.boot_now());
      tell(EventKind::start_failed, result.worker, Severity::error, result.failure);
    }
  }

  void note_up(const StartResult& result) {
    started_.insert(result.worker);
    Up up{.pid = std::nullopt, .took = result.took};
    if (result.process) {
      remember_up(result);
      up.pid = result.process->id.pid;
    } else {
      record_of(result.worker).failures = {};
    }
    tell(EventKind::started, result.worker, Severity::info, up);
    if (result.trouble) tell(EventKind::failed, result.worker, Severity::warning, *result.trouble);
  }

  const Context& context_;
  Machine& machine_;
  Facts& facts_;
  State& state_;
  std::vector<Event> events_;
  std::vector<StartOrder> orders_;
  std::vector<std::pair<std::size_t, AskToStop>> after_start_;
  std::set<std::size_t> started_;
  bool signalled_ = false;
};

}  // namespace

std::vector<Event> act(const Context& context, Facts& facts, const Plan& plan,
                       const std::vector<Event>& noticed, State& state,
                       const std::function<void()>& save) {
  return Actor(context, facts, state).run(plan, noticed, save);
}

}  // namespace bootcheck
