// A machine made of values: processes, files and clocks that a test sets and looks at. Nothing
// happens on it by itself, and its time passes only where the code under test waits.
#pragma once

#include "support/memory_files.h"
#include "system/machine.h"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace bootcheck {

class MemoryMachine final : public Machine, private MemoryFiles {
 public:
  static constexpr uid_t kUser = 1000;

  // --- what a test sets and looks at
  /// A process comes to be, now.
  ProcessId add_process(const Argv& argv, const Path& cwd, uid_t uid = kUser);
  /// It ends at once.
  void end_process(pid_t pid);
  bool is_alive(pid_t pid) const { return processes_.contains(pid); }
  using MemoryFiles::add_folder;
  /// Whatever was there; its modification time is now.
  void put_file(const Path& path, std::string text);
  std::optional<std::string> text_of(const Path& path) const;
  void remove(const Path& path) { erase(path); }
  void pass_time(Duration duration);

  using MemoryFiles::link;
  std::vector<std::pair<ProcessId, int>> signals;  ///< that were sent
  std::vector<std::string> syslog;
  std::string standard_error;
  int writes = 0;                  ///< files that were made, changed, moved or removed
  bool boots = true;               ///< a preloader; else it ends at once
  bool hides_processes = false;    ///< hidepid=
  Path unreadable;                 ///< reading that file is an error
  Path unwritable;                 ///< replacing that file is an error
  std::optional<LockHolder> busy;  ///< another pass has the lock
  /// Between a SIGTERM and the end of the process that gets it, which removes its pid file first.
  Duration job{0};
  std::map<pid_t, Path> pid_files;
  std::vector<LaunchRequest> launched;
  std::string boot = "boot-1";
  std::string host = "memory";
  std::uint64_t space = 1;  ///< of its pids
  bool shuts_down = false;

  // --- Machine
  std::string boot_id() override { return boot; }
  std::string host_name() override { return host; }
  std::uint64_t pid_namespace() override { return space; }
  uid_t user() override { return kUser; }
  int processors() override { return 2; }

  Duration wall_clock() override { return booted_at_ + now_; }
  Duration boot_clock() override { return now_; }
  Duration monotonic_clock() override { return now_; }
  std::int64_t ticks_per_second() override { return 1000; }
  bool is_shutting_down() override { return shuts_down; }
  void sleep(Duration duration) override { pass_time(duration); }

  using Machine::look;
  ProcessLook look(pid_t pid, const std::optional<ProcessId>& known) override;
  using Machine::scan;
  void scan(uid_t uid, const std::unordered_set<pid_t>& but, const IsCandidate& is_candidate,
            const Visit& visit) override;
  bool shows_all_processes() override { return !hides_processes; }
  std::optional<std::uint64_t> memory_of_tree(pid_t pid, std::uint64_t enough) override;
  bool send_signal(const ProcessId& process, int signal) override;
  bool wait_for_exit(const std::vector<ProcessId>& processes, Duration timeout) override;

  /// Whatever is launched lives until it is ended.
  std::unique_ptr<Launches> launches() override;

  using Machine::read_file;
  FileRead read_file(const Path& path, const ReadOptions& options) override {
    if (path == unreadable) return UnreadableFile{.why = "Input/output error", .is_failure = true};
    return read(path, options);
  }
  void replace_file(const Path& path, std::string_view text, Durability durability) override;
  void publish_file(const Path& path, std::string_view text) override;
  void append_to_file(const Path& path, std::string_view text) override;
  void remove_file(const Path& path) override;
  std::optional<FileStatus> file_status(const Path& path) override { return status(path); }
  std::optional<std::int64_t> modification_time(const Path& path) override {
    return MemoryFiles::modification_time(path);
  }
  bool is_link(const Path& path) override { return MemoryFiles::is_link(path); }
  Path enter_directory(const Path& path) override { return enter(path); }
  std::vector<Path> targets_beside(const Path& link) override {
    return MemoryFiles::targets_beside(link);
  }

  PidFile read_pid_file(const Path& path) override { return MemoryFiles::read_pid_file(path); }
  void write_pid_file(const Path& path, pid_t pid) override;
  bool remove_pid_file(const Path& path, pid_t expected) override;
  void set_aside_pid_file(const Path& path, pid_t pid) override;
  PidFolder list_pid_folder(const Path& folder) override {
    return MemoryFiles::list_pid_folder(folder);
  }

  LockTaken take_lock(const Path& path, Duration wait) override;
  void write_to_syslog(LogPriority priority, const std::string& line) override;
  void write_to_stderr(std::string_view text) override { standard_error += text; }

 private:
  friend class MemoryLaunches;

  bool is_there(const ProcessId& process) const;
  void change(const Path& path, std::string text);

  std::map<pid_t, Process> processes_;
  std::map<pid_t, Duration> ends_;       ///< when those that were asked to end do so
  Duration now_{std::chrono::hours{1}};  ///< since boot
  Duration booted_at_{std::chrono::seconds{1'795'000'000}};
  pid_t next_pid_ = 1000;
};

}  // namespace bootcheck
