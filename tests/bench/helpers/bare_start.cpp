// bench_bare_start PIDS COUNT PROGRAM [ARG...] - what starting a program COUNT times costs at the
// least: a loop that forks, and a child that gets a session of its own and execs. Ends when each
// has become its program. Their pids are in the file PIDS.
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  std::FILE* pids = std::fopen(argv[1], "we");
  if (pids == nullptr) return 1;
  const long count = std::strtol(argv[2], nullptr, 10);
  int until_exec[2];
  if (::pipe2(until_exec, O_CLOEXEC) != 0) return 1;
  for (long at = 0; at < count; ++at) {
    const pid_t pid = ::fork();
    if (pid < 0) return 1;
    if (pid == 0) {
      ::setsid();
      ::execv(argv[3], argv + 3);
      ::_exit(127);
    }
    std::fprintf(pids, "%d\n", static_cast<int>(pid));
  }
  std::fclose(pids);
  ::close(until_exec[1]);
  char end = 0;
  const auto nothing = ::read(until_exec[0], &end, 1);
  return nothing == 0 ? 0 : 1;
}
