#include "act/late_exits.h"

#include "model/memory.h"
#include "observe/observe.h"

namespace bootcheck {

LateExits::LateExits(const Context& context, Facts& facts, State& state)
    : context_(context), facts_(facts), state_(state) {
  const auto& config = context.config;
  for (std::size_t at = 0; at < config.workers.size(); ++at) {
    const auto* record = find_record(state, config.workers[at].name);
    if (record != nullptr && record->process && find_stop(record, *record->process) != nullptr)
      watched_.push_back({at, *record->process});
  }
}

bool LateExits::has_ended(const Watched& watched) const {
  return context_.machine.wait_for_exit({watched.process}, Duration{0});
}

std::vector<LateExit> LateExits::take() {
  std::vector<LateExit> exits;
  for (auto watched = watched_.begin(); watched != watched_.end();) {
    if (has_ended(*watched)) {
      exits.push_back(decide(*watched));
      watched = watched_.erase(watched);
    } else {
      ++watched;
    }
  }
  return exits;
}

LateExit LateExits::decide(const Watched& watched) {
  LateExit exit;
  const auto now = observe(context_, facts_.app, state_);
  facts_.seen[watched.worker] = now.seen[watched.worker];
  exit.events = remember_worker(state_, now, watched.worker);
  exit.decision = make_plan(now, state_, {})[watched.worker];
  return exit;
}

}  // namespace bootcheck
