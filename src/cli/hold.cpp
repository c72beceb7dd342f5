// `stop` and `start`: hold workers down until further notice, and let them go again.
#include "cli/commands.h"
#include "cli/passes.h"
#include "cli/roll_out.h"
#include "system/operator.h"

namespace bootcheck {

int stop_command(const Options& options, const Config& config, Machine& machine) {
  Hold hold{
      .by = operator_name(), .reason = options.reason, .since = machine.wall_now(), .until = {}};
  if (options.hold_for) hold.until = hold.since + options.hold_for->count() / 1000;
  return ask_and_watch(options, Context(config, machine), AskForHold{std::move(hold)},
                       options.wait.value_or(Duration{0}));
}

int start_command(const Options& options, const Config& config, Machine& machine) {
  return ask_and_watch(options, Context(config, machine), AskForRelease{}, Duration{0});
}

}  // namespace bootcheck
