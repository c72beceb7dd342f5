#include "model/readiness.h"

#include "util/cases.h"

#include <algorithm>
#include <tuple>

namespace bootcheck {
namespace {

/// A limit that it has outgrown is a reason to replace a worker as well, but a hold is none.
bool is_to_replace(StopReason reason) {
  switch (reason) {
    case StopReason::restart:
    case StopReason::release:
    case StopReason::restart_file:
    case StopReason::memory:
    case StopReason::age:
      return true;
    case StopReason::stop:
    case StopReason::duplicate:
    case StopReason::orphan:
      return false;
  }
  return false;
}

/// Whether it starts the worker, boots its application or ends the process that serves. One that
/// was surged away has its successor already.
bool needs_readiness(const Step& step, const Judgement& judgement) {
  return std::visit(
      Cases{[](const StartWorker&) { return true; }, [](const RecoverJobs&) { return true; },
            [](const SetPidFileAside&) { return true; },
            [&](const AskToStop& ask) {
              return is_to_replace(ask.reason) && judgement.process &&
                     judgement.process->id == ask.process;
            },
            [](const RunStopCommand& stop) { return is_to_replace(stop.reason); },
            [](const auto&) { return false; }},
      step);
}

bool needs_readiness(const Decision& decision) {
  return std::ranges::any_of(
      decision.steps, [&](const Step& step) { return needs_readiness(step, decision.judgement); });
}

/// Whose jobs are handed back is known by the file, until that is written down.
bool goes_with_start(const Step& step) {
  return std::holds_alternative<RemovePidFile>(step) ||
         std::holds_alternative<ForgetSetAside>(step);
}

}  // namespace

bool is_ready(const Observation& seen) {
  if (!seen.ready) return true;
  const auto* exited = std::get_if<Exited>(&*seen.ready);
  return exited != nullptr && exited->code == 0;
}

bool ask_the_same(const Worker& one, const Worker& other) {
  const auto question = [](const Worker& worker) {
    return std::tie(worker.ready, worker.working_directory, worker.env);
  };
  return question(one) == question(other);
}

std::vector<std::size_t> whom_to_ask(const Plan& plan, const Facts& facts, const Selection& among) {
  const bool rolls = std::ranges::any_of(
      plan.decisions, [](const Decision& decision) { return decision.rolling_steps > 0; });
  std::vector<std::size_t> whom;
  for (const auto& decision : plan.decisions) {
    const auto worker = decision.worker;
    if ((*facts.workers)[worker].ready.empty() || facts.seen[worker].ready ||
        !is_selected(among, worker))
      continue;
    if (needs_readiness(decision) || (rolls && decision.waits == Waits::for_its_turn))
      whom.push_back(worker);
  }
  return whom;
}

void leave_until_ready(Decision& decision) {
  if (!needs_readiness(decision)) return;
  decision.waits = Waits::until_ready;
  std::erase_if(decision.steps, [&](const Step& step) {
    return needs_readiness(step, decision.judgement) || goes_with_start(step);
  });
}

void remember_readiness(State& state, const Facts& facts, const Plan& plan,
                        const Selection& among) {
  if (!facts.doubt.empty()) return;
  for (const auto& decision : plan.decisions) {
    const auto& worker = (*facts.workers)[decision.worker];
    if (!decision.selected || !is_selected(among, decision.worker)) continue;
    if (decision.waits == Waits::until_ready) {
      auto& since = state.workers[worker.name].not_ready_since;
      if (!since) since = facts.now;
    } else if (const auto known = state.workers.find(worker.name); known != state.workers.end()) {
      known->second.not_ready_since.reset();
    }
  }
}

std::optional<NotReady> not_ready(const Decision& decision, const Facts& facts,
                                  const State& state) {
  const auto& seen = facts.seen[decision.worker];
  if (decision.waits != Waits::until_ready || !seen.ready) return std::nullopt;
  const auto& worker = (*facts.workers)[decision.worker];
  const auto* record = find_record(state, worker.name);
  const auto since = record == nullptr ? facts.now : record->not_ready_since.value_or(facts.now);
  return NotReady{.command = worker.ready,
                  .outcome = *seen.ready,
                  .waited = Duration{std::max<BootTime>(0, facts.now - since)}};
}

bool waits_until_ready(const State& state, const std::string& worker) {
  const auto* record = find_record(state, worker);
  return record != nullptr && record->not_ready_since.has_value();
}

}  // namespace bootcheck
