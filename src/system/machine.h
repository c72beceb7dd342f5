// The one door to the outside. observe/, act/ and pass/ see processes, files, clocks and signals
// through this interface and through nothing else, so that another machine can stand behind it in a
// test: no descriptor, no path below /proc and no errno escapes from it.
//
// Paths are absolute. Whatever throws throws std::system_error and names the thing.
#pragma once

#include "model/observation.h"
#include "model/state.h"
#include "system/launches.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <variant>
#include <vector>

#include <sys/types.h>

namespace bootcheck {

// --- what the verbs take and give
// ---------------------------------------------------------------------------
enum class Links { refused, followed };

struct ReadOptions {
  Links links = Links::refused;                ///< where the path itself is a symbolic link
  std::uint64_t offset = 0;                    ///< bytes to skip
  std::size_t limit = std::size_t{16} << 20U;  ///< bytes to read at most
};

struct NoFile {};
struct UnreadableFile {
  std::string why;          ///< `it is a FIFO`, `Permission denied`
  bool is_denied = false;   ///< to this user; another may well read it
  bool is_failure = false;  ///< what is there may be good, but could not be read
};
struct FileText {
  std::string text;
  bool complete = true;  ///< false: there is more than the limit
};
using FileRead = std::variant<NoFile, UnreadableFile, FileText>;

struct FileStatus {
  std::uint64_t size = 0;
  std::int64_t modified = 0;  ///< ns since the epoch
  bool is_directory = false;
  std::uint64_t inode = 0;  ///< tells a file from another that took its name; 0: not known
};

enum class Durability {
  renamed,  ///< survives the death of any process
  synced    ///< survives a power cut, too
};

/// The name of such a file.
Path set_aside_path(const Path& pid_file, pid_t pid);

/// What a pid folder holds besides the pid files one asks for.
struct PidFolder {
  std::vector<SetAsideFile> set_aside;
  std::vector<Path> pid_files;  ///< every `*.pid`
};

/// Who holds a lock.
struct LockHolder {
  pid_t pid = 0;         ///< 0: could not be found
  Duration held_for{0};  ///< since the lock file's mtime, but not longer than `pid` lives
};

/// The lock on a file, held to the end of its life.
class FileLock {
 public:
  virtual ~FileLock() = default;

  /// Says that a pass takes place now, by the file's mtime. That it cannot be said is no reason to
  /// keep a worker from starting.
  virtual void touch() = 0;

  /// When the last pass did so; none: the file is new.
  std::optional<WallTime> last_touched;
};

using LockTaken = std::variant<std::unique_ptr<FileLock>, LockHolder>;

/// Levels of syslog(3).
enum class LogPriority { info, warning, error };

class Machine {
 public:
  virtual ~Machine() = default;

  // --- which machine this is
  // -----------------------------------------------------------------------------------
  /// Identifies this boot of the kernel (random(4), boot_id). Throws.
  virtual std::string boot_id() = 0;
  /// gethostname(2); empty where it cannot be told.
  virtual std::string host_name() = 0;
  /// Identifies the space in which our pids count (pid_namespaces(7)); 0 where it cannot be told.
  virtual std::uint64_t pid_namespace() = 0;
  /// The effective user that this process has now.
  virtual uid_t user() = 0;
  /// The processors that this process may use; at least 1.
  virtual int processors() = 0;

  // --- clocks
  // -----------------------------------------------------------------------------------
  /// CLOCK_REALTIME, since the epoch: for people.
  virtual Duration wall_clock() = 0;
  /// CLOCK_BOOTTIME, since boot, suspended time included: for ages and back-off.
  virtual Duration boot_clock() = 0;
  /// CLOCK_MONOTONIC, since some point, suspended time excluded: for deadlines of this process.
  virtual Duration monotonic_clock() = 0;
  /// The unit of ProcessId::start_time, which counts from boot.
  virtual std::int64_t ticks_per_second() = 0;
  /// Whether the host is being shut down (bootup(7)). Asks its service manager: not for each pass.
  virtual bool is_shutting_down() = 0;

  /// Lets the time pass.
  virtual void sleep(Duration duration) = 0;

  /// The clocks in the units of the state.
  WallTime wall_now() { return wall_clock().count() / 1000; }
  BootTime boot_now() { return boot_clock().count(); }

  // --- processes
  // -----------------------------------------------------------------------------------
  /// Looks at one pid. `known`: if the process has this id, its command line and working directory
  /// are left unread. Never throws for what a process may do meanwhile (exit, exec, change user).
  /// Where pid 1 cannot be seen, what seems absent is Hidden.
  virtual ProcessLook look(pid_t pid, const std::optional<ProcessId>& known) = 0;
  ProcessLook look(pid_t pid) { return look(pid, std::nullopt); }

