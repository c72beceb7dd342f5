// The machine as Linux shows it: each verb by the functions of this folder.
#pragma once

#include "system/machine.h"
#include "system/proc_fs.h"

#include <set>
#include <string>

namespace bootcheck {

/// All but the starting of commands: that is of launch/ (host.h).
class LinuxMachine : public Machine {
 public:
  std::string boot_id() override;
  std::string host_name() override;
  std::uint64_t pid_namespace() override;
  uid_t user() override;
  int processors() override;

  Duration wall_clock() override;
  Duration boot_clock() override;
  Duration monotonic_clock() override;
  std::int64_t ticks_per_second() override;
  bool is_shutting_down() override;
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
  void write_to_syslog(LogPriority priority, const std::string& line) override;
  void write_to_stderr(std::string_view text) override;

 protected:
  /// Opened when it is first looked into: who prints the configuration needs no /proc.
  const ProcFs& proc();

 private:
  /// Once a folder and run: what killed passes have left where this one writes.
  void tidy_folder_of(const Path& path);

  std::optional<ProcFs> proc_;
  std::set<std::string> tidied_;
};

}  // namespace bootcheck
