#include "act/start.h"

#include "act/recovery.h"
#include "act/sight.h"
#include "act/start_attempt.h"
#include "act/start_error.h"
#include "observe/observe.h"
#include "observe/status_command.h"

#include <algorithm>
#include <chrono>
#include <deque>
#include <memory>
#include <utility>

namespace bootcheck {
namespace {

using Clock = StartAttempt::Clock;

constexpr Duration kTick{10};
constexpr Duration kBetweenQuestions{200};
/// A worker that dies at once (no database, a port in use) must not count as started.
constexpr Duration kStaysUp{500};

/// One worker on its way up.
struct Ascent {
  StartAttempt* attempt = nullptr;
  StartResult result;
  std::optional<Clock::time_point> seen_at;
  std::optional<StatusAnswer> answer;  ///< of its status command
  Clock::time_point asked_at;
  bool asking = false;
  bool done = false;
};

class Starter {
 public:
  Starter(const StartContext& context, const std::vector<StartOrder>& orders) : context_(context) {
    add(orders);
  }

  StartReport run() {
    launches_.every(kTick, [this] { return tick(); });
    launches_.run();
    for (auto& ascent : ascents_)
      report_.results.push_back(std::move(ascent->result));
    for (const auto& attempt : started_)
      read_recoveries(*attempt);
    return std::move(report_);
  }

 private:
  const Worker& worker_of(std::size_t index) const { return context_.run.config.workers[index]; }

  void add(const std::vector<StartOrder>& orders) {
    for (auto& batch : make_batches(context_.run.config, orders))
      batches_.push_back(std::move(batch));
  }

  bool tick() {
    add(context_.more());
    for (auto& ascent : ascents_)
      watch(*ascent);
    if (!news_.empty()) context_.up(std::exchange(news_, {}));
    for (auto& attempt : started_)
      let_go_if_done(*attempt);
    while (!batches_.empty() && booting() < at_a_time_) {
      auto batch = std::move(batches_.front());
      batches_.pop_front();
      begin(std::move(batch));
    }
    return !batches_.empty() || !all_done();
  }

  /// Commands that use a processor now; a worker that has been seen leaves its place to the next.
  int booting() const {
    int count = 0;
    for (const auto& attempt : started_) {
      if (is_booting(*attempt)) ++count;
    }
    return count;
  }

  bool is_booting(const StartAttempt& attempt) const {
    bool recovers_only = true;
    for (const auto& ascent : ascents_) {
      if (ascent->attempt != &attempt) continue;
      recovers_only = false;
      if (!ascent->done && !ascent->seen_at) return true;
    }
    return recovers_only && !attempt.outcome;
  }

  bool all_done() const {
    for (const auto& ascent : ascents_) {
      if (!ascent->done) return false;
    }
    for (const auto& attempt : started_) {
      if (!attempt->outcome && !attempt->detached) return false;
    }
    return true;
  }

  /// Leaves out the workers that are up by now: another start may have been faster (contract,
  /// section 4).
  Batch still_missing(const Batch& batch) {
    const auto judgements = judge_again();
    Batch missing;
    for (const auto& order : batch) {
      const auto& judgement = judgements[order.worker];
      if (!order.start || is_absent(judgement.beneath)) {
        missing.push_back(order);
      } else {
        auto& result = report_.results.emplace_back();
        result.worker = order.worker;
        result.process = judgement.process;
        result.is_now = judgement.beneath;
        result.at = context_.run.machine.wall_clock();
      }
    }
    return missing;
  }

  /// Whether it has to wait or is held was decided before.
  static bool is_absent(WorkerState state) {
    return state == WorkerState::missing || state == WorkerState::drained ||
           state == WorkerState::failing;
  }

  Judgements judge_again() {
    auto look = observe(context_.run, context_.app, context_.state, Search::always);
    // What this pass has just launched for others of the same command line has no pid file yet.
    for (const auto& attempt : started_)
      look.facts.processes.looks.erase(attempt->pid);
    return judge(look.facts, context_.state, assign(look.facts, context_.state));
  }

  void begin(Batch batch) {
    batch = still_missing(batch);
    if (batch.empty()) return;
    auto& attempt = *started_.emplace_back(std::make_unique<StartAttempt>());
    attempt.batch = std::move(batch);
    attempt.began = Clock::now();
    for (const auto& order : attempt.batch) {
      if (!order.start) continue;
      auto& ascent = *ascents_.emplace_back(std::make_unique<Ascent>());
      ascent.attempt = &attempt;
      ascent.result.worker = order.worker;
    }
    try {
      if (auto problem = prepare(attempt, context_.run.config); !problem.empty())
        note_trouble(attempt, {Task::keep_output, {.thing = std::move(problem), .reason = {}}});
      attempt.pid = launches_.start(attempt.request, [&attempt](const LaunchOutcome& outcome) {
        attempt.outcome = outcome;
        attempt.ended = Clock::now();
      });
    } catch (const std::exception& error) {
      attempt.outcome = NotStarted{error.what()};
      attempt.ended = Clock::now();
    }
  }

