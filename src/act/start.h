// Starts workers and sees them running: a start command's word is not enough, delayed_job's exits 0
// when it refuses.
#pragma once

#include "act/batch.h"
#include "model/event.h"
#include "model/plan.h"
#include "observe/context.h"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bootcheck {

/// How one start ended.
struct StartResult {
  std::size_t worker = 0;
  std::optional<Process> process;  ///< seen running
  bool by_status = false;  ///< its status command says that it runs; neither: it was not started
  /// Looked at again right before its start, it was not missing any more: it was left alone.
  std::optional<WorkerState> is_now;
  Duration at{0};                  ///< since the epoch: when its end was seen
  Duration took{0};                ///< from the start command's beginning until seen running
  StartFailure failure;            ///< why it was not started and where to look
  std::optional<Trouble> trouble;  ///< it runs, but its pid file or its output could not be written
};

struct StartReport {
  std::vector<StartResult> results;  ///< one per order that wanted a start
  std::vector<Event> recoveries;     ///< jobs handed back, or not
  std::vector<std::pair<std::size_t, pid_t>>
      recovered;  ///< workers and dead pids that left no job behind any more
};

/// What starting needs to know.
struct StartContext {
  const Context& run;
  const App& app;
  const State& state;
  std::function<std::vector<StartOrder>()>
      more;  ///< asked every 10 ms for orders that came up late
  /// Told of those that stay up, at once.
  std::function<void(const std::vector<StartResult>&)> up;
};

/// Carries out the orders: one command a batch, up to `parallel_starts` at a time; returns when
/// each worker was seen running for half a second or has failed. One failure stops no other start.
StartReport start_workers(const StartContext& context, const std::vector<StartOrder>& orders);

}  // namespace bootcheck
