#include "model/judge.h"

#include "model/identity.h"

#include <algorithm>

namespace bootcheck {
namespace {

/// `drained` is well-being for as long as the next pass of cron may take to start the successor.
constexpr BootTime kDrainedCounts = 120'000;

template <class T>
bool is(const auto& variant) {
  return std::holds_alternative<T>(variant);
}

class Judge {
 public:
  Judge(const Facts& facts, const State& state, const Assigned& assigned, std::size_t at)
      : facts_(facts),
        worker_((*facts.workers)[at]),
        seen_(facts.seen[at]),
        assigned_(assigned),
        record_(find_record(state, worker_.name)),
        hold_(hold_of(state, worker_.name, facts.wall)) {}

  Judgement run() {
    result_.proof = assigned_.proof;
    result_.process = assigned_.current;
    result_.is_named = assigned_.is_named;
    result_.duplicates = assigned_.duplicates;
    result_.surged = assigned_.surged;
    result_.left_overs = assigned_.left_overs;
    note_end();
    result_.state = state_of_worker();
    result_.beneath = result_.state;
    if (hold_ != nullptr || !worker_.enabled) {
      result_.state = WorkerState::held;
      const bool may_run = result_.beneath == WorkerState::unknown && !assigned_.doubt.empty() &&
                           result_.reason == assigned_.doubt;
      if (may_run) result_.doubt = std::move(result_.reason);
      result_.reason = hold_text();
    }
    return std::move(result_);
  }

 private:
  void note_end() {
    if (record_ == nullptr || !record_->process) return;
    const auto& id = record_->process->id;
    if (!facts_.processes.has_ended(id)) return;
    const auto* stop = find_stop(record_, id);
    result_.ended = id;
    result_.ended_as_asked = stop != nullptr && stop->asked;
  }

  WorkerState state_of_worker() {
    if (facts_.doubt.empty()) return assigned_.current ? state_of_living() : state_of_absent();
    result_.reason = facts_.doubt;
    return WorkerState::unknown;
  }

  WorkerState state_of_living() {
    if (assigned_.is_named && seen_.status == StatusAnswer::not_running) {
      result_.reason = "its process lives but its status command says it does not run";
      return WorkerState::unknown;
    }
    // A worker that was asked to stop removes its pid file before its process ends: that is no
    // loss.
    const auto* stop = find_stop(record_, assigned_.current->id);
    if (stop != nullptr && !stop->aside) return WorkerState::draining;
    if (!assigned_.duplicates.empty()) return WorkerState::duplicate;
    return assigned_.is_named ? WorkerState::running : WorkerState::lost;
  }

  WorkerState state_of_absent() {
    if (assigned_.starting) {
      result_.process = assigned_.starting;
      return WorkerState::starting;
    }
    if (seen_.status == StatusAnswer::running) {
      result_.proof = Proof::status_command;
      return was_commanded() ? WorkerState::draining : WorkerState::running;
    }
    if (auto why = doubt(); !why.empty()) {
      result_.reason = std::move(why);
      return WorkerState::unknown;
    }
    if (must_wait()) return WorkerState::failing;
    return has_drained() ? WorkerState::drained : state_of_pid_file();
  }

  std::string doubt() const {
    if (seen_.status == StatusAnswer::unknown)
      return "its status command failed or did not answer in time";
    if (!assigned_.doubt.empty()) return assigned_.doubt;
    if (facts_.processes.searched) return {};
    return "/proc was not searched";
  }

  /// Its back-off is not over; another release, start command or restart file gets a fresh chance.
  bool must_wait() const {
    if (record_ == nullptr) return false;
    const auto& failures = record_->failures;
    if (failures.next_try <= facts_.now || failures.release != facts_.app.release.native())
      return false;
    if (is_other_restart_file(failures.restart_file_mtime, seen_.restart_file_mtime)) return false;
    return failures.command == command_text(worker_.start);
  }

  /// By its stop command, or it is about to be.
  bool was_commanded() const { return record_ != nullptr && record_->by_command; }

  bool has_drained() const {
    if (was_commanded() && record_->by_command->asked) return true;
    if (result_.ended) return result_.ended_as_asked;
    return record_ != nullptr && record_->drained_at &&
           facts_.now - *record_->drained_at <= kDrainedCounts;
  }

  WorkerState state_of_pid_file() const {
    if (is<NoPidFile>(seen_.pid_file)) return WorkerState::missing;
    const auto* file = std::get_if<PidInFile>(&seen_.pid_file);
    if (file == nullptr) return WorkerState::stale;
    const auto look = facts_.processes.looks.find(file->pid);
    const bool is_gone = look == facts_.processes.looks.end() || is<NoProcess>(look->second) ||
                         is<Zombie>(look->second);
    if (is_gone && has_ended_as_asked(file->pid)) return WorkerState::missing;
    return is_gone ? WorkerState::crashed : WorkerState::stale;
  }

  /// Some passes ago: its successor could not be started yet, and its pid file is still there. Or
  /// now, after the worker that had followed it.
  bool has_ended_as_asked(pid_t pid) const {
    if (record_ == nullptr) return false;
    const bool was_last = record_->drained_at && record_->last && record_->last->id.pid == pid;
    return was_last || std::ranges::any_of(record_->stops, [pid](const StopRequest& stop) {
             return stop.asked && stop.process.pid == pid;
           });
  }

  std::string hold_text() const {
    if (!worker_.enabled) return "disabled in the configuration";
    if (hold_->reason.empty()) return "by " + hold_->by;
    return "by " + hold_->by + ": " + hold_->reason;
  }

  const Facts& facts_;
  const Worker& worker_;
  const Observation& seen_;
  const Assigned& assigned_;
  const WorkerRecord* record_;
  const Hold* hold_;
  Judgement result_;
};

}  // namespace

Judgements judge(const Facts& facts, const State& state, const Assignment& assignment) {
  Judgements judgements;
  judgements.reserve(assignment.of.size());
  for (std::size_t at = 0; at < assignment.of.size(); ++at)
    judgements.push_back(Judge(facts, state, assignment.of[at], at).run());
  return judgements;
}

bool wants_start(WorkerState state) {
  using enum WorkerState;
  return state == missing || state == crashed || state == stale || state == drained;
}

bool may_be_forked(const Process& duplicate, const Judgement& judgement,
                   const WorkerRecord* record) {
  const auto& worker = judgement.process;
  if (!worker || duplicate.stack == 0 || duplicate.stack != worker->stack) return false;
  return record == nullptr ||
         std::ranges::find(record->beside, duplicate.id, &KnownProcess::id) == record->beside.end();
}

const Hold* hold_of(const State& state, const std::string& worker, WallTime now) {
  const auto found = state.holds.find(worker);
  if (found == state.holds.end() || (found->second.until && *found->second.until <= now))
    return nullptr;
  return &found->second;
}

std::string_view name_of(WorkerState state) {
  switch (state) {
    case WorkerState::running:
      return "running";
    case WorkerState::draining:
      return "draining";
    case WorkerState::missing:
      return "missing";
    case WorkerState::crashed:
      return "crashed";
    case WorkerState::stale:
      return "stale";
    case WorkerState::lost:
      return "lost";
    case WorkerState::duplicate:
      return "duplicate";
    case WorkerState::unknown:
      return "unknown";
    case WorkerState::starting:
      return "starting";
    case WorkerState::held:
      return "held";
    case WorkerState::failing:
      return "failing";
    case WorkerState::drained:
      return "drained";
  }
  return "unknown";
}

}  // namespace bootcheck
