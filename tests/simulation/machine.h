// The world as one process of bootcheck sees it: what src/ calls the machine. It may be killed at
// any call.
#pragma once

#include "simulation/programs.h"

#include <limits>
#include <memory>

namespace bootcheck::sim {

/// Thrown out of a call: kill -9, or the machine went down. All that was in memory is lost.
struct Killed {};

/// Thrown where what must never happen has happened, or where a pass does not end.
struct Violation {
  std::string what;
};

/// When a process of bootcheck is killed.
struct Fuse {
  std::uint64_t calls = std::numeric_limits<std::uint64_t>::max();  ///< at that one
  Duration at = Duration::max();                                    ///< or in the first then
};

class SimMachine final : public Machine {
 public:
  SimMachine(World& world, Programs& programs, Fuse fuse);

  bool had_faults() const { return had_faults_; }
  std::uint64_t calls() const { return calls_; }

  std::string boot_id() override { return "boot-" + std::to_string(world_.boot); }
  std::string host_name() override { return world_.host; }
  std::uint64_t pid_namespace() override { return 1; }
  uid_t user() override { return kUser; }
  int processors() override { return 2; }

  Duration wall_clock() override { return call(world_.wall_clock()); }
  Duration boot_clock() override { return call(world_.boot_clock()); }
  Duration monotonic_clock() override { return call(world_.now()); }
  std::int64_t ticks_per_second() override { return kTicks; }
  bool is_shutting_down() override { return call(false); }
  void sleep(Duration duration) override;

  using Machine::look;
  ProcessLook look(pid_t pid, const std::optional<ProcessId>& known) override;
  using Machine::scan;
  void scan(uid_t uid, const std::unordered_set<pid_t>& but, const IsCandidate& is_candidate,
            const Visit& visit) override;
  bool shows_all_processes() override;
  std::optional<std::uint64_t> memory_of_tree(pid_t pid, std::uint64_t enough) override;
  bool send_signal(const ProcessId& process, int signal) override;
  bool wait_for_exit(const std::vector<ProcessId>& processes, Duration timeout) override;

  std::unique_ptr<Launches> launches() override;

  using Machine::read_file;
  FileRead read_file(const Path& path, const ReadOptions& options) override;
  void replace_file(const Path& path, std::string_view text, Durability durability) override;
  void publish_file(const Path& path, std::string_view text) override;
  void append_to_file(const Path& path, std::string_view text) override;
  void remove_file(const Path& path) override;
  std::optional<FileStatus> file_status(const Path& path) override;
  std::optional<std::int64_t> modification_time(const Path& path) override;
  bool is_link(const Path& path) override;
  Path enter_directory(const Path& path) override;
  std::vector<Path> targets_beside(const Path& link) override;

  PidFile read_pid_file(const Path& path) override;
  void write_pid_file(const Path& path, pid_t pid) override;
  bool remove_pid_file(const Path& path, pid_t expected) override;
  void set_aside_pid_file(const Path& path, pid_t pid) override;
  PidFolder list_pid_folder(const Path& folder) override;

  LockTaken take_lock(const Path& path, Duration wait) override;
  void write_to_syslog(LogPriority, const std::string&) override { enter(); }
  void write_to_stderr(std::string_view) override { enter(); }

 private:
  friend class SimLaunches;
  friend class SimLock;

  /// A call begins: time passes, and this process may be killed.
  void enter();
  template <class Value>
  Value call(Value value) {
    enter();
    return value;
  }
  void check_alive();
  /// Lets the next thing happen; false: it is `until`.
  bool step(Duration until);

  bool hides() const { return world_.now() < world_.faults.hides_processes; }
  /// Something goes wrong now and then.
  bool is_broken();
  bool lacks_descriptors();
  void begin_to_write(const Path& path, bool needs_room);
  bool lives(const ProcessId& id) const;

  World& world_;
  Programs& programs_;
  Fuse fuse_;
  int boot_;
  std::uint64_t calls_ = 0;
  std::optional<Duration> locked_;  ///< since when this process holds the lock
  bool had_faults_ = false;
};

}  // namespace bootcheck::sim
