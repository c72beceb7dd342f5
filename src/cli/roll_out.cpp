#include "cli/roll_out.h"

#include "cli/commands.h"
#include "cli/live_line.h"
#include "cli/passes.h"
#include "cli/print.h"
#include "cli/remembered_options.h"
#include "report/event_text.h"
#include "report/json.h"
#include "report/problems.h"
#include "report/table.h"
#include "system/request_file.h"
#include "util/duration.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr Duration kDefaultLockWait = std::chrono::seconds{60};

/// `delayed_job.1 for 32s, delayed_job.2 for 5s`
std::string who_drains(const std::vector<Draining>& draining, BootTime now) {
  std::string who;
  for (const auto& [worker, stop] : draining)
    who += fmt::format("{}{} for {}", who.empty() ? "" : ", ", worker,
                       format_duration(Duration{(now - stop.asked_at) / 1000 * 1000}));
  return who;
}

std::string unfinished_text(const RolledOut& rolled, BootTime now) {
  const auto who = !rolled.draining.empty()
                       ? "finishing their jobs: " + who_drains(rolled.draining, now)
                   : rolled.unready ? std::string("some wait until they are ready")
                                    : std::string("some wait for their turn");
  return "the time to wait is over, and not all are done (" + who +
         "); the passes of cron do the rest";
}

/// What a person sees of it: the events as they come, and on a terminal what is waited for.
class Screen final : public RollOutWatcher {
 public:
  Screen(const Options& options, const Config& config)
      : options_(options), config_(config), line_(options, config) {}

  void passed(const PassDone& done) override {
    line_.clear();
    // A problem that lasts is there in each pass.
    print_problems(problems_to_tell(done.events, done.seen.facts.wall, told_),
                   app_of(options_, config_));
    if (!options_.json && !options_.quiet) print(event_lines(done.events));
  }

  void under_way(const StartsUnderWay& starts) override { line_.show(starts); }

  void waiting(const std::vector<Draining>& draining, BootTime now) override {
    line_.show((draining.empty() ? std::string("waiting")
                                 : "finishing their jobs: " + who_drains(draining, now)) +
               "; Ctrl-C loses nothing");
  }

 private:
  const Options& options_;
  const Config& config_;
  std::map<std::string, Told> told_;
  LiveLine line_;
};

bool is_bad(const WorkerStatus& worker) {
  using enum WorkerState;
  return worker.state == missing || worker.state == crashed || worker.state == stale ||
         worker.state == failing || worker.state == unknown || worker.state == duplicate;
}

/// Somebody could not be asked to stop.
bool is_refusal(const Event& event) {
  if (event.kind == EventKind::boot_failed) return true;
  return event.severity == Severity::error &&
         (event.kind == EventKind::no_process || event.kind == EventKind::failed);
}

/// Whether the time of --wait=DURATION was too short.
bool ran_out(const Options& options, const RolledOut& rolled) {
  return options.wait && !rolled.is_done;
}

/// What counts in the end is how the workers are now, not what went wrong on the way.
int exit_status_of(const Options& options, const AppStatus& status, const RolledOut& rolled) {
  const bool good = std::ranges::none_of(status.workers, is_bad) &&
                    std::ranges::none_of(rolled.events, is_refusal) && !ran_out(options, rolled);
  return good ? kWell : kWorkerProblem;
}

int print_end(const Options& options, const Context& context, const RolledOut& rolled) {
  const auto status = status_of(context, take_snapshot(context));
  const int exit_status = exit_status_of(options, status, rolled);
  if (options.json) {
    print(run_json(status, rolled.events, name_of(options.command), exit_status));
  } else if (!options.quiet) {
    print(format_run(status, {}, stdout_style()));
  }
  if (ran_out(options, rolled) && !status.boot_trouble)
    print_problem(unfinished_text(rolled, context.machine.boot_now()));
  return exit_status;
}

std::vector<Request> requests_for(const Config& config, const Selection& selection,
                                  const Ask& what) {
  std::vector<Request> requests;
  for (std::size_t at = 0; at < config.workers.size(); ++at) {
    if (is_selected(selection, at))
      requests.push_back({.worker = config.workers[at].name, .what = what});
  }
  return requests;
}

/// Who waits keeps the application booted for longer; none: as long as any pass.
std::optional<Duration> preloader_wait_of(const Options& options, const Config& config) {
  if (!options.wait) return std::nullopt;
  Duration longest{0};
  for (const auto& worker : config.workers)
    longest = std::max(longest, worker.restart.preloader_wait);
  return std::min(longest, *options.wait);
}

RollOutOutcome watch_roll_out(const Options& options, const Context& context,
                              const Selection& selection, Duration patience) {
  Screen screen(options, context.config);
  return roll_out(context,
                  {.first = {.selection = selection,
                             .lock_wait = options.lock_wait.value_or(kDefaultLockWait),
                             .preloader_wait = preloader_wait_of(options, context.config)},
                   .patience = patience,
                   .must_wait = options.wait.has_value()},
                  screen);
}

/// Those that the configuration does not name any more cannot be asked by us, but by hand.
void print_orphans_meant(const Context& context, const std::vector<std::string>& names) {
  const auto status = status_of(context, take_snapshot(context));
  for (const auto& orphan : status.orphans) {
    if (std::ranges::find(names, orphan.title) == names.end()) continue;
    print_problem(fmt::format(
        "{0} runs, though the configuration does not name it; kill -TERM {1} ends it after its job",
        orphan.title, orphan.pid));
  }
}

}  // namespace

int ask_and_watch(const Options& options, const Context& context, const Ask& what,
                  Duration patience) {
  const auto chosen = select_workers(context.config, options);
  if (const auto* errors = std::get_if<UsageErrors>(&chosen)) {
    print_orphans_meant(context, options.workers);
    return print_usage_errors(*errors);
  }
  const auto& selection = std::get<Selection>(chosen);
  const auto requests = requests_for(context.config, selection, what);
  if (options.dry_run) return print_plan(context, selection, options, requests);
  remember_options(context.machine, options, context.config);
  post_requests(context.machine, context.config.state_file, requests);
  const auto outcome = watch_roll_out(options, context, selection, patience);
  if (const auto* holder = std::get_if<LockHolder>(&outcome))
    return report_busy(context, *holder, options);
  return print_end(options, context, std::get<RolledOut>(outcome));
}

}  // namespace bootcheck
