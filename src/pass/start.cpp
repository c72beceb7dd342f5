#include "pass/start.h"

#include "config/duration.h"
#include "pass/observe.h"
#include "pass/recovery.h"
#include "pass/sight.h"
#include "pass/start_error.h"
#include "pass/status_command.h"
#include "pass/transient_unit.h"
#include "system/launch.h"
#include "system/pid_file.h"

#include <chrono>
#include <deque>
#include <limits>
#include <memory>

#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>

namespace bootcheck {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Duration kTick{10};
constexpr Duration kBetweenQuestions{200};
/// A worker that dies at once (no database, a port in use) must not count as started.
constexpr Duration kStaysUp{500};
/// delayed_job's daemon bears its title before its launcher exits (daemons, daemonize.rb:
/// call_as_daemon), so a worker that is not there shortly after will not come.
constexpr Duration kGraceOfDaemons{2000};

Duration since(Clock::time_point begin) {
  return std::chrono::duration_cast<Duration>(Clock::now() - begin);
}

/// One start command and the workers it has to bring up.
struct Launch {
  Batch batch;
  LaunchRequest request;
  std::optional<TransientUnit> unit;
  std::uint64_t log_offset = 0;
  pid_t pid = 0;
  Clock::time_point began;
  std::optional<LaunchOutcome> outcome;
  Clock::time_point ended;
  bool detached = false;
};

/// One worker on its way up.
struct Ascent {
  Launch* launch = nullptr;
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
    for (const auto& launch : started_)
      read_recoveries(*launch);
    return std::move(report_);
  }

 private:
  const Worker& worker_of(std::size_t index) const { return context_.config.workers[index]; }

  void add(const std::vector<StartOrder>& orders) {
    for (auto& batch : make_batches(context_.config, orders))
      batches_.push_back(std::move(batch));
  }

  bool tick() {
    add(context_.more());
    for (auto& ascent : ascents_)
      watch(*ascent);
    for (auto& launch : started_)
      let_go_if_done(*launch);
    while (!batches_.empty() && booting() < context_.config.parallel_starts) {
      auto batch = std::move(batches_.front());
      batches_.pop_front();
      begin(std::move(batch));
    }
    return !batches_.empty() || !all_done();
  }

  /// Commands that use a processor now; a worker that has been seen leaves its place to the next.
  int booting() const {
    int count = 0;
    for (const auto& launch : started_) {
      if (is_booting(*launch)) ++count;
    }
    return count;
  }

  bool is_booting(const Launch& launch) const {
    bool recovers_only = true;
    for (const auto& ascent : ascents_) {
      if (ascent->launch != &launch) continue;
      recovers_only = false;
      if (!ascent->done && !ascent->seen_at) return true;
    }
    return recovers_only && !launch.outcome;
  }

  bool all_done() const {
    for (const auto& ascent : ascents_) {
      if (!ascent->done) return false;
    }
    for (const auto& launch : started_) {
      if (!launch->outcome && !launch->detached) return false;
    }
    return true;
  }

  /// Leaves out the workers that are up by now: another start may have been faster (contract,
  /// section 4).
  Batch still_missing(const Batch& batch) {
    std::vector<std::size_t> indices;
    for (const auto& order : batch)
      indices.push_back(order.worker);
    const auto seen =
        observe_again(context_.config, context_.app, context_.proc, context_.state, indices);
    Batch missing;
    for (std::size_t at = 0; at < batch.size(); ++at) {
      const Memory memory{
          .record = find_record(context_.state, worker_of(indices[at]).name),
          .hold = nullptr,
          .now = std::numeric_limits<BootTime>::max()};  // whether it must wait was decided
      const auto judgement = classify(worker_of(indices[at]), context_.app, seen[at], memory);
      if (!batch[at].start || judgement.state == WorkerState::missing) {
        missing.push_back(batch[at]);
      } else {
        report_.results.push_back({.worker = indices[at],
                                   .process = judgement.process,
                                   .by_status = false,
                                   .skipped = true,
                                   .took = {},
                                   .why = fmt::format("it is {} now", name_of(judgement.state)),
                                   .trouble = {}});
      }
    }
    return missing;
  }

  void begin(Batch batch) {
    batch = still_missing(batch);
    if (batch.empty()) return;
    auto& launch = *started_.emplace_back(std::make_unique<Launch>());
    launch.batch = std::move(batch);
    launch.began = Clock::now();
    for (const auto& order : launch.batch) {
      if (!order.start) continue;
      auto& ascent = *ascents_.emplace_back(std::make_unique<Ascent>());
      ascent.launch = &launch;
      ascent.result.worker = order.worker;
    }
    try {
      launch.request = make_request(context_.config, launch.batch);
      if (auto problem = make_output(launch.request.output); !problem.empty())
        start_without_output(launch, problem);
      if (uses_systemd(context_.config)) hand_to_systemd(launch);
      boost::system::error_code none;
      const auto size = boost::filesystem::file_size(launch.request.output, none);
      launch.log_offset = none ? 0 : size;
      launch.pid = launches_.start(launch.request, [&launch](const LaunchOutcome& outcome) {
        launch.outcome = outcome;
        launch.ended = Clock::now();
      });
    } catch (const std::exception& error) {
      launch.outcome = NotStarted{error.what()};
      launch.ended = Clock::now();
    }
  }

