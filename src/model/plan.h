// From facts to what a pass will do. Pure: a plan is a value, and only act/ carries it out.
#pragma once

#include "model/classify.h"

#include <string>
#include <variant>
#include <vector>

namespace bootcheck {

/// Remove the pid file if it still says `pid` (0: if it is still garbage).
struct RemovePidFile {
  pid_t pid = 0;
  bool operator==(const RemovePidFile&) const = default;
};
/// Write the pid of the living worker into its pid file.
struct RestorePidFile {
  ProcessId process;
  bool operator==(const RestorePidFile&) const = default;
};
/// Give the jobs of a dead process of this worker back to the queue.
struct RecoverJobs {
  pid_t pid = 0;
  bool operator==(const RecoverJobs&) const = default;
};
/// Start the worker.
struct StartWorker {
  bool operator==(const StartWorker&) const = default;
};
/// Ask a process to finish its job and exit.
struct AskToStop {
  ProcessId process;
  StopReason reason = StopReason::restart;
  bool operator==(const AskToStop&) const = default;
};
/// Move the pid file of a process that will drain out of its successor's way.
struct SetPidFileAside {
  ProcessId process;
  bool operator==(const SetPidFileAside&) const = default;
};
/// A process that had been set aside is gone: remove `<pid_file>.draining.<pid>`.
struct ForgetSetAside {
  pid_t pid = 0;
  bool operator==(const ForgetSetAside&) const = default;
};
/// `kill_after` is over: SIGKILL. Only ever planned for a worker whose configuration says so.
struct KillWorker {
  ProcessId process;
  bool operator==(const KillWorker&) const = default;
};
using Step = std::variant<RemovePidFile, RestorePidFile, RecoverJobs, StartWorker, AskToStop,
                          SetPidFileAside, ForgetSetAside, KillWorker>;

struct Decision {
  std::size_t worker = 0;  ///< index into the configuration's workers
  Judgement judgement;
  bool selected = true;     ///< false: the request is about others
  std::vector<Step> steps;  ///< in the order in which they are to be done; empty: nothing
};

/// In the order of the configuration.
using Plan = std::vector<Decision>;

/// What an operator asked this pass to do besides keeping the workers up.
struct Request {
  bool roll = false;  ///< `restart`: roll the selected workers
  bool stop = false;  ///< `stop`: drain the selected workers (their holds are in the state)
  std::optional<RestartMode> mode;  ///< `restart --surge`
  std::vector<bool> selected;       ///< by worker index, the others are left alone; empty: all
};

/// Whether the request is about this worker.
bool is_selected(const Request& request, std::size_t worker);

/// Everything a pass knows when it decides.
struct Facts {
  App app;
  const std::vector<Worker>* workers = nullptr;
  std::vector<Observation> seen;  ///< one per worker, same order
  BootTime now = 0;               ///< ms since boot
  WallTime wall = 0;
  std::int64_t ticks_per_second = 100;  ///< of ProcessId::start_time
  bool recover_jobs = true;
  Duration backoff_first{60'000};  ///< `backoff:`; 0 turns it off
  Duration backoff_max{1'800'000};
  Orphans orphan_policy = Orphans::warn;
  std::vector<Process> orphans;  ///< workers of the application that nobody configured
};

/// Why a running worker should be replaced; none: it should not.
std::optional<StopReason> reason_to_roll(const Worker& worker, const Facts& facts,
                                         const Observation& seen, const Process& process,
                                         const WorkerRecord* record);

/// Decides for every worker, then lets only as many roll as their restart policies allow at a time.
Plan make_plan(const Facts& facts, const State& state, const Request& request);

/// Whether a plan does anything at all.
bool is_idle(const Plan& plan);

/// One step in words, for --dry-run, `why` and the log: `remove the pid file (it says 123)`.
std::string describe(const Step& step);

}  // namespace bootcheck
