#include "cli/commands.h"
#include "cli/passes.h"
#include "cli/roll_out.h"

#include <algorithm>

namespace bootcheck {
namespace {

constexpr Duration kLockWait = std::chrono::seconds{60};

Duration settle_of(const Config& config) {
  Duration settle{0};
  for (const auto& worker : config.workers)
    settle = std::max(settle, worker.restart.settle);
  return settle;
}

}  // namespace

int restart_command(const Options& options, const Config& config, Machine& machine) {
  const auto chosen = select_workers(config, options.workers);
  if (const auto* errors = std::get_if<UsageErrors>(&chosen)) return print_usage_errors(*errors);
  PassOptions pass;
  pass.lock_wait = options.lock_wait.value_or(kLockWait);
  pass.request.selected = std::get<std::vector<bool>>(chosen);
  pass.request.roll = true;
  if (options.surge) pass.request.mode = RestartMode::surge;
  return show_roll_out(options, Context(config, machine), pass,
                       options.wait.value_or(settle_of(config)));
}

}  // namespace bootcheck
