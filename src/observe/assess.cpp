#include "observe/assess.h"

#include "model/readiness.h"
#include "observe/ready_command.h"

#include <algorithm>
#include <utility>

namespace bootcheck {
namespace {

void take_over_answers(std::vector<Observation>& seen, const Facts& earlier) {
  for (std::size_t at = 0; at < seen.size(); ++at)
    seen[at].ready = earlier.seen[at].ready;
}

/// `earlier`: whoever has answered there is not asked again; may be null.
Assessment look_once(const Context& context, const App& app, State state,
                     const AssessOptions& options, const Facts* earlier) {
  auto look = observe(context, app, state, options.search);
  look.facts.doubt = options.doubt;
  if (earlier != nullptr) take_over_answers(look.facts.seen, *earlier);
  forget_void_stops(state, context.config.workers, look.facts.wall);
  const auto judgements = judge(look.facts, state, look.assignment);
  auto remembered = remember(std::move(state), look.facts, judgements);
  auto plan =
      make_plan(look.facts, remembered.state, look.assignment, judgements, options.selection);
  return {.facts = std::move(look.facts),
          .assignment = std::move(look.assignment),
          .state = std::move(remembered.state),
          .noticed = std::move(remembered.events),
          .plan = std::move(plan)};
}

bool has_ready_commands(const Config& config) {
  return std::ranges::any_of(config.workers,
                             [](const Worker& worker) { return !worker.ready.empty(); });
}

}  // namespace

Assessment assess(const Context& context, const App& app, State state,
                  const AssessOptions& options) {
  const bool may_look_again = has_ready_commands(context.config);
  auto now =
      look_once(context, app, may_look_again ? state : std::move(state), options, options.earlier);
  for (auto whom = whom_to_ask(now.plan, now.facts, options.may_ask); !whom.empty();
       whom = whom_to_ask(now.plan, now.facts, options.may_ask)) {
    ask_ready_commands(context.machine, context.config, whom, now.facts.seen);
    // That may have taken seconds, in which workers end.
    now = look_once(context, app, state, options, &now.facts);
  }
  remember_readiness(now.state, now.facts, now.plan, options.may_ask);
  return now;
}

}  // namespace bootcheck
