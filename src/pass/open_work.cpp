#include "pass/open_work.h"

#include "model/readiness.h"
#include "model/roll.h"

#include <algorithm>

namespace bootcheck {
namespace {

/// It ran when the pass looked, was to be replaced, and was not asked to stop.
bool waits_for_its_turn(const Decision& decision, const Assessment& seen) {
  const auto& judgement = decision.judgement;
  if (decision.waits == Waits::for_its_turn && !judgement.process) return true;
  if (judgement.state != WorkerState::running || !judgement.process) return false;
  const auto& worker = (*seen.facts.workers)[decision.worker];
  const auto* record = find_record(seen.state, worker.name);
  return find_stop(record, judgement.process->id) == nullptr &&
         reason_to_roll(worker, seen.facts, seen.facts.seen[decision.worker], *judgement.process,
                        record);
}

}  // namespace

std::vector<ProcessId> OpenWork::processes() const {
  auto all = running;
  for (const auto& each : draining) {
    if (each.stop.process.pid != 0) all.push_back(each.stop.process);
  }
  return all;
}

bool OpenWork::has_to_be_asked() const {
  return std::ranges::any_of(draining,
                             [](const Draining& each) { return each.stop.process.pid == 0; });
}

std::vector<Draining> draining_of(const State& state) {
  std::vector<Draining> draining;
  for (const auto& [name, record] : state.workers) {
    for (const auto& stop : record.stops) {
      if (stop.asked) draining.push_back({name, stop});
    }
    if (record.by_command && record.by_command->asked)
      draining.push_back({name, *record.by_command});
  }
  return draining;
}

/// That somebody is to be asked to stop is written down, and no more.
bool is_any_intended(const State& state) {
  const auto is_intended = [](const StopRequest& stop) { return !stop.asked; };
  return std::ranges::any_of(state.workers, [&](const auto& named) {
    return std::ranges::any_of(named.second.stops, is_intended);
  });
}

OpenWork still_open(const Assessment& seen, const Selection& selection) {
  OpenWork open{.draining = draining_of(seen.state), .running = {}};
  for (const auto& [name, record] : seen.state.workers) {
    if (record.process && find_stop(&record, record.process->id) == nullptr)
      open.running.push_back(record.process->id);
  }
  open.to_roll = std::ranges::any_of(seen.plan.decisions, [&](const Decision& decision) {
    return waits_for_its_turn(decision, seen);
  });
  open.unready = std::ranges::any_of(seen.plan.decisions, [&](const Decision& decision) {
    return is_selected(selection, decision.worker) &&
           waits_until_ready(seen.state, (*seen.facts.workers)[decision.worker].name);
  });
  open.intended = is_any_intended(seen.state);
  return open;
}

bool has_asked(const std::vector<Event>& events) {
  return std::ranges::find(events, EventKind::asked_to_stop, &Event::kind) != events.end();
}

bool has_started(const std::vector<Event>& events) {
  return std::ranges::any_of(events, [](const Event& event) {
    return event.kind == EventKind::started || event.kind == EventKind::start_failed;
  });
}

Duration settle_of(const std::vector<Worker>& workers) {
  Duration settle{0};
  for (const auto& worker : workers)
    settle = std::max(settle, worker.restart.settle);
  return settle;
}

}  // namespace bootcheck
