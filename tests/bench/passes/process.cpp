#include "passes/process.h"

#include "support/demo_app.h"
#include "support/files.h"
#include "support/places.h"
#include "support/run.h"
#include "support/wait_until.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include <boost/filesystem/operations.hpp>

#include <fcntl.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck::bench {
namespace {

[[noreturn]] void fail(int error, const std::string& what) {
  throw std::system_error(error, std::generic_category(), what);
}

class Actions {
 public:
  explicit Actions(const Path& directory) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, 1, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions_, 2, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addchdir_np(&actions_, directory.c_str());
  }
  ~Actions() { ::posix_spawn_file_actions_destroy(&actions_); }
  Actions(const Actions&) = delete;
  Actions& operator=(const Actions&) = delete;

  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

std::vector<char*> pointers(const Argv& argv) {
  std::vector<char*> words;
  for (const auto& word : argv)
    words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  return words;
}

double milliseconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1000 + static_cast<double>(time.tv_usec) / 1000;
}

}  // namespace

pid_t start(const Command& command) {
  const Actions actions(command.directory);
  const auto words = pointers(command.argv);
  pid_t pid = 0;
  const int error =
      ::posix_spawnp(&pid, words.front(), actions.get(), nullptr, words.data(), environ);
  if (error != 0) fail(error, command.argv.front());
  return pid;
}

Cost measure(const Command& command) {
  const Actions actions(command.directory);
  const auto words = pointers(command.argv);
  Cost cost;
  pid_t pid = 0;
  const auto began = std::chrono::steady_clock::now();
  const int error =
      ::posix_spawnp(&pid, words.front(), actions.get(), nullptr, words.data(), environ);
  if (error != 0) fail(error, command.argv.front());
  rusage usage{};
  if (::wait4(pid, &cost.status, 0, &usage) != pid) fail(errno, "wait4");
  const auto took = std::chrono::steady_clock::now() - began;
  cost.page_faults = usage.ru_minflt;
  cost.wall_ms = std::chrono::duration<double, std::milli>(took).count();
  return cost;
}

double wall_ms_of(const Command& command) {
  const auto cost = measure(command);
  const bool exited = WIFEXITED(cost.status);
  if (exited && WEXITSTATUS(cost.status) <= command.highest_status) return cost.wall_ms;
  std::string words;
  for (const auto& word : command.argv)
    words += word + " ";
  throw std::runtime_error(
      words + (exited ? "exited with " : "was ended by signal ") +
      std::to_string(exited ? WEXITSTATUS(cost.status) : WTERMSIG(cost.status)));
}

void read_anew(const std::string& program) {
  const auto path = program.find('/') == program.npos ? find_program(program) : program;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail(errno, path);
  ::fdatasync(file);  // what is not yet on the disk stays in memory, posix_fadvise(2)
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

void adopt_orphans() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) fail(errno, "prctl");
}

double cpu_ms_of_ended_children() {
  reap();
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

double cpu_ms_of(pid_t pid) {
  // sched-stats.rst: the first number of schedstat is the time spent on a processor, in ns
  return std::strtod(test::read_file("/proc/" + std::to_string(pid) + "/schedstat").c_str(),
                     nullptr) /
         1e6;
}

void reap() {
  while (::waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

void end(const std::vector<pid_t>& pids, int signal) {
  for (const pid_t pid : pids)
    ::kill(pid, signal);
  const auto is_gone = [](pid_t pid) { return !test::is_alive(pid); };
  const bool gone = test::wait_until([&] { return std::ranges::all_of(pids, is_gone); });
  reap();
  if (!gone) throw std::runtime_error("a worker does not end");
}

double kilobytes(pid_t pid, const std::string& file, const std::string& field) {
  const auto path = "/proc/" + std::to_string(pid) + "/" + file;
  for (const auto& line : test::lines_of(test::read_file(path))) {
    if (line.starts_with(field)) return std::strtod(line.c_str() + field.size(), nullptr);
  }
  throw std::runtime_error(path + " has no " + field);
}

Argv bootcheck(Argv words) {
  words.insert(words.begin(), test::bootcheck_binary());
  return words;
}

std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(std::string(path == nullptr ? "" : path) + ":/usr/sbin:/sbin");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const auto full = folder + "/" + name;
    if (::access(full.c_str(), X_OK) == 0) return full;
  }
  return {};
}

}  // namespace bootcheck::bench
