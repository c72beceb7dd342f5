#include "cli/commands.h"
#include "cli/passes.h"

namespace bootcheck {

int run_command(const Options& options, const Config& config) {
  const auto selected = select_workers(config, options.workers);
  if (const auto* errors = std::get_if<UsageErrors>(&selected)) return print_usage_errors(*errors);
  Request request;
  request.selected = std::get<std::vector<bool>>(selected);
  const Session session(config);
  if (options.dry_run) return print_plan(session, request, options);

  const auto outcome = run_pass(
      session,
      {.request = request, .lock_wait = options.lock_wait.value_or(Duration{0}), .edit = {}});
  if (const auto* holder = std::get_if<LockHolder>(&outcome))
    return report_busy(session, *holder, options);
  const auto& done = std::get<PassDone>(outcome);
  const int status = has_errors(done.events) ? kWorkerProblem : kWell;
  print_pass(session, options, done, status);
  return status;
}

}  // namespace bootcheck
