// What bootcheck remembers between passes. Every part may be lost without losing a worker; what an
// operator or a pass intends stands here before it is carried out, so that any later pass can
// finish it. Data only; read and written by system/state_file and system/holds_file.
#pragma once

#include "model/observation.h"
#include "model/start_failure.h"
#include "model/stop_reason.h"
#include "model/worker.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bootcheck {

/// Seconds since the epoch: for people (who, when, until), never for judging identity.
using WallTime = std::int64_t;
/// Milliseconds since boot (CLOCK_BOOTTIME): for back-off and ages; no clock step reaches it.
using BootTime = std::int64_t;

/// A process is to be asked to stop. It is signalled once.
struct StopRequest {
  ProcessId process;
  WallTime at = 0;         ///< for people
  BootTime asked_at = 0;   ///< for `kill_after`
  BootTime suspended = 0;  ///< Facts::suspended when it was intended
  StopReason reason = StopReason::restart;
  bool asked = false;  ///< the signal has been sent; else a pass still has to send it
  bool aside =
      false;  ///< surged: its pid file is moved aside, and it is asked once its successor runs
  bool told_slow = false;
  pid_t session = 0;  ///< 0: not read
  bool operator==(const StopRequest&) const = default;
};

/// A dead process whose jobs may still be locked.
struct DeadProcess {
  pid_t pid = 0;
  std::string host;          ///< as the host was called while it lived; empty: as it is called now
  bool asked = false;        ///< it ended as asked, which leaves no job: worth a look, but no boot
  WallTime born = 0;         ///< 0: not known
  WallTime gone = 0;         ///< when its end was seen: what is locked later is another's
  int failures = 0;          ///< hand-backs in a row that failed
  std::string trouble = {};  ///< why the last one did
  bool operator==(const DeadProcess&) const = default;
};

/// It does not stay up. Counted from its first early death; ended by staying up.
struct Failures {
  int count = 0;          ///< early deaths and failed starts in a row
  BootTime next_try = 0;  ///< no start before this
  StartFailure last_error;
  std::string release;  ///< in which release, and
  std::string command;  ///< with which start command it failed: another one gets a fresh chance
  /// ns since the epoch, as it was then: whoever touches the restart file wants a fresh start.
  std::optional<std::int64_t> restart_file_mtime;
  bool operator==(const Failures&) const = default;
};

/// A process that was proved to be a worker in this boot.
struct KnownProcess {
  ProcessId id;
  std::uint64_t begun = 0;  ///< clock ticks since boot: when its start began; 0: not known
  BootTime suspended = 0;   ///< Facts::suspended when it was started or first seen
  pid_t session = 0;        ///< 0: not read
  std::string release;      ///< what `root` resolved to when it was started; empty: not known
  std::string host;         ///< as delayed_job wrote it into `locked_by`
  bool operator==(const KnownProcess&) const = default;
};

/// A start that has begun. A daemon that names no title is proved by it: a pid file that says
/// another pid than before, of a process born since.
struct BegunStart {
  std::uint64_t since = 0;  ///< clock ticks since boot, as ProcessId::start_time
  pid_t pid_before = 0;     ///< what the pid file said; 0: nothing
  bool operator==(const BegunStart&) const = default;
};

/// A restart was asked for, of the process that served then.
struct RollAsked {
  BootTime at = 0;
  std::optional<RestartMode> mode;  ///< none: what the configuration says
  bool operator==(const RollAsked&) const = default;
};

/// What is remembered of one worker.
struct WorkerRecord {
  std::optional<KnownProcess> process;
  std::optional<KnownProcess> last;  ///< the one before, which has ended in this boot
  /// Another one took their place in the pid file while they lived.
  std::vector<KnownProcess> beside;
  std::optional<pid_t> former_pid;  ///< its pid in an earlier boot: certainly not alive any more
  std::optional<BegunStart> start;
  BootTime started_at = 0;                  ///< when bootcheck started it; 0: it did not
  std::optional<BootTime> drained_at;       ///< its last process ended as asked, then
  std::optional<BootTime> not_ready_since;  ///< it has been waiting for its `ready` command
  /// ns since the epoch when started or first seen; 0: there was no file; none: not known yet.
  std::optional<std::int64_t> restart_file_mtime;
  std::optional<RollAsked> roll;        ///< until it is known which process is meant
  std::optional<ProcessId> to_replace;  ///< `restart` asked that this process be rolled
  bool replace_by_surge = false;        ///< ...with its successor started beside it
  std::vector<StopRequest> stops;     ///< its processes that drain: its own, and those surged away
  std::vector<pid_t> dead_sessions;   ///< of its processes that have ended, the latest last
  std::vector<ProcessId> left_overs;  ///< what they have left behind, for as long as it lives
  /// It is to stop, or was asked to, by its stop command: no process of it is known.
  std::optional<StopRequest> by_command;
  bool replace_by_command = false;  ///< `restart` asked for that
  std::vector<DeadProcess> unrecovered;
  BootTime next_recovery = 0;  ///< not before this, unless something is started anyway
  Failures failures;
  bool operator==(const WorkerRecord&) const = default;
};

