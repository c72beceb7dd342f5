// What a pass sees: facts, not judgements. Data only; filled by observe/, read by the other files
// of this room.
#pragma once

#include "model/command_outcome.h"
#include "util/types.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
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
/// threads. What was not read is none, never a guess; the user is always read.
struct Process {
  ProcessId id;
  uid_t uid = 0;      ///< effective
  pid_t parent = 0;   ///< field 4 of /proc/PID/stat
  pid_t session = 0;  ///< field 6 of /proc/PID/stat
  char state = 'S';   ///< field 3 of /proc/PID/stat: `T` is stopped
  /// /proc/PID/cwd; none: not read. The kernel's " (deleted)" is cut off.
  std::optional<Path> cwd;
  bool cwd_refused = false;  ///< the kernel does not let us read it (mode 0711, not dumpable)
  /// /proc/PID/cmdline without trailing empty words; none: not read, the start time told enough.
  std::optional<Argv> argv;
  std::uint64_t resident = 0;  ///< bytes, field 24 of /proc/PID/stat
  /// Where its stack begins, field 28: whoever was forked, and has not called execve(2), has that
  /// of its parent; 0: not shown.
  std::uint64_t stack = 0;
};

// --- what stands at the pid file's path ----------------------------------------------------------
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

// --- what /proc says of one pid ------------------------------------------------------------------
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

/// What one look at /proc has shown, each pid once.
struct ProcessTable {
  std::unordered_map<pid_t, ProcessLook> looks;
  bool searched = false;  ///< every process of the app's user that may concern us is in it
  bool hidden = false;    ///< pid 1 cannot be seen: an absence proves nothing

  /// The living process of that pid; null: none, or it was not looked at.
  const Process* living(pid_t pid) const;
  /// Exactly this process, alive.
  const Process* living(const ProcessId& id) const;
  /// Whether this process has certainly ended.
  bool has_ended(const ProcessId& id) const;
};

/// What the worker's own `status` command answered (LSB exit codes).
enum class StatusAnswer { running, not_running, unknown };

/// What may be why a worker is gone.
struct OomKills {
  std::uint64_t count = 0;  ///< processes that the kernel has ended for want of memory...
  std::int64_t since = 0;   ///< ...since then, s since the epoch
  bool operator==(const OomKills&) const = default;
};

/// A file `<pid_file>.draining.<pid>` of a worker that was surged away.
struct SetAsideFile {
  Path pid_file;
  pid_t pid = 0;
  bool operator==(const SetAsideFile&) const = default;
};

/// What was seen of one worker besides its processes.
struct Observation {
  PidFile pid_file;
  /// ns since the epoch, looked at where it names another process than the remembered one; 0: it
  /// has gone since; none: not looked at, or it could not be.
  std::optional<std::int64_t> pid_file_mtime;
  std::vector<pid_t> set_aside;        ///< of files `<pid_file>.draining.<pid>`
  std::optional<StatusAnswer> status;  ///< none: the worker has no status command
  /// How its `ready` command ended; none: it has none, or nothing is to be done for it.
  std::optional<LaunchOutcome> ready;
  /// ns since the epoch; 0: no such file; none: not looked at, or it could not be.
  std::optional<std::int64_t> restart_file_mtime;
  std::string last_output;  ///< of one that is gone unasked: the end of its log
  std::optional<std::uint64_t>
      memory;  ///< bytes (PSS), only read when the resident size exceeds the worker's limit
};

}  // namespace bootcheck
