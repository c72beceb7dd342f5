#include "support/reaper.h"

#include "support/files.h"
#include "support/wait_until.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck::test {
namespace {

constexpr int kTooLate = 124;  // as timeout(1) has it

pid_t reaper = 0;  // NOLINT: whose children the daemons of this test become

/// Of a process with one thread, zombies included.
std::vector<pid_t> children_of(pid_t parent) {
  const auto pid = std::to_string(parent);
  std::istringstream text(read_file("/proc/" + pid + "/task/" + pid + "/children"));
  std::vector<pid_t> children;
  for (pid_t child = 0; text >> child;)
    children.push_back(child);
  return children;
}

/// What runs as another user was started through sudo, so sudo may end it.
void end_process(pid_t pid) {
  if (::kill(pid, SIGKILL) == 0 || errno != EPERM) return;
  const auto command = "sudo -n kill -KILL " + std::to_string(pid);
  [[maybe_unused]] const int status = std::system(command.c_str());  // NOLINT: a number
}

/// Reaps whoever has ended; the wait status of `wanted`, if it is among them, goes into `status`.
bool reap(pid_t wanted, int& status) {
  bool found = false;
  int each = 0;
  for (pid_t pid = 0; (pid = ::waitpid(-1, &each, WNOHANG)) > 0;) {
    if (pid != wanted) continue;
    status = each;
    found = true;
  }
  return found;
}

/// Whose parent is ended becomes a child of ours, so this goes on until there is none.
void end_children() {
  const bool all = wait_until([] {
    int ignored = 0;
    for (const pid_t child : children_of(::getpid()))
      end_process(child);
    reap(0, ignored);
    return children_of(::getpid()).empty();
  });
  if (!all) std::fputs("processes of this test cannot be ended\n", stderr);
}

timespec time_left(std::time_t deadline) {
  timespec left{.tv_sec = 3600, .tv_nsec = 0};
  if (deadline != 0) left.tv_sec = std::max<std::time_t>(0, deadline - std::time(nullptr));
  return left;
}

std::time_t deadline_of_test() {
  const char* seconds = std::getenv("TEST_DEADLINE");  // NOLINT(concurrency-mt-unsafe)
  return seconds == nullptr ? 0 : std::time(nullptr) + std::atol(seconds);
}

/// Until the child ends, or has to.
int watch(pid_t child, const sigset_t& signals) {
  const auto deadline = deadline_of_test();
  for (;;) {
    const auto left = time_left(deadline);
    const int signal = ::sigtimedwait(&signals, nullptr, &left);
    int status = 0;
    if (reap(child, status))
      return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    if (signal > 0 && signal != SIGCHLD) return 128 + signal;
    if (deadline != 0 && std::time(nullptr) >= deadline) {
      std::fputs("the test has taken too long and is ended\n", stderr);
      return kTooLate;
    }
  }
}

}  // namespace

int run_under_reaper(const std::function<int()>& body) {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) throw std::runtime_error("no subreaper");
  sigset_t signals;
  sigset_t before;
  sigemptyset(&signals);
  for (const int signal : {SIGCHLD, SIGTERM, SIGINT, SIGHUP})
    sigaddset(&signals, signal);
  ::sigprocmask(SIG_BLOCK, &signals, &before);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) throw std::runtime_error("fork");
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    reaper = parent;
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    std::exit(body());  // NOLINT(concurrency-mt-unsafe)
  }
  const int status = watch(child, signals);
  end_children();
  return status;
}

void end_left_behind() {
  const auto others = [] {
    auto pids = children_of(reaper);
    std::erase(pids, ::getpid());
    return pids;
  };
  const bool all = reaper == 0 || wait_until([&] {
                     for (const pid_t pid : others())
                       end_process(pid);
                     return others().empty();
                   });
  if (!all) throw std::runtime_error("what the test has started cannot be ended");
}

}  // namespace bootcheck::test
