#include "system/linux_machine.h"

#include "system/append_file.h"
#include "system/clock.h"
#include "system/leftovers.h"
#include "system/lock.h"
#include "system/paths.h"
#include "system/pid_file.h"
#include "system/processors.h"
#include "system/read_file.h"
#include "system/replace_file.h"
#include "system/shutdown.h"
#include "system/signal.h"
#include "system/syslog.h"
#include "system/wait.h"

#include <array>
#include <cstdio>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

namespace bootcheck {
namespace {

struct LinuxLock final : FileLock {
  explicit LinuxLock(Lock taken) : lock(std::move(taken)) { last_touched = lock.last_touched(); }
  void touch() override { lock.touch(); }

  Lock lock;
};

}  // namespace

const ProcFs& LinuxMachine::proc() {
  if (!proc_) proc_.emplace();
  return *proc_;
}

void LinuxMachine::tidy_folder_of(const Path& path) {
  const auto folder = path.parent_path();
  if (tidied_.insert(folder.native()).second) remove_leftovers(folder);
}

std::string LinuxMachine::boot_id() {
  return read_boot_id();
}

std::string LinuxMachine::host_name() {
  std::array<char, 256> name{};  // longer than HOST_NAME_MAX, so that the NUL is there
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : std::string();
}

std::uint64_t LinuxMachine::pid_namespace() {
  struct stat status {};
  return ::stat("/proc/self/ns/pid", &status) == 0 ? status.st_ino : 0;
}

uid_t LinuxMachine::user() {
  return ::geteuid();
}

int LinuxMachine::processors() {
  return processor_count();
}

Duration LinuxMachine::wall_clock() {
  return bootcheck::wall_clock();
}

Duration LinuxMachine::boot_clock() {
  return bootcheck::boot_clock();
}

Duration LinuxMachine::monotonic_clock() {
  return bootcheck::monotonic_clock();
}

std::int64_t LinuxMachine::ticks_per_second() {
  return ::sysconf(_SC_CLK_TCK);
}

bool LinuxMachine::is_shutting_down() {
  return bootcheck::is_shutting_down();
}

void LinuxMachine::sleep(Duration duration) {
  std::this_thread::sleep_for(duration);
}

ProcessLook LinuxMachine::look(pid_t pid, const std::optional<ProcessId>& known) {
  return proc().look(pid, known);
}

void LinuxMachine::scan(uid_t uid, const std::unordered_set<pid_t>& but,
                        const IsCandidate& is_candidate, const Visit& visit) {
  proc().scan(uid, but, is_candidate, visit);
}

bool LinuxMachine::shows_all_processes() {
  return proc().shows_all();
}

std::optional<std::uint64_t> LinuxMachine::memory_of_tree(pid_t pid, std::uint64_t enough) {
  return proc().memory_of_tree(pid, enough);
}

bool LinuxMachine::send_signal(const ProcessId& process, int signal) {
  return bootcheck::send_signal(proc(), process, signal);
}

bool LinuxMachine::wait_for_exit(const std::vector<ProcessId>& processes, Duration timeout) {
  return bootcheck::wait_for_exit(proc(), processes, timeout);
}

FileRead LinuxMachine::read_file(const Path& path, const ReadOptions& options) {
  return bootcheck::read_file(path, options);
}

void LinuxMachine::replace_file(const Path& path, std::string_view text, Durability durability) {
  bootcheck::replace_file(path, text, durability, 0640);
  tidy_folder_of(path);
}

void LinuxMachine::publish_file(const Path& path, std::string_view text) {
  bootcheck::publish_file(path, text);
  tidy_folder_of(path);
}

void LinuxMachine::append_to_file(const Path& path, std::string_view text) {
  bootcheck::append_to_file(path, text);
}

void LinuxMachine::remove_file(const Path& path) {
  bootcheck::remove_file(path);
}

std::optional<FileStatus> LinuxMachine::file_status(const Path& path) {
  return bootcheck::file_status(path);
}

std::optional<std::int64_t> LinuxMachine::modification_time(const Path& path) {
  return bootcheck::modification_time(path);
}

bool LinuxMachine::is_link(const Path& path) {
  return bootcheck::is_link(path);
}

Path LinuxMachine::enter_directory(const Path& path) {
  return bootcheck::enter_directory(path);
}

std::vector<Path> LinuxMachine::targets_beside(const Path& link) {
  return bootcheck::targets_beside(link);
}

PidFile LinuxMachine::read_pid_file(const Path& path) {
  return bootcheck::read_pid_file(path);
}

void LinuxMachine::write_pid_file(const Path& path, pid_t pid) {
  bootcheck::write_pid_file(path, pid);
  tidy_folder_of(path);
}

bool LinuxMachine::remove_pid_file(const Path& path, pid_t expected) {
  return bootcheck::remove_pid_file(path, expected);
}

void LinuxMachine::set_aside_pid_file(const Path& path, pid_t pid) {
  bootcheck::set_aside_pid_file(path, pid);
}

PidFolder LinuxMachine::list_pid_folder(const Path& folder) {
  return bootcheck::list_pid_folder(folder);
}

LockTaken LinuxMachine::take_lock(const Path& path, Duration wait) {
  auto taken = bootcheck::take_lock(path, wait);
  if (const auto* holder = std::get_if<LockHolder>(&taken)) return *holder;
  return std::make_unique<LinuxLock>(std::move(std::get<Lock>(taken)));
}

void LinuxMachine::write_to_syslog(LogPriority priority, const std::string& line) {
  bootcheck::write_to_syslog(priority, line);
}

void LinuxMachine::write_to_stderr(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

}  // namespace bootcheck
