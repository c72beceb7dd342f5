#include "cli/commands.h"
#include "cli/live_line.h"
#include "cli/passes.h"
#include "cli/remembered_options.h"
#include "pass/stay.h"

namespace bootcheck {
namespace {

/// One, or with --stay as many as there are exits.
PassOutcome make_passes(const Options& options, const Context& context, const Selection& selection,
                        const std::function<void(const PassDone&)>& passed, LiveLine& line) {
  if (options.stay) return stay(context, {.selection = selection, .lasts = *options.stay}, passed);
  auto outcome =
      run_pass(context, {.selection = selection,
                         .lock_wait = options.lock_wait.value_or(Duration{0}),
                         .under_way = [&](const StartsUnderWay& starts) { line.show(starts); }});
  if (const auto* done = std::get_if<PassDone>(&outcome)) passed(*done);
  return outcome;
}

}  // namespace

int run_command(const Options& options, const Config& config, Machine& machine) {
  const auto selected = select_workers(config, options);
  if (const auto* errors = std::get_if<UsageErrors>(&selected)) return print_usage_errors(*errors);
  const auto& selection = std::get<Selection>(selected);
  const Context context(config, machine);
  if (options.dry_run) return print_plan(context, selection, options);
  remember_options(machine, options, config);

  int status = kWell;
  LiveLine line(options, config);
  const auto passed = [&](const PassDone& done) {
    line.clear();
    status = has_errors(done.events) ? kWorkerProblem : kWell;
    print_pass(context, options, done, status);
  };
  const auto outcome = make_passes(options, context, selection, passed, line);
  if (const auto* holder = std::get_if<LockHolder>(&outcome))
    return report_busy(context, *holder, options);
  return status;
}

}  // namespace bootcheck
