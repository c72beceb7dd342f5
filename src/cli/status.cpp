#include "cli/commands.h"
#include "cli/passes.h"
#include "cli/print.h"
#include "report/json.h"
#include "report/table.h"

#include <algorithm>

namespace bootcheck {
namespace {

/// LSB: a worker that should run does not. Draining, starting, held and drained are
/// well-being.
bool is_down(const WorkerStatus& worker) {
  switch (worker.state) {
    case WorkerState::missing:
    case WorkerState::crashed:
    case WorkerState::stale:
    case WorkerState::failing:
      return true;
    case WorkerState::running:
    case WorkerState::draining:
    case WorkerState::lost:
    case WorkerState::duplicate:
    case WorkerState::unknown:
    case WorkerState::starting:
    case WorkerState::held:
    case WorkerState::drained:
      return false;
  }
  return false;
}

bool is_problem(const WorkerStatus& worker) {
  return is_down(worker) || worker.state == WorkerState::unknown ||
         worker.state == WorkerState::duplicate;
}

int exit_status_of(const AppStatus& status) {
  if (std::ranges::any_of(status.workers, is_down)) return kNotRunning;
  const auto is_unknown = [](const WorkerStatus& worker) {
    return worker.state == WorkerState::unknown;
  };
  return std::ranges::any_of(status.workers, is_unknown) ? kWorkerProblem : kWell;
}

/// Of each that is in trouble.
void print_why(const Snapshot& snapshot, const AppStatus& status) {
  const auto& workers = *snapshot.facts.workers;
  for (const auto& worker : status.workers) {
    if (!is_problem(worker)) continue;
    const auto at = std::ranges::find(workers, worker.name, &Worker::name) - workers.begin();
    print("\n" + explain_worker(snapshot, static_cast<std::size_t>(at)));
  }
}

}  // namespace

int status_command(const Options& options, const Config& config, Machine& machine) {
  const auto selected = select_workers(config, options);
  if (const auto* errors = std::get_if<UsageErrors>(&selected)) return print_usage_errors(*errors);
  const auto& chosen = std::get<std::vector<bool>>(selected);
  const Context context(config, machine);
  const auto snapshot = take_snapshot(context);
  for (const auto& problem : snapshot.state_problems)
    print_problem(problem.thing);
  auto status = status_of(context, snapshot);
  if (!chosen.empty()) {
    std::vector<WorkerStatus> kept;
    for (std::size_t at = 0; at < chosen.size(); ++at) {
      if (chosen[at]) kept.push_back(std::move(status.workers[at]));
    }
    status.workers = std::move(kept);
  }
  const int exit_status = exit_status_of(status);
  if (options.quiet && !options.json) {
    std::erase_if(status.workers, [](const WorkerStatus& worker) { return !is_problem(worker); });
    status.orphans.clear();
    if (status.workers.empty()) return exit_status;
  }
  print(options.json ? status_json(status) : format_status(status, stdout_style()));
  if (options.verbose && !options.json) print_why(snapshot, status);
  return exit_status;
}

}  // namespace bootcheck
