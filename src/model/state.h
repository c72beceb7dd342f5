// What bootcheck remembers between passes (the state file). It speeds things up and explains them; every field may be
// lost without losing a worker. Data only; read and written by system/state_file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/observation.h"

namespace bootcheck {

/// Seconds since the epoch: for people (who, when, until), never for judging identity.
using WallTime = std::int64_t;
/// Milliseconds since boot (CLOCK_BOOTTIME): for back-off and ages; no clock step reaches it.
using BootTime = std::int64_t;

/// A worker was asked to stop; it is signalled once for one reason.
struct StopRequest {
  ProcessId process;
  WallTime at = 0;
  std::string reason;   ///< `restart`, `release`, `restart_file`, `memory`, `age`, `stop`, `orphan`
  bool operator==(const StopRequest&) const = default;
};

/// It does not stay up. Counted from its first early death; ended by staying up.
struct Failures {
  int count = 0;            ///< early deaths and failed starts in a row
  BootTime next_try = 0;    ///< no start before this
  std::string last_error;
  bool operator==(const Failures&) const = default;
};

/// What is remembered of one worker.
struct WorkerRecord {
  std::optional<ProcessId> process;             ///< proved to be the worker in this boot
  std::optional<pid_t> former_pid;              ///< its pid in an earlier boot: certainly not alive any more
  BootTime started_at = 0;                      ///< when bootcheck started it; 0: it did not
  std::int64_t restart_file_mtime = 0;          ///< ns since the epoch when started or first seen; 0: there was no file
  std::optional<ProcessId> to_replace;          ///< `restart` asked that this process be rolled
  std::optional<StopRequest> stop;
  std::vector<ProcessId> set_aside;             ///< surged: old processes finishing their jobs
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

struct State {
  std::string boot_id;
  std::map<std::string, WorkerRecord> workers;  ///< by worker name
  std::map<std::string, Hold> holds;            ///< by worker name; outlive reboots
  std::map<std::string, Told> told;             ///< by problem text
  bool operator==(const State&) const = default;
};

}  // namespace bootcheck
