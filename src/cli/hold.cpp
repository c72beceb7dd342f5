// `stop` and `start`: hold workers down until further notice, and let them go again.
#include "cli/commands.h"
#include "cli/passes.h"
#include "cli/roll_out.h"
#include "system/operator.h"

namespace bootcheck {
namespace {

constexpr Duration kLockWait = std::chrono::seconds{60};

bool is_chosen(const std::vector<bool>& selected, std::size_t at) {
  return selected.empty() || selected[at];
}

}  // namespace

int stop_command(const Options& options, const Config& config, Machine& machine) {
  const auto chosen = select_workers(config, options.workers);
  if (const auto* errors = std::get_if<UsageErrors>(&chosen)) return print_usage_errors(*errors);
  PassOptions pass;
  pass.lock_wait = options.lock_wait.value_or(kLockWait);
  pass.request.selected = std::get<std::vector<bool>>(chosen);
  Hold hold{
      .by = operator_name(), .reason = options.reason, .since = machine.wall_now(), .until = {}};
  if (options.hold_for) hold.until = hold.since + options.hold_for->count() / 1000;
  pass.edit = [&](State& state) {
    for (std::size_t at = 0; at < config.workers.size(); ++at) {
      if (is_chosen(pass.request.selected, at))
        state.holds.insert_or_assign(config.workers[at].name, hold);
    }
  };
  return show_roll_out(options, Context(config, machine), pass, options.wait.value_or(Duration{0}));
}

int start_command(const Options& options, const Config& config, Machine& machine) {
  const auto chosen = select_workers(config, options.workers);
  if (const auto* errors = std::get_if<UsageErrors>(&chosen)) return print_usage_errors(*errors);
  PassOptions pass;
  pass.lock_wait = options.lock_wait.value_or(kLockWait);
  pass.request.selected = std::get<std::vector<bool>>(chosen);
  pass.edit = [&](State& state) {
    for (std::size_t at = 0; at < config.workers.size(); ++at) {
      if (!is_chosen(pass.request.selected, at)) continue;
      state.holds.erase(config.workers[at].name);
      if (const auto record = state.workers.find(config.workers[at].name);
          record != state.workers.end())
        record->second.failures = {};
    }
  };
  return show_roll_out(options, Context(config, machine), pass, Duration{0});
}

}  // namespace bootcheck
