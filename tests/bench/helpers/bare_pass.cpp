// bench_bare_pass ROOT COUNT - the system calls that a pass over COUNT running delayed_job workers
// cannot do without, and nothing else: no options, no configuration, no decision. What a program
// that does them costs at the least.
#include <array>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

std::array<char, 32768> buffer;
std::array<char, 4096> path;

template <class... Part>
const char* make_path(const char* format, Part... parts) {
  std::snprintf(path.data(), path.size(), format, parts...);
  return path.data();
}

bool read_once(int folder, const char* name) {
  const int fd = ::openat(folder, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) return false;
  const auto got = ::read(fd, buffer.data(), buffer.size() - 1);
  ::close(fd);
  buffer[static_cast<std::size_t>(got < 0 ? 0 : got)] = '\0';
  return got >= 0;
}

/// Held until the end.
bool take_lock(const char* root) {
  struct stat status {};
  const int fd = ::open(make_path("%s/tmp/pids/bootcheck.lock", root), O_RDWR | O_CLOEXEC);
  return fd >= 0 && ::flock(fd, LOCK_EX | LOCK_NB) == 0 && ::fstat(fd, &status) == 0 &&
         ::lstat(path.data(), &status) == 0 && ::futimens(fd, nullptr) == 0;
}

/// Pid files of workers that nobody configured, and of those that were set aside.
bool list_pid_files(const char* root) {
  const int fd = ::open(make_path("%s/tmp/pids", root), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return false;
  while (::syscall(SYS_getdents64, fd, buffer.data(), buffer.size()) > 0) {
  }
  ::close(fd);
  return true;
}

bool look_at(int proc, const char* root, long worker) {
  if (!read_once(AT_FDCWD, make_path("%s/tmp/pids/delayed_job.%ld.pid", root, worker)))
    return false;
  const long pid = std::strtol(buffer.data(), nullptr, 10);
  return read_once(proc, make_path("%ld/stat", pid)) &&
         ::readlinkat(proc, make_path("%ld/cwd", pid), buffer.data(), buffer.size()) > 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const char* root = argv[1];
  struct stat status {};
  ::stat(make_path("%s/config/bootcheck.yml", root), &status);
  ::stat(make_path("%s/tmp/restart.txt", root), &status);
  const int proc = ::open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  bool good = proc >= 0 && read_once(proc, "sys/kernel/random/boot_id") && take_lock(root) &&
              read_once(AT_FDCWD, make_path("%s/tmp/pids/bootcheck.state", root)) &&
              list_pid_files(root);
  for (long worker = 0; worker < std::strtol(argv[2], nullptr, 10); ++worker)
    good = good && look_at(proc, root, worker);
  return good ? 0 : 1;
}
