// /proc as facts. The root of /proc is a value, so that tests can hand in a tree of their own.
// Parsing is apart from reading: parse_* are pure.
#pragma once

#include "system/machine.h"
#include "util/unique_fd.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace bootcheck {

/// What of /proc/PID/stat is used here.
struct Stat {
  char state = '?';              ///< field 3: 'Z' is a zombie
  std::uint64_t start_time = 0;  ///< field 22, clock ticks since boot
  std::uint64_t threads = 0;     ///< field 20
  std::uint64_t resident = 0;    ///< field 24, in bytes
  pid_t parent = 0;              ///< field 4
  pid_t session = 0;             ///< field 6
  std::uint64_t stack = 0;       ///< field 28, an address

  bool is_dead() const { return state == 'X' || state == 'x'; }
  /// A leader that has ended while other threads of its process live is a zombie, too.
  bool is_zombie() const { return state == 'Z' && threads <= 1; }
};

/// What of /proc/PID/status is used here.
struct Status {
  pid_t leader = 0;  ///< `Tgid:`, the process that a thread belongs to
  uid_t uid = 0;     ///< `Uid:`, the second number: the effective user
};

/// Parses /proc/PID/stat from the last ')': a command name may hold spaces, brackets and newlines
/// (proc(5)).
std::optional<Stat> parse_stat(std::string_view text);

std::optional<Status> parse_status(std::string_view text);

/// `Pss:` of /proc/PID/smaps_rollup, in bytes.
std::optional<std::uint64_t> parse_proportional_size(std::string_view text);
/// `4712 4713 `
std::vector<pid_t> parse_children(std::string_view text);

/// Splits /proc/PID/cmdline at its NULs; drops the empty words at the end that a changed process
/// title leaves there.
Argv parse_cmdline(std::string_view text);

class ProcFs {
 public:
  /// Throws std::system_error when `root` cannot be opened.
  explicit ProcFs(const Path& root = "/proc");

  /// Looks at one pid. `known`: if the process has this id, its command line and working directory
  /// are left unread. Never throws for what a process may do meanwhile (exit, exec, change user).
  /// Where pid 1 cannot be seen, what seems absent is Hidden.
  ProcessLook look(pid_t pid, const std::optional<ProcessId>& known = {}) const;

  using IsCandidate = std::function<bool(const Argv&)>;

  /// Every living process of the effective user `uid` whose command line is a candidate, each given
  /// to `visit` (with argv and cwd). Kernel threads and zombies are left out, and so are those that
  /// are known (`but`). Throws std::system_error when /proc cannot be listed.
  void scan(uid_t uid, const std::unordered_set<pid_t>& but, const IsCandidate& is_candidate,
            const std::function<void(Process&&)>& visit) const;
  void scan(uid_t uid, const IsCandidate& is_candidate,
            const std::function<void(Process&&)>& visit) const {
    scan(uid, {}, is_candidate, visit);
  }

  /// False with hidepid=, ProtectProc=invisible and the like: pid 1 cannot be seen, so an absence
  /// proves nothing.
  bool shows_all() const;

  /// Proportional set size in bytes (/proc/PID/smaps_rollup, `Pss:`) of a process and all that its
  /// first thread has forked (/proc/PID/task/PID/children); none when it cannot be read. The kernel
  /// walks all page tables for it: where their resident sizes together, which are an upper bound,
  /// are not more than `enough`, those are returned.
  std::optional<std::uint64_t> memory_of_tree(pid_t pid, std::uint64_t enough) const;

 private:
  std::vector<pid_t> tree_of(pid_t pid) const;
  std::uint64_t resident_size(pid_t pid) const;
  std::optional<std::uint64_t> proportional_size(pid_t pid) const;
  std::optional<uid_t> user_of(pid_t pid) const;
  bool may_belong_to(uid_t uid, pid_t pid) const;
  bool may_be_wanted(pid_t pid, const IsCandidate& is_candidate) const;
  ProcessLook look_closely(pid_t pid) const;
  ProcessLook look_into(int folder, pid_t pid) const;
  ProcessLook failed_look(int error) const;

  UniqueFd root_;
  std::string name_;
};

/// Identifies this boot of the kernel: /proc/sys/kernel/random/boot_id. Throws std::system_error.
std::string read_boot_id(const Path& proc_root = "/proc");

}  // namespace bootcheck
