// bench_bare_loop cmdline|cwd PREFIX COUNT - what looking at COUNT workers costs at the least: the
// pid file PREFIX<n>.pid, /proc/PID/stat, and /proc/PID/cmdline (or the link cwd, which is what
// bootcheck needs) of each are opened, read and closed, and nothing is made of them. Exits with 1
// where one of them is missing.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace {

std::array<char, 4096> buffer;

bool read_whole(const char* path) {
  const int fd = ::open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const auto got = ::read(fd, buffer.data(), buffer.size() - 1);
  ::close(fd);
  if (got < 0) return false;
  buffer[static_cast<std::size_t>(got)] = '\0';
  return true;
}

bool look_at(const char* pid_file, bool wants_cwd) {
  if (!read_whole(pid_file)) return false;
  const long pid = std::strtol(buffer.data(), nullptr, 10);
  std::array<char, 64> path;
  std::snprintf(path.data(), path.size(), "/proc/%ld/stat", pid);
  if (!read_whole(path.data())) return false;
  std::snprintf(path.data(), path.size(), "/proc/%ld/%s", pid, wants_cwd ? "cwd" : "cmdline");
  if (wants_cwd) return ::readlink(path.data(), buffer.data(), buffer.size()) > 0;
  return read_whole(path.data());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const bool wants_cwd = std::strcmp(argv[1], "cwd") == 0;
  const long count = std::strtol(argv[3], nullptr, 10);
  std::array<char, 4096> path;
  for (long at = 0; at < count; ++at) {
    std::snprintf(path.data(), path.size(), "%s%ld.pid", argv[2], at);
    if (!look_at(path.data(), wants_cwd)) return 1;
  }
}
