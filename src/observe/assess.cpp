#include "observe/assess.h"

#include "model/readiness.h"
#include "observe/ready_command.h"

#include <utility>

namespace bootcheck {
namespace {

void take_over_answers(std::vector<Observation>& seen, const Facts& earlier) {
  for (std::size_t at = 0; at < seen.size(); ++at)
    seen[at].ready = earlier.seen[at].ready;
}

}  // namespace

Assessment assess(const Context& context, const App& app, State state,
                  const AssessOptions& options) {
  auto look = observe(context, app, state, options.search);
  look.facts.doubt = options.doubt;
  if (options.earlier != nullptr) take_over_answers(look.facts.seen, *options.earlier);
  forget_void_stops(state, context.config.workers, look.facts.wall);
  const auto judgements = judge(look.facts, state, look.assignment);
  auto remembered = remember(std::move(state), look.facts, judgements);
  const auto plan_now = [&] {
    return make_plan(look.facts, remembered.state, look.assignment, judgements, options.selection);
  };
  auto plan = plan_now();
  if (const auto whom = whom_to_ask(plan, look.facts, options.may_ask); !whom.empty()) {
    ask_ready_commands(context.machine, context.config, whom, look.facts.seen);
    plan = plan_now();
  }
  remember_readiness(remembered.state, look.facts, plan, options.may_ask);
  return {.facts = std::move(look.facts),
          .assignment = std::move(look.assignment),
          .state = std::move(remembered.state),
          .noticed = std::move(remembered.events),
          .plan = std::move(plan)};
}

}  // namespace bootcheck
