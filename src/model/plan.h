// From facts to what a pass will do. Pure: a plan is a value, and only act/ carries it out.
#pragma once

#include "model/judge.h"
#include "model/stop_reason.h"

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
  std::string host;    ///< as the host was called while it lived; empty: as it is called now
  bool asked = false;  ///< it ended as asked
  /// Since then a living process that bears the worker's title has its pid, and so its name in
  /// `locked_by`: what is locked later is that one's. 0: there is none.
  WallTime pid_taken = 0;
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
  StopReason reason = StopReason::restart;
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
/// Run the stop command of a worker whose status command alone says that it runs.
struct RunStopCommand {
  StopReason reason = StopReason::restart;
  bool operator==(const RunStopCommand&) const = default;
};
/// In the order in which they are carried out: a surge sets its process aside, starts the
/// successor, and asks the old process once that runs.
using Step = std::variant<RemovePidFile, RestorePidFile, RecoverJobs, StartWorker, AskToStop,
                          SetPidFileAside, ForgetSetAside, KillWorker, RunStopCommand>;

/// Why a worker that is to be replaced is not yet, or one that is to be started.
enum class Waits {
  no,
  for_its_turn,  ///< others have to make room first, or their successors to stay up
  for_a_boot,    ///< the application did not boot, and is not tried again yet
  until_ready    ///< its `ready` command does not say that it is; also of one that is to be started
};

struct Decision {
  std::size_t worker = 0;  ///< index into the configuration's workers
  Judgement judgement;
  bool selected = true;     ///< false: the pass is about others
  std::vector<Step> steps;  ///< in the order in which they are to be done; empty: nothing
  /// Those that replace a running worker, which come last; 0: none.
  std::size_t rolling_steps = 0;
  Waits waits = Waits::no;
};

/// An orphan that is to finish its job and exit.
struct OrphanToDrain {
  ProcessId id;
  std::string name;
  bool operator==(const OrphanToDrain&) const = default;
};

/// What an orphan is called: by the configuration that once named it, or by its title.
std::string orphan_name(const State& state, const Process& orphan);

struct Plan {
  std::vector<Decision> decisions;  ///< in the order of the configuration
  std::vector<OrphanToDrain> orphans_to_drain;
  std::vector<SetAsideFile> set_aside_to_forget;  ///< of orphans that have ended
};

/// Which workers a pass is about, by worker index; the others are left alone. Empty: all.
using Selection = std::vector<bool>;

/// Whether a pass is about this worker.
bool is_selected(const Selection& selection, std::size_t worker);

/// Decides for every worker (nothing where `facts.doubt`), then lets only as many roll as their
/// restart policies allow at a time.
Plan make_plan(const Facts& facts, const State& state, const Assignment& assignment,
               const Judgements& judgements, const Selection& selection);

/// Whether a plan does anything at all.
bool is_idle(const Plan& plan);

/// Whether a plan starts a worker, or boots the application to look after jobs.
bool starts_anything(const Plan& plan);
/// Leaves those workers as they are, and those that wait until they are ready.
void leave_out_starts(Plan& plan);

/// Whether somebody is to be replaced, but the application did not boot.
bool waits_for_a_boot(const Plan& plan);
/// Whether somebody is to be started or replaced, but its `ready` command does not say that it is.
bool waits_until_ready(const Plan& plan);

/// One step in words, for --dry-run, `why` and the log: `remove the pid file (it says 123)`.
std::string describe(const Step& step);

}  // namespace bootcheck
