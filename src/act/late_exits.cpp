#include "act/late_exits.h"

#include <utility>

namespace bootcheck {

std::vector<RunningWorker> running_workers(const Config& config, const State& state) {
  std::vector<RunningWorker> running;
  for (std::size_t at = 0; at < config.workers.size(); ++at) {
    const auto* record = find_record(state, config.workers[at].name);
    if (record == nullptr || !record->process) continue;
    // One that was moved aside is nobody to wait for: its successor is started beside it.
    const auto* stop = find_stop(record, record->process->id);
    if (stop == nullptr || !stop->aside) running.push_back({at, record->process->id});
  }
  return running;
}

std::vector<LateExit> decide_after_exits(const Context& context, Assessment& assessment,
                                         const std::vector<std::size_t>& workers) {
  Selection those(context.config.workers.size(), false);
  for (const auto worker : workers)
    those[worker] = true;
  // Nobody else is to have the turn of one of them.
  auto selection = those;
  for (const auto& decision : assessment.plan.decisions)
    selection[decision.worker] = selection[decision.worker] || decision.selected;
  auto now = assess(context, assessment.facts.app, assessment.state,
                    {.selection = std::move(selection),
                     .may_ask = std::move(those),
                     .earlier = &assessment.facts});
  assessment.state = std::move(now.state);
  auto& facts = assessment.facts;
  facts.processes = std::move(now.facts.processes);
  facts.now = now.facts.now;
  facts.suspended = now.facts.suspended;
  facts.wall = now.facts.wall;
  for (std::size_t at = 0; at < now.facts.seen.size(); ++at)
    facts.seen[at].ready = now.facts.seen[at].ready;
  std::vector<LateExit> exits;
  for (const auto worker : workers) {
    facts.seen[worker] = now.facts.seen[worker];
    exits.push_back({.events = {}, .decision = now.plan.decisions[worker]});
  }
  if (!exits.empty()) exits.front().events = std::move(now.noticed);
  return exits;
}

}  // namespace bootcheck
