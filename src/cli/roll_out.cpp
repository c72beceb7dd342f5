#include "cli/roll_out.h"

#include "cli/commands.h"
#include "cli/passes.h"
#include "cli/print.h"
#include "report/event_text.h"
#include "report/json.h"
#include "report/table.h"
#include "util/duration.h"

#include <algorithm>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr Duration kLiveInterval = std::chrono::seconds{1};

struct Draining {
  std::string worker;
  StopRequest stop;
};

/// What is to be waited for after a pass.
struct Open {
  std::vector<Draining> draining;
  std::vector<ProcessId> running;  ///< a crash among them is an event as well
  bool to_roll = false;            ///< some wait for their turn (max_unavailable, max_surge)

  bool is_done() const { return draining.empty() && !to_roll; }
  std::vector<ProcessId> processes() const {
    auto all = running;
    for (const auto& each : draining)
      all.push_back(each.stop.process);
    return all;
  }
};

/// From what the pass knew at its end, not from another look: what exits meanwhile is an event.
Open still_open(const State& state) {
  Open open;
  for (const auto& [name, record] : state.workers) {
    for (const auto& stop : record.stops)
      open.draining.push_back({name, stop});
    if (!record.process || find_stop(&record, *record.process) != nullptr) continue;
    open.running.push_back(*record.process);
    open.to_roll = open.to_roll || record.to_replace == record.process;
  }
  return open;
}

class RollOut {
 public:
  RollOut(const Options& options, const Context& context) : options_(options), context_(context) {}

  int run(const PassOptions& first, Duration patience) {
    if (options_.dry_run) return print_plan(context_, first.request, options_);
    begin_ = context_.machine.monotonic_clock();
    patience_ = patience;
    auto outcome = run_pass(context_, first);
    if (const auto* holder = std::get_if<LockHolder>(&outcome))
      return report_busy(context_, *holder, options_);
    take_note(std::get<PassDone>(outcome));
    if (!options_.wait && !has_signalled()) return finish();  // those who drain were asked before
    PassOptions ordinary;
    ordinary.lock_wait = first.lock_wait;
    while (wait_for_event()) {
      const auto before = open_.processes();
      outcome = run_pass(context_, ordinary);
      if (const auto* done = std::get_if<PassDone>(&outcome)) take_note(*done);
      // A busy lock, or a pass that cannot tell (hidepid): the same event would be there at once.
      if (open_.processes() == before) context_.machine.sleep(time_left(kLiveInterval));
    }
    return finish();
  }

 private:
  bool has_signalled() const {
    return std::ranges::find(events_, EventKind::asked_to_stop, &Event::kind) != events_.end();
  }

  /// What is left of the patience, at most `most`.
  Duration time_left(Duration most) const {
    if (patience_ == kForEver) return most;
    const auto left = begin_ + patience_ - context_.machine.monotonic_clock();
    return std::clamp(left, Duration{0}, most);
  }

  /// False when nothing is left to wait for, or the patience is over.
  bool wait_for_event() {
    while (!open_.is_done() && time_left(kLiveInterval) > Duration{0}) {
      show_live();
      if (context_.machine.wait_for_exit(open_.processes(), time_left(kLiveInterval))) return true;
      // Nobody drains, so no exit will make room for those that wait for their turn.
      if (open_.draining.empty()) return true;
    }
    return false;
  }

  void take_note(const PassDone& done) {
    clear_live();
    open_ = still_open(done.after);
    print_problems(done.events, app_of(options_, context_.config));
    if (!options_.json && !options_.quiet) print(event_lines(done.events));
    events_.insert(events_.end(), done.events.begin(), done.events.end());
  }

  void show_live() {
    if (!is_terminal() || options_.json || options_.quiet) return;
    std::string who;
    for (const auto& [worker, stop] : open_.draining)
      who += fmt::format(
          "{}{} for {}", who.empty() ? "" : ", ", worker,
          format_duration(Duration{(context_.machine.boot_now() - stop.asked_at) / 1000 * 1000}));
    auto line = "finishing their jobs: " + who + "; Ctrl-C loses nothing";
    const auto width = static_cast<std::size_t>(stdout_style().width);
    if (width > 0) line = line.substr(0, width - 1);
    print("\r\033[K" + line);
    live_ = true;
  }

  void clear_live() {
    if (live_) print("\r\033[K");
    live_ = false;
  }

  int finish() {
    clear_live();
    const auto status = status_of(context_, take_snapshot(context_, {}));
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
  const Context& context_;
  Duration begin_{0};  ///< by the monotonic clock
  Duration patience_{0};
  Open open_;
  std::vector<Event> events_;
  bool live_ = false;
};

}  // namespace

int roll_out(const Options& options, const Context& context, const PassOptions& first,
             Duration patience) {
  return RollOut(options, context).run(first, patience);
}

}  // namespace bootcheck