  using IsCandidate = std::function<bool(const Argv&)>;
  using Visit = std::function<void(Process&&)>;
  /// Every living process of the effective user `uid` whose command line is a candidate, each given
  /// to `visit` (with argv and cwd). Those that are known (`but`) are not even looked at. Throws
  /// when the processes cannot be listed.
  virtual void scan(uid_t uid, const std::unordered_set<pid_t>& but,
                    const IsCandidate& is_candidate, const Visit& visit) = 0;
  void scan(uid_t uid, const IsCandidate& is_candidate, const Visit& visit) {
    scan(uid, {}, is_candidate, visit);
  }

  /// False with hidepid=, ProtectProc=invisible and the like: pid 1 cannot be seen, so an absence
  /// proves nothing.
  virtual bool shows_all_processes() = 0;

  /// Proportional set size in bytes of a process and all that it has forked; none when it cannot be
  /// read. Expensive, but where it is certain that it is no more than `enough`: then something not
  /// more than that.
  virtual std::optional<std::uint64_t> memory_of_tree(pid_t pid, std::uint64_t enough) = 0;

  /// Sends a signal to exactly this process, and lets it go on where it is stopped; false when it
  /// is gone. Refuses pids below 2. Throws (EPERM...).
  virtual bool send_signal(const ProcessId& process, int signal) = 0;

  /// Sleeps until one of the processes has ended or `timeout` is over; whether one has. True at
  /// once if one is gone already. Throws.
  virtual bool wait_for_exit(const std::vector<ProcessId>& processes, Duration timeout) = 0;

  // --- commands
  // -----------------------------------------------------------------------------------
  /// For starting commands and waiting for what becomes of them; has to end before the machine
  /// does. Throws.
  virtual std::unique_ptr<Launches> launches() = 0;

  // --- files
  // -----------------------------------------------------------------------------------
  /// What a regular file holds. Never waits for anybody: a FIFO, a device or a folder in its place
  /// is an UnreadableFile.
  virtual FileRead read_file(const Path& path, const ReadOptions& options) = 0;
  FileRead read_file(const Path& path) { return read_file(path, {}); }

  /// Writes a temporary file in the same folder (which is created) and renames it, so that a reader
  /// sees the old text or the new one: the user and its group. Nothing is left behind when that
  /// fails. Throws.
  virtual void replace_file(const Path& path, std::string_view text, Durability durability) = 0;

  /// Replaces a file that programs of other users read: everybody may, whatever the umask is. Its
  /// folder has to be there. Throws.
  virtual void publish_file(const Path& path, std::string_view text) = 0;

  /// Appends all of `text` at once to a regular file; makes the file and its folder where there are
  /// none. Throws.
  virtual void append_to_file(const Path& path, std::string_view text) = 0;

  /// Throws. It may be gone already.
  virtual void remove_file(const Path& path) = 0;

  /// Where a path leads; none: nowhere.
  virtual std::optional<FileStatus> file_status(const Path& path) = 0;

  /// When what a path leads to was modified, ns since the epoch; 0: nowhere; none: it cannot be
  /// looked at.
  virtual std::optional<std::int64_t> modification_time(const Path& path) = 0;

  /// Whether `path` itself is a symbolic link (its folder may be one).
  virtual bool is_link(const Path& path) = 0;

  /// Makes `path` the working directory and returns where that is, every link resolved. Throws.
  virtual Path enter_directory(const Path& path) = 0;

  /// Where the other symbolic links in the folder of `link` lead, but for those that lead where it
  /// does itself, or nowhere.
  virtual std::vector<Path> targets_beside(const Path& link) = 0;

  // --- pid files
  // -----------------------------------------------------------------------------------
  /// A directory, FIFO, device or dangling link is garbage; no permission is UnreadablePidFile.
  virtual PidFile read_pid_file(const Path& path) = 0;

  /// Replaces the file by "PID\n". Throws.
  virtual void write_pid_file(const Path& path, pid_t pid) = 0;

  /// Removes the pid file if it still says what was observed (`expected` pid, or garbage when 0);
  /// whether it did. An empty folder in its place goes as well. Throws.
  virtual bool remove_pid_file(const Path& path, pid_t expected) = 0;

  /// Moves the pid file aside to `<path>.draining.<pid>`, so that a successor can start under the
  /// same identifier while the old process finishes its job. Throws, also when it no longer says
  /// `pid`.
  virtual void set_aside_pid_file(const Path& path, pid_t pid) = 0;

  /// Empty when it cannot be listed.
  virtual PidFolder list_pid_folder(const Path& folder) = 0;

  // --- other passes, and the log of the system
  // -----------------------------------------------------------------------------------
  /// Takes the lock on a file (it and its folder are created), waiting up to `wait`. Throws when
  /// the file cannot be opened.
  virtual LockTaken take_lock(const Path& path, Duration wait) = 0;

  /// One line for the system's log. Waits at most a second for whoever keeps it. Throws when it
  /// cannot be reached.
  virtual void write_to_syslog(LogPriority priority, const std::string& line) = 0;

  /// What cannot be written there is lost: nowhere is left to say so.
  virtual void write_to_stderr(std::string_view text) = 0;
};

}  // namespace bootcheck
