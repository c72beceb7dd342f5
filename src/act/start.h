// Starts workers and sees them running: a start command's word is not enough, delayed_job's exits 0
// when it refuses. What follows from what is decided by model/start_machine; this does it.
#pragma once

#include "act/batch.h"
#include "act/preloaders.h"
#include "model/event.h"
#include "model/outcomes.h"
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
  std::string release;   ///< which code it runs: a deploy may have come since the pass began
  Duration at{0};        ///< since the epoch: when its end was seen
  Duration took{0};      ///< from the start command's beginning until seen running
  StartFailure failure;  ///< why it was not started and where to look
  std::optional<Trouble> trouble;  ///< it runs, but its output could not be kept
};

/// The application did not boot for these workers, who were to be replaced once it had.
struct BootFailure {
  std::vector<std::size_t> workers;
  StartFailure failure;
};

struct StartReport {
  std::vector<StartResult> results;  ///< one per order that wanted a start
  std::vector<Event> recoveries;     ///< jobs handed back, or left alone
  std::vector<HandBack> hand_backs;  ///< one per dead process whose jobs were looked for
  std::vector<BootFailure> boot_failures;
};

/// A worker that runs, or finishes its job, while others are started.
struct RunningWorker {
  std::size_t worker = 0;
  ProcessId process;
};

/// What is waited for.
struct StartsUnderWay {
  std::vector<std::size_t> workers;  ///< that are being started
  std::vector<std::size_t> to_boot;  ///< for whose successors the application boots
  Duration since{0};                 ///< the first of it began
};

/// What starting needs to know.
struct StartContext {
  const Context& run;
  const App& app;
  const State& state;
  Preloaders& preloaders;
  /// Workers for whose successors the application is booted first.
  std::vector<std::size_t> to_boot;
  /// Told of those of them for whom it has booted; what has to be started for them.
  std::function<std::vector<StartOrder>(const std::vector<std::size_t>&)> booted;
  std::vector<RunningWorker> running;  ///< watched meanwhile, as are those that come up
  /// Told of workers whose process has ended meanwhile; what has to be started for them.
  std::function<std::vector<StartOrder>(const std::vector<std::size_t>&)> ended;
  /// Told of those that stay up, soon.
  std::function<void(const std::vector<StartResult>&)> up;
  /// Told at least once a second, if at all.
  std::function<void(const StartsUnderWay&)> under_way = {};
};

/// Boots what is to be booted and carries out the orders: one command a batch, or one preloader for
/// many, up to `parallel_starts` at a time; returns when
/// each worker was seen running for half a second or has failed. One failure stops no other start.
/// Throws std::system_error where nothing can be waited for.
StartReport start_workers(const StartContext& context, const std::vector<StartOrder>& orders);

}  // namespace bootcheck
