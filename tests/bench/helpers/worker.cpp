// bench_worker DIARY MILLISECONDS - a worker in the foreground that writes down, in nanoseconds of
// the monotonic clock, when it was started and when it left: `start PID NS`, `exit PID NS`. Asked
// to stop, it works on for MILLISECONDS.
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <unistd.h>

namespace {

void note(int diary, const char* what) {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  std::array<char, 80> line;
  const int length =
      std::snprintf(line.data(), line.size(), "%s %d %lld\n", what, ::getpid(),
                    static_cast<long long>(now.tv_sec) * 1'000'000'000 + now.tv_nsec);
  if (::write(diary, line.data(), static_cast<std::size_t>(length)) != length) ::_exit(1);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  sigset_t term;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, nullptr);
  const int diary = ::open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (diary < 0) return 1;
  note(diary, "start");
  int signal = 0;
  sigwait(&term, &signal);
  const long rest = std::strtol(argv[2], nullptr, 10);
  const timespec job{rest / 1000, rest % 1000 * 1'000'000};
  ::nanosleep(&job, nullptr);
  note(diary, "exit");
  ::_exit(0);
}