  void note_trouble(const StartAttempt& attempt, const Trouble& trouble) {
    for (auto& ascent : ascents_) {
      if (ascent->attempt == &attempt) ascent->result.trouble = trouble;
    }
  }

  void watch(Ascent& ascent) {
    if (ascent.done) return;
    if (ascent.seen_at) return watch_seen(ascent);
    const auto& worker = worker_of(ascent.result.worker);
    if (auto process = see(ascent)) {
      ascent.result.process = std::move(process);
      ascent.result.took = since(ascent.attempt->began);
      ascent.seen_at = Clock::now();
    } else if (is_up_by_status(ascent)) {
      ascent.result.by_status = true;
      ascent.result.took = since(ascent.attempt->began);
      end(ascent);
    } else if (auto why = why_hopeless(
                   worker, *ascent.attempt,
                   !worker.foreground && is_coming_up(context_, ascent.result.worker))) {
      fail(ascent, std::move(*why));
    }
  }

  /// Of a worker that only its status command can judge. Asked once the start command has
  /// succeeded, and again a little later: it may need its time.
  bool is_up_by_status(Ascent& ascent) {
    const auto& worker = worker_of(ascent.result.worker);
    const auto& outcome = ascent.attempt->outcome;
    const auto* exited = outcome ? std::get_if<Exited>(&*outcome) : nullptr;
    if (worker.status.empty() || exited == nullptr || exited->code != 0) return false;
    if (!ascent.asking && since(ascent.asked_at) >= kBetweenQuestions) {
      ascent.asking = true;
      ascent.asked_at = Clock::now();
      launches_.start(status_request(context_.run.config, worker),
                      [&ascent](const LaunchOutcome& how) {
                        ascent.answer = status_answer(how);
                        ascent.asking = false;
                      });
    }
    return ascent.answer == StatusAnswer::running;
  }

  /// It was seen; it has to be there a moment later as well.
  void watch_seen(Ascent& ascent) {
    if (since(*ascent.seen_at) < kStaysUp) return;
    const auto id = ascent.result.process->id;
    const auto look = context_.run.machine.look(id.pid, id);
    const auto* process = std::get_if<Process>(&look);
    if (process != nullptr && process->id == id) {
      end(ascent);
      news_.push_back(ascent.result);
      return;
    }
    ascent.result.process.reset();
    fail(ascent, CameAndWent{id.pid, since(*ascent.seen_at)});
  }

  std::optional<Process> see(Ascent& ascent) const {
    const auto& attempt = *ascent.attempt;
    const auto& worker = worker_of(ascent.result.worker);
    if (!worker.foreground) return see_daemon(context_, ascent.result.worker);
    // Our own child is the worker as long as it has not ended; systemd-run is none, and ends when
    // the worker has been exec'd.
    if (attempt.unit.has_value() != attempt.outcome.has_value()) return std::nullopt;
    auto process = attempt.unit ? see_program(context_, ascent.result.worker)
                                : see_child(context_, attempt.pid);
    if (process) keep_pid_file(ascent, process->id.pid);
    return process;
  }

  /// Of a foreground program it is ours to write.
  void keep_pid_file(Ascent& ascent, pid_t pid) const {
    try {
      context_.run.machine.write_pid_file(worker_of(ascent.result.worker).pid_file, pid);
    } catch (const std::system_error& error) {
      // It runs, and its record proves it.
      ascent.result.trouble = Trouble{Task::step, failure_of(error)};
    }
  }

  void end(Ascent& ascent) const {
    ascent.done = true;
    ascent.result.at = context_.run.machine.wall_clock();
  }

  void fail(Ascent& ascent, StartCause why) const {
    ascent.result.failure = failure_of_start(std::move(why), ascent.attempt->request.output,
                                             ascent.attempt->log_offset);
    end(ascent);
  }

  /// What still runs of a start command whose workers are all up, or a foreground program, lives on
  /// without us.
  void let_go_if_done(StartAttempt& attempt) {
    if (attempt.outcome || attempt.detached) return;
    bool has_workers = false;
    for (const auto& ascent : ascents_) {
      if (ascent->attempt != &attempt) continue;
      has_workers = true;
      if (!ascent->done || ascent->result.process == std::nullopt) return;
    }
    if (!has_workers) return;
    attempt.detached = true;
    launches_.detach(attempt.pid);
  }

  void read_recoveries(const StartAttempt& attempt) {
    collect_recoveries(context_.run, attempt.batch, attempt.request.output, attempt.log_offset,
                       report_);
  }

  const StartContext& context_;
  const int at_a_time_ = context_.run.config.parallel_starts > 0
                             ? context_.run.config.parallel_starts
                             : context_.run.machine.processors();
  std::deque<Batch> batches_;
  std::vector<std::unique_ptr<StartAttempt>> started_;  // their addresses are kept by callbacks
  std::vector<std::unique_ptr<Ascent>> ascents_;
  std::vector<StartResult> news_;  ///< since the last tick
  StartReport report_;
  Launches launches_;
};

}  // namespace

StartReport start_workers(const StartContext& context, const std::vector<StartOrder>& orders) {
  return Starter(context, orders).run();
}

}  // namespace bootcheck