/// An operator wants a worker down until further notice.
struct Hold {
  std::string by;
  std::string reason;
  WallTime since = 0;
  std::optional<WallTime> until;
  bool operator==(const Hold&) const = default;
};
/// By worker name; they outlive reboots and the state.
using Holds = std::map<std::string, Hold>;

/// A problem that was printed, so that cron mails it once an hour and not 1440 times a day.
struct Told {
  WallTime at = 0;
  bool operator==(const Told&) const = default;
};

/// What was counted of one worker, for the metrics.
struct Counters {
  std::uint64_t starts = 0;
  std::uint64_t start_failures = 0;
  std::uint64_t crashes = 0;
  std::uint64_t drains = 0;  ///< processes that were asked to stop and have exited
  std::uint64_t jobs_recovered = 0;
  bool operator==(const Counters&) const = default;
};

/// A worker that the configuration no longer names, or never did.
struct OrphanRecord {
  std::string name;
  ProcessId process;
  std::optional<StopRequest> stop;
  bool operator==(const OrphanRecord&) const = default;
};

/// Where pids mean what they say: in one boot, and one pid namespace, of one host.
struct Stamp {
  std::string boot_id;              ///< random(4)
  std::string host;                 ///< gethostname(2); empty: not known
  std::uint64_t pid_namespace = 0;  ///< pid_namespaces(7); 0: not known
  bool operator==(const Stamp&) const = default;
};

/// Whether this was written in another host or container that may still be at work, and not here
/// before a reboot or under another name.
bool is_foreign(const Stamp& written_by, const Stamp& here);

/// How many processes the kernel had ended for want of memory (/proc/vmstat, `oom_kill`), and when
/// that was read.
struct OomCount {
  std::uint64_t kills = 0;
  WallTime at = 0;
  bool operator==(const OomCount&) const = default;
};

struct State {
  Stamp stamp;
  std::map<std::string, WorkerRecord> workers;  ///< by worker name
  Holds holds;                                  ///< in a file of their own
  std::map<std::string, Told> told;             ///< by problem
  std::map<std::string, Counters> counters;     ///< by worker name
  std::vector<OrphanRecord> orphans;
  Failures failed_boots;  ///< for successors, so nobody was asked to stop; count 0: it did boot
  std::optional<OomCount> oom;  ///< when a worker was last started or gone unasked
  bool operator==(const State&) const = default;
};

/// Whether a restart file was touched between two looks at it; a look that failed tells nothing.
bool is_other_restart_file(std::optional<std::int64_t> before, std::optional<std::int64_t> now);

/// What is remembered of a worker; null: nothing.
const WorkerRecord* find_record(const State& state, const std::string& worker);
/// What is remembered by names that no worker has any more.
std::vector<std::pair<std::string_view, const WorkerRecord*>> unconfigured(
    const State& state, const std::vector<Worker>& workers);
/// The processes of a worker that are remembered to live: its own, those that are to stop, and
/// those beside it.
std::vector<ProcessId> processes_of(const WorkerRecord& record);
/// The request by which this process is to stop; null: there is none.
const StopRequest* find_stop(const WorkerRecord* record, const ProcessId& process);
StopRequest* find_stop(WorkerRecord& record, const ProcessId& process);
/// The dead process of that pid on that host. An empty host matches any: of a pid that only a file
/// has told it is not known. Returns the end of the list where there is none.
std::vector<DeadProcess>::iterator find_dead(std::vector<DeadProcess>& list, pid_t pid,
                                             const std::string& host);

}  // namespace bootcheck
