#include "system/leftovers.h"

#include "system/clock.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>
#include <optional>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bootcheck {
namespace {

constexpr WallTime kOld = 60;  // s

/// Who wrote `.NAME.bootcheck.PID`; none: it has another name.
std::optional<pid_t> writer_of(std::string_view name) {
  constexpr std::string_view kMark = ".bootcheck.";
  const auto mark = name.rfind(kMark);
  if (!name.starts_with('.') || mark == std::string_view::npos || mark == 0) return std::nullopt;
  const auto digits = name.substr(mark + kMark.size());
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), pid);
  const bool is_number = error == std::errc() && end == digits.data() + digits.size() && pid > 1;
  return is_number ? std::optional(pid) : std::nullopt;
}

bool is_left_over(int folder, const char* name) {
  const auto writer = writer_of(name);
  if (!writer || ::kill(*writer, 0) == 0 || errno != ESRCH) return false;
  struct stat status {};
  return ::fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(status.st_mode) &&
         wall_now() - status.st_mtime > kOld;
}

}  // namespace

void remove_leftovers(const Path& folder) {
  const std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(folder.c_str()), &::closedir);
  if (!listing) return;
  const int descriptor = ::dirfd(listing.get());
  while (const dirent* entry = ::readdir(listing.get())) {
    if (is_left_over(descriptor, &entry->d_name[0])) ::unlinkat(descriptor, &entry->d_name[0], 0);
  }
}

}  // namespace bootcheck
