// What a pass sees of one worker: facts, not judgements. Data only; filled by pass/observe, read by
// model/classify.
#pragma once

#include "model/worker.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <sys/types.h>

namespace bootcheck {

/// A pid paired with its start time (clock ticks since boot, field 22 of /proc/PID/stat, proc(5)):
/// within one boot no two processes share it.
struct ProcessId {
  pid_t pid = 0;
  std::uint64_t start_time = 0;
  bool operator==(const ProcessId&) const = default;
};

/// A living process: a thread group leader that is no zombie, or a zombie leader with living
/// threads.
struct Process {
  ProcessId id;
  pid_t parent = 0;  ///< field 4 of /proc/PID/stat; 0 if not read
  uid_t uid = 0;
  std::optional<Path>
      cwd;  ///< /proc/PID/cwd; none: not readable. The kernel's " (deleted)" is cut off
  Argv
      argv;  ///< /proc/PID/cmdline without trailing empty words; empty if not read (record matched)
  std::uint64_t resident = 0;  ///< bytes, field 24 of /proc/PID/stat
};

// --- what stands at the pid file's path
// ---------------------------------------------------------------------------
struct NoPidFile {};
/// Empty, not a number, a directory, a FIFO, a dangling link...: it names no process. `what` says
/// which.
struct GarbagePidFile {
  std::string what;
};
struct UnreadablePidFile {
  std::string why;
};
/// A pid greater than 1.
struct PidInFile {
  pid_t pid = 0;
};
using PidFile = std::variant<NoPidFile, GarbagePidFile, UnreadablePidFile, PidInFile>;

// --- what /proc says of one pid
// -------------------------------------------------------------------------------------
struct NoProcess {};
/// A zombie leader without living threads.
struct Zombie {};
/// The number is the id of a thread of `leader`; no process has it.
struct ThreadOf {
  pid_t leader = 0;
};
struct Hidden {
  std::string why;
};
using ProcessLook = std::variant<NoProcess, Zombie, ThreadOf, Hidden, Process>;

/// What the whole of /proc holds of one worker.
struct Sightings {
  std::vector<Process> alive;     ///< processes that prove to be the worker (proof 3)
  std::vector<Process> starting;  ///< start commands of it under way
};

/// What the worker's own `status` command answered (LSB exit codes).
enum class StatusAnswer { running, not_running, unknown };

/// A pid file `<pid_file>.draining.<pid>` and the process of that pid.
struct SetAside {
  pid_t pid = 0;
  ProcessLook look;
};

/// Everything seen of one worker in one pass.
struct Observation {
  PidFile pid_file;
  ProcessLook named;  ///< the process whose pid stands in the pid file
  /// The recorded process, where it lives and its pid is not in the pid file.
  std::optional<Process> remembered;
  bool proc_hidden = false;            ///< pid 1 cannot be seen: an absence in /proc proves nothing
  std::optional<Sightings> sightings;  ///< none: /proc was not scanned
  std::optional<StatusAnswer> status;  ///< none: the worker has no status command
  std::vector<SetAside> set_aside;     ///< surged away: old processes that finish their jobs
  std::int64_t restart_file_mtime = 0;  ///< ns since the epoch; 0: no such file
  std::optional<std::uint64_t>
      memory;  ///< bytes (PSS), only read when the resident size exceeds the worker's limit
};

}  // namespace bootcheck
