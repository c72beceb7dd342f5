#include "system/exit_watch.h"

#include "system/limits.h"
#include "system/signal.h"
#include "util/errors.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bootcheck {
namespace {

/// For everything else that is opened meanwhile.
constexpr std::size_t kReserved = 128;

std::size_t descriptors_for_watching() {
  raise_descriptor_limit();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return kReserved;
  return limit.rlim_cur > 2 * kReserved ? limit.rlim_cur - kReserved : limit.rlim_cur / 2;
}

/// Of ours, or of the host; pidfd_open(2) and epoll_ctl(2) name them.
bool is_short_of_descriptors(const std::error_code& error) {
  const int number = error.value();
  return number == EMFILE || number == ENFILE || number == ENOMEM || number == ENOSPC;
}

}  // namespace

ExitWatch::ExitWatch(const ProcFs& proc)
    : proc_(proc), epoll_(::epoll_create1(EPOLL_CLOEXEC)), most_(descriptors_for_watching()) {
  if (!epoll_) throw_errno("epoll_create1");
}

void ExitWatch::add(const ProcessId& process) {
  add(process, false);
}

void ExitWatch::add_child(pid_t child) {
  add({.pid = child, .start_time = 0}, true);
}

void ExitWatch::add(const ProcessId& process, bool is_child) {
  remove(process.pid);
  waiting_.push_back(process.pid);
  auto& watched = watched_[process.pid];
  watched.process = process;
  watched.is_child = is_child;
  watched.place = std::prev(waiting_.end());
}

void ExitWatch::remove(pid_t pid) {
  const auto found = watched_.find(pid);
  if (found == watched_.end()) return;
  auto& list = found->second.pidfd ? open_ : waiting_;
  list.erase(found->second.place);
  watched_.erase(found);  // closing its descriptor takes it out of the epoll, epoll(7)
}

/// False: it has ended.
bool ExitWatch::open(Watched& watched) {
  if (watched.is_child) {
    watched.pidfd = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, watched.process.pid, 0U)));
    if (!watched.pidfd) throw_errno("pidfd_open");
  } else {
    auto pidfd = open_pidfd(proc_, watched.process);
    if (!pidfd) return false;
    watched.pidfd = std::move(*pidfd);
  }
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = watched.process.pid;
  if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, watched.pidfd.get(), &event) == 0) return true;
  watched.pidfd.reset();
  throw_errno("epoll_ctl");
}

std::vector<pid_t> ExitWatch::begin() {
  std::vector<pid_t> ended;
  while (!waiting_.empty() && open_.size() < most_) {
    const pid_t pid = waiting_.front();
    auto& watched = watched_.at(pid);
    try {
      if (open(watched)) {
        open_.splice(open_.end(), waiting_, watched.place);
        continue;
      }
    } catch (const std::system_error& error) {
      if (!is_short_of_descriptors(error.code())) throw;
      most_ = std::max(open_.size(), std::size_t{1});
      break;
    }
    ended.push_back(pid);
    remove(pid);
  }
  return ended;
}

std::vector<pid_t> ExitWatch::take_ended() {
  std::vector<pid_t> ended;
  std::array<epoll_event, 64> events;
  for (;;) {
    const int count = ::epoll_wait(epoll_.get(), events.data(), events.size(), 0);
    if (count <= 0) return ended;
    for (int at = 0; at < count; ++at) {
      ended.push_back(events[static_cast<std::size_t>(at)].data.fd);
      remove(ended.back());
    }
  }
}

void ExitWatch::take_turns() {
  for (auto count = std::min(waiting_.size(), open_.size()); count > 0; --count) {
    auto& watched = watched_.at(open_.front());
    watched.pidfd.reset();
    waiting_.splice(waiting_.end(), open_, watched.place);
  }
}

}  // namespace bootcheck
