#include "cli/roll_out.h"

#include "cli/commands.h"
#include "cli/passes.h"
#include "cli/print.h"
#include "config/duration.h"
#include "report/json.h"
#include "report/table.h"
#include "system/clock.h"
#include "system/wait.h"

#include <algorithm>
#include <chrono>
#include <ranges>

#include <fmt/format.h>

namespace bootcheck {
namespace {

using Clock = std::chrono::steady_clock;

constexpr Duration kLiveInterval = std::chrono::seconds{1};
constexpr Duration kBusyPause = std::chrono::milliseconds{200};

/// What is to be waited for after a pass.
struct Open {
  std::vector<ProcessId> draining;
  std::vector<ProcessId> running;  ///< a crash among them is an event as well
  bool to_roll = false;            ///< some wait for their turn (max_unavailable, max_surge)
};

Open still_open(const Snapshot& snapshot) {
  Open open;
  for (const auto& decision : snapshot.plan) {
    const auto* record =
        find_record(snapshot.state, (*snapshot.facts.workers)[decision.worker].name);
    if (record == nullptr) continue;
    for (const auto& stop : record->stops)
      open.draining.push_back(stop.process);
    if (record->process && find_stop(record, *record->process) == nullptr) {
      open.running.push_back(*record->process);
      open.to_roll = open.to_roll || record->to_replace == record->process;
    }
  }
  return open;
}

class RollOut {
 public:
  RollOut(const Options& options, const Config& config) : options_(options), session_(config) {}

  int run(const PassOptions& first, Duration patience) {
    if (options_.dry_run) return print_plan(session_, first.request, options_);
    const auto begin = Clock::now();
    auto outcome = run_pass(session_, first);
    if (const auto* holder = std::get_if<LockHolder>(&outcome))
      return report_busy(session_, *holder, options_);
    take_note(std::get<PassDone>(outcome));
    PassOptions ordinary;
    ordinary.lock_wait = first.lock_wait;
    while (!is_over(begin, patience) && wait_for_event(begin, patience)) {
      outcome = run_pass(session_, ordinary);
      if (const auto* done = std::get_if<PassDone>(&outcome)) take_note(*done);
    }
    return finish();
  }

 private:
  bool is_over(Clock::time_point begin, Duration patience) const {
    return patience != kForEver && Clock::now() - begin >= patience;
  }

  /// False when nothing is left to wait for, or the patience is over.
  bool wait_for_event(Clock::time_point begin, Duration patience) {
    while (!is_over(begin, patience)) {
      const auto open = still_open(take_snapshot(session_, {}));
      if (open.draining.empty() && !open.to_roll) return false;
      show_live(open);
      auto watched = open.draining;
      watched.insert(watched.end(), open.running.begin(), open.running.end());
      auto pause = kLiveInterval;
      if (patience != kForEver)
        pause =
            std::min(pause, std::chrono::duration_cast<Duration>(begin + patience - Clock::now()) +
                                Duration{1});
      if (wait_for_exit(session_.proc(), watched, pause)) return true;
    }
    return false;
  }

  void take_note(const PassDone& done) {
    clear_live();
    for (const auto& warning : done.warnings)
      print_problem(warning);
    print_problems(done.events);
    if (!options_.json && !options_.quiet) print(format_events(done.events));
    events_.insert(events_.end(), done.events.begin(), done.events.end());
  }

  static std::string format_events(const std::vector<Event>& events) {
    std::string text;
    for (const auto& event : events) {
      if (event.worker.empty() || !event.problem.empty()) continue;
      text += fmt::format("{}  {}", event.worker, name_of(event.kind));
      for (const auto& [key, value] : event.fields)
        text += fmt::format(" {}={}", key, value);
      text += '\n';
    }
    return text;
  }

  void show_live(const Open& open) {
    if (!is_terminal() || options_.json || options_.quiet) return;
    const auto pids = fmt::format(
        "{}",
        fmt::join(open.draining | std::views::transform([](const auto& each) { return each.pid; }),
                  ", "));
    print(fmt::format("\r\033[Kwaiting for {} to finish {} (pid {}); Ctrl-C loses nothing",
                      open.draining.size(), open.draining.size() == 1 ? "job" : "jobs", pids));
    live_ = true;
  }

  void clear_live() {
    if (live_) print("\r\033[K");
    live_ = false;
  }

  int finish() {
    clear_live();
    const auto status = status_of(session_, take_snapshot(session_, {}));
    const int exit_status = exit_status_of(status);
    if (options_.json) {
      print(run_json(status, events_, name_of(options_.command), exit_status));
    } else if (!options_.quiet) {
      print(format_run(status, {}, stdout_style()));
    }
    return exit_status;
  }

  /// What counts in the end is how the workers are now, not what went wrong on the way.
  static int exit_status_of(const AppStatus& status) {
    const auto is_bad = [](const WorkerStatus& worker) {
      using enum WorkerState;
      return worker.state == missing || worker.state == crashed || worker.state == stale ||
             worker.state == failing || worker.state == unknown || worker.state == duplicate;
    };
    return std::ranges::any_of(status.workers, is_bad) ? kWorkerProblem : kWell;
  }

  const Options& options_;
  const Session session_;
  std::vector<Event> events_;
  bool live_ = false;
};

}  // namespace

int roll_out(const Options& options, const Config& config, const PassOptions& first,
             Duration patience) {
  return RollOut(options, config).run(first, patience);
}

}  // namespace bootcheck
