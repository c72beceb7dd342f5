#include "launch/side_by_side.h"

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

}  // namespace

std::vector<int> side_by_side(const std::vector<std::function<int()>>& tasks) {
  std::vector<pid_t> children;
  for (const auto& task : tasks) {
    const pid_t pid = ::fork();
    if (pid < 0) throw_errno("fork");
    if (pid == 0) run_in_child(task);
    children.push_back(pid);
  }
  std::vector<int> statuses;
  for (const pid_t child : children)
    statuses.push_back(wait_for(child));
  return statuses;
}

}  // namespace bootcheck
