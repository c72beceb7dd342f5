#include "act/late_exits.h"

#include <utility>

namespace bootcheck {

LateExits::LateExits(const Context& context, Assessment& assessment)
    : context_(context), assessment_(assessment) {
  for (std::size_t at = 0; at < context.config.workers.size(); ++at) {
    const auto* record = find_record(assessment.state, context.config.workers[at].name);
    if (record == nullptr || !record->process) continue;
    const auto* stop = find_stop(record, record->process->id);
    if (stop != nullptr && !stop->aside) watched_.push_back({at, record->process->id});
  }
}

std::vector<LateExit> LateExits::take() {
  std::vector<LateExit> exits;
  for (auto watched = watched_.begin(); watched != watched_.end();) {
    if (context_.machine.wait_for_exit({watched->process}, Duration{0})) {
      exits.push_back(decide(*watched));
      watched = watched_.erase(watched);
    } else {
      ++watched;
    }
  }
  return exits;
}

LateExit LateExits::decide(const Watched& watched) {
  auto now = assess(context_, assessment_.facts.app, assessment_.state, {});
  assessment_.state = std::move(now.state);
  assessment_.facts.seen[watched.worker] = now.facts.seen[watched.worker];
  return {.events = std::move(now.noticed), .decision = now.plan.decisions[watched.worker]};
}

}  // namespace bootcheck
