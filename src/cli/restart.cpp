// `restart`: every worker on the present code.
#include "cli/commands.h"
#include "cli/roll_out.h"
#include "pass/open_work.h"

namespace bootcheck {

int restart_command(const Options& options, const Config& config, Machine& machine) {
  const Context context(config, machine);
  AskForRoll ask{.boot_id = context.here.boot_id, .roll = {.at = machine.boot_now(), .mode = {}}};
  if (options.surge) ask.roll.mode = RestartMode::surge;
  return ask_and_watch(options, context, std::move(ask),
                       options.wait.value_or(settle_of(config.workers)));
}

}  // namespace bootcheck
