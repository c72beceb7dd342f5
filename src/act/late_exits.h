// Workers that end while a pass brings others up, which may take minutes.
#pragma once

#include "act/start.h"
#include "observe/assess.h"

#include <vector>

namespace bootcheck {

/// What follows from the end of one worker's process.
struct LateExit {
  std::vector<Event> events;
  Decision decision;
};

/// The workers that run now, or finish their jobs: those whose processes are remembered.
std::vector<RunningWorker> running_workers(const Config& config, const State& state);

/// Looks again, since the processes of these workers have ended. The assessment is brought up to
/// date: clocks and processes, and what was seen of these workers.
std::vector<LateExit> decide_after_exits(const Context& context, Assessment& assessment,
                                         const std::vector<std::size_t>& workers);

}  // namespace bootcheck
