// A child of this test that runs code of the test itself: for a process in a state that no program
// would get into by its arguments alone.
#pragma once

#include "support/wait_until.h"
#include "util/errors.h"
#include "util/unique_fd.h"

#include <chrono>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck {

/// For poll(2): only what hangs takes so long.
inline constexpr int kPatience = std::chrono::milliseconds{test::kHang}.count();

class Forked {
 public:
  /// Says to the parent that what it waits for is so.
  class Ready {
   public:
    explicit Ready(UniqueFd fd) : fd_(std::move(fd)) {}
    void say() const { static_cast<void>(!::write(fd_.get(), "r", 1)); }

   private:
    UniqueFd fd_;
  };

  /// Returns as soon as `body`, run in the child, has said ready. The child exits with what `body`
  /// returns.
  template <class Body>
  explicit Forked(const Body& body) {
    int ends[2];
    if (::pipe2(&ends[0], O_CLOEXEC) != 0) throw_errno("cannot make a pipe");
    UniqueFd mine(ends[0]);
    UniqueFd theirs(ends[1]);
    pid_ = ::fork();
    if (pid_ < 0) throw_errno("cannot fork");
    if (pid_ == 0) run(body, Ready(std::move(theirs)));
    theirs.reset();
    pollfd readable{.fd = mine.get(), .events = POLLIN, .revents = 0};
    char word = 0;
    if (::poll(&readable, 1, kPatience) != 1 || ::read(mine.get(), &word, 1) != 1) {
      end();
      throw std::runtime_error("the child did not say ready");
    }
  }
  Forked(const Forked&) = delete;
  Forked& operator=(const Forked&) = delete;
  ~Forked() { end(); }

  pid_t pid() const { return pid_; }

  /// Its wait status (waitpid(2)) once it has exited.
  int wait() {
    int status = -1;
    ::waitpid(std::exchange(pid_, 0), &status, 0);
    return status;
  }

  /// Waits for its exit without reaping it: it is a zombie from then on.
  void wait_for_zombie() const {
    siginfo_t info;
    ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
  }

 private:
  template <class Body>
  [[noreturn]] static void run(const Body& body, Ready ready) {
    try {
      ::_exit(body(ready));
    } catch (const std::exception&) {
      ::_exit(99);
    }
  }

  void end() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }

  pid_t pid_ = 0;
};

/// Until a signal ends the child.
[[noreturn]] inline void wait_for_signal() {
  for (;;)
    ::pause();
}

/// For a child that only has to live.
inline int sleep_on(const Forked::Ready& ready) {
  ready.say();
  wait_for_signal();
}

}  // namespace bootcheck
