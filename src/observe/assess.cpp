#include "observe/assess.h"

#include <utility>

namespace bootcheck {

Assessment assess(const Context& context, const App& app, State state, const Selection& selection,
                  Search search, std::string doubt) {
  auto look = observe(context, app, state, search);
  look.facts.doubt = std::move(doubt);
  const auto judgements = judge(look.facts, state, look.assignment);
  auto remembered = remember(std::move(state), look.facts, judgements);
  auto plan = make_plan(look.facts, remembered.state, look.assignment, judgements, selection);
  return {.facts = std::move(look.facts),
          .assignment = std::move(look.assignment),
          .state = std::move(remembered.state),
          .noticed = std::move(remembered.events),
          .plan = std::move(plan)};
}

}  // namespace bootcheck
