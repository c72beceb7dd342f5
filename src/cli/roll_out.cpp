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

/// What a person sees of it: the events as they come, and on a terminal a line on those that drain.
class Screen final : public RollOutWatcher {
 public:
  Screen(const Options& options, const Config& config) : options_(options), config_(config) {}
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  ~Screen() override { clear(); }

  void passed(const PassDone& done) override {
    clear();
    print_problems(done.events, app_of(options_, config_));
    if (!options_.json && !options_.quiet) print(event_lines(done.events));
  }

  void waiting(const std::vector<Draining>& draining, BootTime now) override {
    if (!is_terminal() || options_.json || options_.quiet) return;
    std::string who;
    for (const auto& [worker, stop] : draining)
      who += fmt::format("{}{} for {}", who.empty() ? "" : ", ", worker,
                         format_duration(Duration{(now - stop.asked_at) / 1000 * 1000}));
    print_live("finishing their jobs: " + who + "; Ctrl-C loses nothing");
    live_ = true;
  }

 private:
  void clear() {
    if (live_) clear_live();
    live_ = false;
  }

  const Options& options_;
  const Config& config_;
  bool live_ = false;
};

/// What counts in the end is how the workers are now, not what went wrong on the way.
int exit_status_of(const AppStatus& status) {
  const auto is_bad = [](const WorkerStatus& worker) {
    using enum WorkerState;
    return worker.state == missing || worker.state == crashed || worker.state == stale ||
           worker.state == failing || worker.state == unknown || worker.state == duplicate;
  };
  return std::ranges::any_of(status.workers, is_bad) ? kWorkerProblem : kWell;
}

int print_end(const Options& options, const Context& context, const std::vector<Event>& events) {
  const auto status = status_of(context, take_snapshot(context, {}));
  const int exit_status = exit_status_of(status);
  if (options.json) {
    print(run_json(status, events, name_of(options.command), exit_status));
  } else if (!options.quiet) {
    print(format_run(status, {}, stdout_style()));
  }
  return exit_status;
}

RollOutOutcome watch_roll_out(const Options& options, const Context& context,
                              const PassOptions& first, Duration patience) {
  Screen screen(options, context.config);
  return roll_out(context,
                  {.first = first, .patience = patience, .must_wait = options.wait.has_value()},
                  screen);
}

}  // namespace

int show_roll_out(const Options& options, const Context& context, const PassOptions& first,
                  Duration patience) {
  if (options.dry_run) return print_plan(context, first.request, options);
  const auto outcome = watch_roll_out(options, context, first, patience);
  if (const auto* holder = std::get_if<LockHolder>(&outcome))
    return report_busy(context, *holder, options);
  return print_end(options, context, std::get<std::vector<Event>>(outcome));
}

}  // namespace bootcheck
