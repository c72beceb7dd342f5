// Why bootcheck decided as it did: the chain of evidence for `why`, the plan for `--dry-run`. Pure.
#pragma once

#include "model/plan.h"
#include "report/notes.h"

#include <string>
#include <vector>

namespace bootcheck {

/// What a decision about one worker rested on.
struct Evidence {
  const Worker& worker;
  const App& app;
  const Observation& seen;
  const ProcessTable& processes;
  const Assigned& assigned;
  const WorkerRecord* record = nullptr;  ///< null: nothing is remembered
  const Hold* hold = nullptr;            ///< null: nobody holds it
  BootTime now = 0;                      ///< ms since boot
  std::int64_t ticks_per_second = 100;   ///< of ProcessId::start_time
};

/// The evidence, one fact a line (what the pid file says, what /proc says of that process, whether
/// all of /proc was searched, what is remembered), then the decision with its proof or reason, then
/// what the next pass will do.
std::string explain(const Evidence& evidence, const Decision& decision, const Style& style);

/// `--dry-run`: one line per worker with its name, its state and the steps a pass would take.
std::string format_plan(const Facts& facts, const Plan& plan, const Style& style);

/// `--dry-run`: a line for each orphan that a pass would ask to stop.
std::string format_orphans(const std::vector<OrphanToDrain>& to_drain);

}  // namespace bootcheck
