#include "system/lock.h"

#include "system/clock.h"
#include "system/proc_fs.h"
#include "system/read_file.h"
#include "system/replace_file.h"
#include "util/errors.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace bootcheck {
namespace {

using std::chrono::steady_clock;

// A blocking flock(2) could only be given up by a signal, and SIGALRM belongs to the whole process
// and is lost when it comes just before the call. Asking again is simpler and never hangs.
constexpr std::chrono::milliseconds kBetweenTries{25};
/// flock(2) needs no right to write: whoever may read the file could hold it.
constexpr mode_t kMode = 0600;
constexpr std::size_t kLongestLocks = std::size_t{1024} * 1024;

struct LockFile {
  UniqueFd fd;
  bool is_new = false;
};

/// O_CREAT is not used for a file that exists: only so one can tell a new file from an old one.
LockFile open_lock_file(const Path& path) {
  constexpr int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  bool made_folder = false;
  for (;;) {
    UniqueFd fd(::open(path.c_str(), flags));
    if (fd) return {.fd = std::move(fd), .is_new = false};
    if (errno != ENOENT) break;
    fd = UniqueFd(::open(path.c_str(), flags | O_CREAT | O_EXCL, kMode));
    if (fd) return {.fd = std::move(fd), .is_new = true};
    if (errno == EEXIST) continue;  // another pass was faster
    if (errno != ENOENT || made_folder) break;
    create_folder_of(path);
    made_folder = true;
  }
  throw_errno("cannot open the lock file " + path.native());
}

/// Whether it was free.
bool try_lock(const UniqueFd& fd, const Path& path) {
  int result = 0;
  do {
    result = ::flock(fd.get(), LOCK_EX | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  if (result == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  throw_errno("cannot lock " + path.native());
}

struct stat status_of(const UniqueFd& fd, const Path& path) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw_errno("cannot look at " + path.native());
  if (!S_ISREG(status.st_mode)) {
    throw_error(EINVAL,
                "the lock file " + path.native() + " is " + name_of_file_type(status.st_mode));
  }
  return status;
}

/// Somebody may have unlinked the file between our open and our lock: what we hold then excludes
/// nobody.
bool is_still_there(const Path& path, const struct stat& locked) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && status.st_ino == locked.st_ino &&
         status.st_dev == locked.st_dev;
}

/// By the file's mtime, which every pass touches, but not longer than the holder lives: it may be
/// between its flock and its touch, and the wall clock may have been set.
Duration held_for(const struct stat& status, pid_t pid) {
  const Duration by_file =
      std::chrono::seconds(std::max<WallTime>(wall_now() - status.st_mtime, 0));
  if (pid == 0) return by_file;
  const auto look = ProcFs().look(pid);
  const auto* process = std::get_if<Process>(&look);
  return process == nullptr ? by_file : std::min(by_file, process_age(process->id.start_time));
}

LockHolder find_holder(const struct stat& status) {
  std::string text;
  const UniqueFd locks(::open("/proc/locks", O_RDONLY | O_CLOEXEC));
  if (locks) read_rest(locks.get(), text, kLongestLocks);  // without it the holder has no name
  const pid_t pid = parse_locks(text, status.st_dev, status.st_ino).value_or(0);
  return {.pid = pid, .held_for = held_for(status, pid)};
}

template <class Number>
std::optional<Number> take_number(std::string_view& text, int base) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc()) return {};
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string_view take_line(std::string_view& text) {
  const auto line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

struct HeldFlock {
  pid_t pid = 0;
  dev_t device = 0;
  ino_t inode = 0;
};

// 1: FLOCK  ADVISORY  WRITE 4711 fe:00:247066 0 EOF
// 1: -> FLOCK  ADVISORY  WRITE 4712 fe:00:247066 0 EOF         (waits for it)
std::optional<HeldFlock> parse_lock_line(std::string_view line) {
  if (!take_number<std::uint64_t>(line, 10) || !take(line, ": FLOCK  ADVISORY  WRITE ")) return {};
  const auto pid = take_number<pid_t>(line, 10);
  if (!pid || *pid < 1 || !take(line, " ")) return {};
  const auto major = take_number<unsigned>(line, 16);
  if (!major || !take(line, ":")) return {};
  const auto minor = take_number<unsigned>(line, 16);
  if (!minor || !take(line, ":")) return {};
  const auto inode = take_number<ino_t>(line, 10);
  if (!inode) return {};
  return HeldFlock{.pid = *pid, .device = makedev(*major, *minor), .inode = *inode};
}

}  // namespace

std::optional<pid_t> parse_locks(std::string_view text, dev_t device, ino_t inode) {
  std::optional<pid_t> same_inode;
  int candidates = 0;
  while (!text.empty()) {
    const auto lock = parse_lock_line(take_line(text));
    if (!lock || lock->inode != inode) continue;
    if (lock->device == device) return lock->pid;
    same_inode = lock->pid;
    ++candidates;
  }
  // btrfs and overlayfs show another device to stat(2) than to the kernel's list of locks.
  return candidates == 1 ? same_inode : std::nullopt;
}

void Lock::touch() const {
  static_cast<void>(::futimens(fd_.get(), nullptr));
}

std::variant<Lock, LockHolder> take_lock(const Path& path, Duration wait) {
  const auto deadline = steady_clock::now() + wait;
  for (;;) {
    auto file = open_lock_file(path);
    const bool is_ours = try_lock(file.fd, path);
    const auto status = status_of(file.fd, path);
    if (is_ours && is_still_there(path, status)) {
      if ((status.st_mode & 0777) != kMode && status.st_uid == ::geteuid())
        static_cast<void>(::fchmod(file.fd.get(), kMode));  // an earlier version's
      const auto last = file.is_new ? std::nullopt : std::optional<WallTime>(status.st_mtime);
      return Lock(std::move(file.fd), last);
    }
    if (!is_ours && steady_clock::now() >= deadline) return find_holder(status);
    if (!is_ours) std::this_thread::sleep_for(kBetweenTries);
  }
}

}  // namespace bootcheck
