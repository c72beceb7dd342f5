// `stop` and `start`: hold workers down until further notice, and let them go again.
#include "cli/commands.h"
#include "cli/passes.h"
#include "cli/print.h"
#include "cli/roll_out.h"
#include "model/judge.h"
#include "system/operator.h"
#include "system/request_file.h"
#include "system/state_file.h"

#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bootcheck {
namespace {

/// What was asked for and not taken up yet counts.
State state_with_requests(const Context& context) {
  const auto& config = context.config;
  auto state = load_state(context.machine, config.state_file, context.here).state;
  remember_requests(state, read_requests(context.machine, config.state_file).requests,
                    config.workers);
  return state;
}

/// A hold that is replaced may be somebody else's, or was to last longer.
void print_replaced_holds(const Context& context, const Selection& selection, const Hold& hold) {
  const auto state = state_with_requests(context);
  std::vector<std::pair<Hold, std::vector<std::string>>> replaced;
  for (std::size_t at = 0; at < context.config.workers.size(); ++at) {
    const auto& name = context.config.workers[at].name;
    const auto* before = is_selected(selection, at) ? hold_of(state, name, hold.since) : nullptr;
    if (before == nullptr) continue;
    auto as_before = hold;
    as_before.since = before->since;
    if (as_before == *before) continue;  // the same once more
    if (replaced.empty() || replaced.back().first != *before) replaced.push_back({*before, {}});
    replaced.back().second.push_back(name);
  }
  const auto style = stdout_style();
  const auto end = hold.until ? "until " + style.time(*hold.until) : "that has no end";
  for (const auto& [before, names] : replaced)
    print(fmt::format("{}: {}; replaced by a hold {}\n", fmt::join(names, ", "),
                      hold_note(before, style), end));
}

}  // namespace

int stop_command(const Options& options, const Config& config, Machine& machine) {
  Hold hold{
      .by = operator_name(), .reason = options.reason, .since = machine.wall_now(), .until = {}};
  if (options.hold_for) hold.until = hold.since + options.hold_for->count() / 1000;
  const Context context(config, machine);
  const auto selected = select_workers(config, options);
  const auto* selection = std::get_if<Selection>(&selected);
  if (selection != nullptr && !options.json && !options.quiet && !options.dry_run)
    print_replaced_holds(context, *selection, hold);
  return ask_and_watch(options, context, AskForHold{std::move(hold)},
                       options.wait.value_or(Duration{0}));
}

int start_command(const Options& options, const Config& config, Machine& machine) {
  return ask_and_watch(options, Context(config, machine), AskForRelease{}, Duration{0});
}

}  // namespace bootcheck
