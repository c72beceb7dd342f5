#include "system/command_output.h"

#include "system/read_file.h"
#include "util/errors.h"
#include "util/unique_fd.h"

#include <algorithm>
#include <array>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostOutput = 1U << 20U;

class FileActions {
 public:
  explicit FileActions(int output) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions_, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

/// A command that is killed and reaped when nobody has waited for it.
class Spawned {
 public:
  Spawned(const Argv& argv, int output) {
    std::vector<char*> words;
    for (const auto& word : argv)
      words.push_back(const_cast<char*>(word.c_str()));  // posix_spawn(3) does not change them
    words.push_back(nullptr);
    std::string path = "PATH=/usr/bin:/bin";
    char* environment[] = {path.data(), nullptr};
    const FileActions actions(output);
    const int error =
        ::posix_spawn(&pid_, words[0], actions.get(), nullptr, words.data(), &environment[0]);
    if (error != 0) throw_error(error, "cannot run " + argv.front());
  }
  Spawned(const Spawned&) = delete;
  Spawned& operator=(const Spawned&) = delete;
  ~Spawned() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }

  pid_t pid() const { return pid_; }

  int wait() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }

 private:
  pid_t pid_ = 0;
};

/// Whether there was something to read, or an end, before the deadline.
bool is_readable_until(int fd, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<Duration>(deadline - Clock::now()).count();
    pollfd readable{.fd = fd, .events = POLLIN, .revents = 0};
    const int count = ::poll(&readable, 1, static_cast<int>(std::max<Duration::rep>(left, 0)));
    if (count > 0) return true;
    if (count == 0) return false;
    if (errno != EINTR) throw_errno("poll");
  }
}

}  // namespace

CommandOutput command_output(const Argv& argv, Duration limit) {
  const auto deadline = Clock::now() + limit;
  const auto await = [&](int fd) {
    if (!is_readable_until(fd, deadline)) throw_error(ETIMEDOUT, argv.front() + " does not answer");
  };
  int ends[2];
  if (::pipe2(&ends[0], O_CLOEXEC) != 0) throw_errno("cannot make a pipe");
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  Spawned command(argv, writer.get());
  writer.reset();
  CommandOutput result;
  std::array<char, 4096> buffer;
  for (bool more = true; more && result.output.size() < kMostOutput;) {
    await(reader.get());
    const auto part = read_once(reader.get(), buffer);
    if (part.error != 0) throw_error(part.error, "cannot read what " + argv.front() + " prints");
    result.output += part.text;
    more = !part.text.empty();
  }
  // Its output may end before it does itself.
  const UniqueFd handle(static_cast<int>(::syscall(SYS_pidfd_open, command.pid(), 0)));
  if (!handle) throw_errno("pidfd_open");
  await(handle.get());
  result.exit_status = command.wait();
  return result;
}

}  // namespace bootcheck
