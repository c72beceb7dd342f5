#include "cli/commands.h"
#include "cli/passes.h"

namespace bootcheck {

int run_command(const Options& options, const Config& config, Machine& machine) {
  const auto selected = select_workers(config, options.workers);
  if (const auto* errors = std::get_if<UsageErrors>(&selected)) return print_usage_errors(*errors);
  const auto& selection = std::get<Selection>(selected);
  const Context context(config, machine);
  if (options.dry_run) return print_plan(context, selection, options);

  const auto outcome = run_pass(
      context, {.selection = selection, .lock_wait = options.lock_wait.value_or(Duration{0})});
  if (const auto* holder = std::get_if<LockHolder>(&outcome))
    return report_busy(context, *holder, options);
  const auto& done = std::get<PassDone>(outcome);
  const int status = has_errors(done.events) ? kWorkerProblem : kWell;
  print_pass(context, options, done, status);
  return status;
}

}  // namespace bootcheck