  /// A full disk, a log of another user: no reason to keep a worker down.
  void start_without_output(Launch& launch, const std::string& problem) {
    launch.request.output = "/dev/null";
    for (auto& ascent : ascents_) {
      if (ascent->launch == &launch)
        ascent->result.trouble = "what it prints cannot be kept: " + problem;
    }
  }

  void hand_to_systemd(Launch& launch) const {
    std::string names;
    for (const auto& order : launch.batch)
      names += " " + worker_of(order.worker).name;
    launch.unit.emplace(launch.request, worker_of(launch.batch.front().worker),
                        fmt::format("{}:{}", context_.config.app, names));
  }

  void watch(Ascent& ascent) {
    if (ascent.done) return;
    if (ascent.seen_at) return watch_seen(ascent);
    const auto& worker = worker_of(ascent.result.worker);
    if (auto process = see(ascent)) {
      ascent.result.process = std::move(process);
      ascent.result.took = since(ascent.launch->began);
      ascent.seen_at = Clock::now();
    } else if (is_up_by_status(ascent)) {
      ascent.result.by_status = true;
      ascent.result.took = since(ascent.launch->began);
      ascent.done = true;
    } else if (auto why = why_hopeless(worker, *ascent.launch); !why.empty()) {
      fail(ascent, why);
    }
  }

  /// Of a worker that only its status command can judge. Asked once the start command has
  /// succeeded, and again a little later: it may need its time.
  bool is_up_by_status(Ascent& ascent) {
    const auto& worker = worker_of(ascent.result.worker);
    const auto& outcome = ascent.launch->outcome;
    const auto* exited = outcome ? std::get_if<Exited>(&*outcome) : nullptr;
    if (worker.status.empty() || exited == nullptr || exited->code != 0) return false;
    if (!ascent.asking && since(ascent.asked_at) >= kBetweenQuestions) {
      ascent.asking = true;
      ascent.asked_at = Clock::now();
      launches_.start(status_request(context_.config, worker), [&ascent](const LaunchOutcome& how) {
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
    const auto look = context_.proc.look(id.pid, id);
    const auto* process = std::get_if<Process>(&look);
    if (process != nullptr && process->id == id) {
      ascent.done = true;
      return;
    }
    ascent.result.process.reset();
    fail(ascent, fmt::format("it came up (pid {}) and was gone within {}", id.pid,
                             format_duration(since(*ascent.seen_at))));
  }

  std::optional<Process> see(Ascent& ascent) const {
    const auto& launch = *ascent.launch;
    const auto& worker = worker_of(ascent.result.worker);
    if (!worker.foreground) return see_daemon(context_, worker);
    // Our own child is the worker as long as it has not ended; systemd-run is none, and ends when
    // the worker has been exec'd.
    if (launch.unit.has_value() != launch.outcome.has_value()) return std::nullopt;
    auto process =
        launch.unit ? see_program(context_, ascent.result.worker) : see_child(context_, launch.pid);
    if (process) keep_pid_file(ascent, process->id.pid);
    return process;
  }

  /// Of a foreground program it is ours to write.
  void keep_pid_file(Ascent& ascent, pid_t pid) const {
    try {
      write_pid_file(worker_of(ascent.result.worker).pid_file, pid);
    } catch (const std::system_error& error) {
      ascent.result.trouble = error.what();  // it runs, and its record proves it
    }
  }

  static std::string why_hopeless(const Worker& worker, const Launch& launch) {
    if (launch.outcome) {
      const auto* exited = std::get_if<Exited>(&*launch.outcome);
      const bool may_still_come =
          exited != nullptr && exited->code == 0 && (!worker.foreground || launch.unit);
      const bool in_time =
          since(launch.ended) <
          (worker.preload || worker.foreground ? kGraceOfDaemons : worker.start_timeout);
      if (may_still_come && in_time && since(launch.began) < worker.start_timeout) return {};
      return why_not_up(*launch.outcome, worker.start_timeout);
    }
    return since(launch.began) < worker.start_timeout
               ? std::string()
               : why_not_up(TimedOut{}, worker.start_timeout);
  }

  static void fail(Ascent& ascent, const std::string& why) {
    ascent.result.why =
        with_last_words(why, ascent.launch->request.output, ascent.launch->log_offset);
    ascent.done = true;
  }

  /// What still runs of a start command whose workers are all up, or a foreground program, lives on
  /// without us.
  void let_go_if_done(Launch& launch) {
    if (launch.outcome || launch.detached) return;
    bool has_workers = false;
    for (const auto& ascent : ascents_) {
      if (ascent->launch != &launch) continue;
      has_workers = true;
      if (!ascent->done || ascent->result.process == std::nullopt) return;
    }
    if (!has_workers) return;
    launch.detached = true;
    launches_.detach(launch.pid);
  }

  void read_recoveries(const Launch& launch) {
    collect_recoveries(context_.config, launch.batch, launch.request.output, launch.log_offset,
                       report_);
  }

  const StartContext& context_;
  std::deque<Batch> batches_;
  std::vector<std::unique_ptr<Launch>> started_;  // their addresses are kept by callbacks
  std::vector<std::unique_ptr<Ascent>> ascents_;
  StartReport report_;
  Launches launches_;
};

}  // namespace

StartReport start_workers(const StartContext& context, const std::vector<StartOrder>& orders) {
  return Starter(context, orders).run();
}

}  // namespace bootcheck
