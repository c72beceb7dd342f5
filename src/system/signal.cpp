#include "system/signal.h"

#include "util/errors.h"

#include <cerrno>
#include <csignal>

#include <fmt/format.h>

#include <sys/syscall.h>
#include <unistd.h>

namespace bootcheck {
namespace {

// By number: glibc has wrappers since 2.36 only, and one of them is missing in Ubuntu 22.04.
int pidfd_open(pid_t pid) {
  return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U));
}

int pidfd_send_signal(int pidfd, int signal) {
  return static_cast<int>(::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0U));
}

void refuse_special_pid(pid_t pid) {
  // For kill(2) 0 and below are groups or everybody, and 1 is init.
  if (pid < 2) throw_error(EINVAL, fmt::format("pid {} is never signalled", pid));
}

/// A stopped process takes no signal but SIGKILL until it is continued; systemd.kill(5) does the
/// same.
bool wakes_up(int signal) {
  return signal != SIGKILL && signal != SIGSTOP && signal != SIGTSTP;
}

}  // namespace

std::optional<UniqueFd> open_pidfd(const ProcFs& proc, const ProcessId& process) {
  refuse_special_pid(process.pid);
  UniqueFd fd(pidfd_open(process.pid));
  if (!fd) {
    // A thread's id is EINVAL, in newer kernels ENOENT: no process has that number.
    if (errno == ESRCH || errno == EINVAL || errno == ENOENT) return {};
    throw_errno(fmt::format("cannot open a pidfd of {}", process.pid));
  }
  // The descriptor cannot change its process any more; only now is it worth asking whose it is.
  const auto look = proc.look(process.pid, process);
  if (const auto* hidden = std::get_if<Hidden>(&look)) {
    throw_error(EACCES,
                fmt::format("cannot tell which process is {}: {}", process.pid, hidden->why));
  }
  const auto* found = std::get_if<Process>(&look);
  if (found == nullptr || found->id != process) return {};
  return fd;
}

bool send_signal(const ProcFs& proc, const ProcessId& process, int signal) {
  const auto fd = open_pidfd(proc, process);
  if (!fd) return false;
  if (pidfd_send_signal(fd->get(), signal) == 0) {
    if (wakes_up(signal)) pidfd_send_signal(fd->get(), SIGCONT);
    return true;
  }
  if (errno == ESRCH) return false;
  throw_errno(fmt::format("cannot send signal {} to pid {}", signal, process.pid));
}

}  // namespace bootcheck
