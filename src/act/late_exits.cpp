#include "act/late_exits.h"

#include "model/memory.h"
#include "observe/observe.h"
#include "system/wait.h"

namespace bootcheck {

LateExits::LateExits(const Config& config, const ProcFs& proc, Facts& facts, State& state)
    : config_(config), proc_(proc), facts_(facts), state_(state) {
  for (std::size_t at = 0; at < config.workers.size(); ++at) {
    const auto* record = find_record(state, config.workers[at].name);
    if (record != nullptr && record->process && find_stop(record, *record->process) != nullptr)
      watched_.push_back({at, *record->process});
  }
}

bool LateExits::has_ended(const Watched& watched) const {
  return wait_for_exit(proc_, {watched.process}, Duration{0});
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
  const auto now = observe(config_, facts_.app, proc_, state_);
  facts_.seen[watched.worker] = now.seen[watched.worker];
  exit.events = remember_worker(state_, now, watched.worker);
  exit.decision = make_plan(now, state_, {})[watched.worker];
  return exit;
}

}  // namespace bootcheck
