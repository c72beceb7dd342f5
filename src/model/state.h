// What bootcheck remembers between passes (the state file). It speeds things up and explains them;
// every field may be lost without losing a worker. Data only; read and written by
// system/state_file.
#pragma once

#include "model/observation.h"
#include "model/start_failure.h"
#include "model/stop_reason.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bootcheck {

/// Seconds since the epoch: for people (who, when, until), never for judging identity.
using WallTime = std::int64_t;
/// Milliseconds since boot (CLOCK_BOOTTIME): for back-off and ages; no clock step reaches it.
using BootTime = std::int64_t;

/// A process was asked to stop. It is signalled once.
struct StopRequest {
  ProcessId process;
  WallTime at = 0;        ///< for people
  BootTime asked_at = 0;  ///< for `kill_after`
  StopReason reason = StopReason::restart;
  bool told_slow = false;
  bool operator==(const StopRequest&) const = default;
};

/// It does not stay up. Counted from its first early death; ended by staying up.
struct Failures {
  int count = 0;          ///< early deaths and failed starts in a row
  BootTime next_try = 0;  ///< no start before this
  StartFailure last_error;
  std::string release;  ///< in which release, and
  std::string command;  ///< with which start command it failed: another one gets a fresh chance
  bool operator==(const Failures&) const = default;
};

/// What is remembered of one worker.
struct WorkerRecord {
  std::optional<ProcessId> process;  ///< proved to be the worker in this boot
  std::optional<pid_t> former_pid;   ///< its pid in an earlier boot: certainly not alive any more
  BootTime started_at = 0;           ///< when bootcheck started it; 0: it did not
  std::int64_t restart_file_mtime =
      0;  ///< ns since the epoch when started or first seen; 0: there was no file
  std::optional<ProcessId> to_replace;  ///< `restart` asked that this process be rolled
  bool replace_by_surge = false;        ///< ...with its successor started beside it
  std::vector<StopRequest> stops;  ///< its processes that drain: its own, and those surged away
  std::vector<pid_t> unrecovered;  ///< dead pids whose jobs could not be handed back yet
  BootTime next_recovery = 0;      ///< not before this, unless something is started anyway
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

struct State {
  std::string boot_id;
  std::map<std::string, WorkerRecord> workers;  ///< by worker name
  std::map<std::string, Hold> holds;            ///< by worker name; outlive reboots
  std::map<std::string, Told> told;             ///< by problem
  std::map<std::string, Counters> counters;     ///< by worker name
  std::vector<StopRequest> orphans;             ///< orphans that drain
  bool operator==(const State&) const = default;
};

}  // namespace bootcheck
