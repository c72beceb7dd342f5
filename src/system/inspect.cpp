#include "system/inspect.h"

#include "system/clock.h"
#include "system/lock.h"
#include "system/proc_fs.h"
#include "system/read_file.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace bootcheck {
namespace {

namespace fs = boost::filesystem;

bool may(const Path& path, int what) {
  return ::faccessat(AT_FDCWD, path.c_str(), what, AT_EACCESS) == 0;
}

void look_at_file_system(const Path& path, PathLook& look) {
  struct statvfs system {};
  look.free_bytes = look.free_files = std::numeric_limits<std::uint64_t>::max();
  if (::statvfs(path.c_str(), &system) != 0) return;
  look.is_read_only = (system.f_flag & ST_RDONLY) != 0;
  look.free_bytes = std::uint64_t{system.f_bavail} * system.f_frsize;
  if (system.f_files > 0) look.free_files = system.f_favail;
}

}  // namespace

PathLook look_at(const Path& path) {
  PathLook look;
  struct stat status {};
  look.is_link = ::lstat(path.c_str(), &status) == 0 && S_ISLNK(status.st_mode);
  if (::stat(path.c_str(), &status) != 0) return look;
  look.exists = true;
  look.is_directory = S_ISDIR(status.st_mode);
  look.is_file = S_ISREG(status.st_mode);
  look.owner = status.st_uid;
  look.group_may_write = (status.st_mode & S_IWGRP) != 0;
  look.others_may_write = (status.st_mode & S_IWOTH) != 0;
  look.hard_links = status.st_nlink;
  look.may_write = may(path, look.is_directory ? W_OK | X_OK : W_OK);
  look.may_execute = may(path, X_OK);
  look_at_file_system(path, look);
  boost::system::error_code error;
  look.real = fs::canonical(path, error);
  return look;
}

std::vector<Path> list_folder(const Path& folder) {
  std::vector<Path> found;
  boost::system::error_code error;
  fs::directory_iterator entries(folder, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error))
    found.push_back(entries->path());
  std::ranges::sort(found);
  return found;
}

std::optional<Path> find_program(const std::string& name, std::string_view path) {
  for (std::size_t start = 0; start <= path.size();) {
    const auto end = std::min(path.find(':', start), path.size());
    const auto candidate = Path(std::string(path.substr(start, end - start))) / name;
    start = end + 1;
    boost::system::error_code ignored;
    if (candidate.is_absolute() && may(candidate, X_OK) && fs::is_regular_file(candidate, ignored))
      return candidate;
  }
  return std::nullopt;
}

namespace {

/// The kernel names nobody where who took the lock has ended, and a child of it has inherited it.
bool is_held(const Path& lock_file) {
  const UniqueFd file(::open(lock_file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW));
  return file && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace

std::optional<LockHolder> lock_holder(const Path& lock_file) {
  struct stat status {};
  if (::stat(lock_file.c_str(), &status) != 0) return std::nullopt;
  std::string text;
  const UniqueFd locks(::open("/proc/locks", O_RDONLY | O_CLOEXEC));
  constexpr std::size_t kLongest = std::size_t{1} << 20U;
  if (locks) read_rest(locks.get(), text, kLongest);
  const auto pid = parse_locks(text, status.st_dev, status.st_ino);
  if (!pid && !is_held(lock_file)) return std::nullopt;
  LockHolder holder{.pid = pid.value_or(0), .held_for = {}};
  holder.held_for = std::chrono::seconds(std::max<WallTime>(wall_now() - status.st_mtime, 0));
  if (!pid) return holder;
  const auto look = ProcFs().look(*pid);
  if (const auto* process = std::get_if<Process>(&look))
    holder.held_for = std::min(holder.held_for, process_age(process->id.start_time));
  return holder;
}

}  // namespace bootcheck
