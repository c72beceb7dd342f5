#include "launch/side_by_side.h"

#include "system/memory_file.h"
#include "system/read_file.h"
#include "util/errors.h"

#include <cstdio>

#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck {
namespace {

// _exit: the parent's buffers and atexit handlers are not the child's to run.
[[noreturn]] void run_in_child(const std::function<int()>& task) noexcept {
  const int status = task();
  std::fflush(nullptr);
  ::_exit(status);
}

int wait_for(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0) {
    if (errno != EINTR) throw_errno("waitpid");
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

pid_t fork_for(const std::function<int()>& task) {
  const pid_t pid = ::fork();
  if (pid < 0) throw_errno("fork");
  if (pid == 0) run_in_child(task);
  return pid;
}

std::string text_of(const UniqueFd& file) {
  constexpr std::size_t kLongest = std::size_t{64} << 20U;
  std::string text;
  if (::lseek(file.get(), 0, SEEK_SET) == 0) read_rest(file.get(), text, kLongest);
  return text;
}

/// A task whose stdout and stderr are files of its own.
struct SilentChild {
  UniqueFd out = growing_memory_file();
  UniqueFd err = growing_memory_file();
  pid_t pid = 0;
};

}  // namespace

std::vector<int> side_by_side(const std::vector<std::function<int()>>& tasks) {
  std::vector<pid_t> children;
  for (const auto& task : tasks)
    children.push_back(fork_for(task));
  std::vector<int> statuses;
  for (const pid_t child : children)
    statuses.push_back(wait_for(child));
  return statuses;
}

std::vector<TaskEnd> side_by_side_in_silence(const std::vector<std::function<int()>>& tasks) {
  std::vector<SilentChild> children;
  for (const auto& task : tasks) {
    auto& child = children.emplace_back();
    child.pid = fork_for([&] {
      if (::dup2(child.out.get(), STDOUT_FILENO) < 0 || ::dup2(child.err.get(), STDERR_FILENO) < 0)
        throw_errno("dup2");
      return task();
    });
  }
  std::vector<TaskEnd> ends;
  for (const auto& child : children) {
    const int status = wait_for(child.pid);
    ends.push_back({.status = status, .out = text_of(child.out), .err = text_of(child.err)});
  }
  return ends;
}

}  // namespace bootcheck
