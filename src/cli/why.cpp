#include "cli/commands.h"
#include "cli/passes.h"
#include "cli/print.h"

namespace bootcheck {

int why_command(const Options& options, const Config& config, Machine& machine) {
  const auto selected = select_workers(config, options);
  if (const auto* errors = std::get_if<UsageErrors>(&selected)) return print_usage_errors(*errors);
  const auto& chosen = std::get<std::vector<bool>>(selected);
  const Context context(config, machine);
  const auto snapshot = take_snapshot(context, {.search = Search::always});
  for (std::size_t at = 0; at < chosen.size(); ++at) {
    if (chosen[at]) print(explain_worker(snapshot, at));
  }
  return kWell;
}

}  // namespace bootcheck
