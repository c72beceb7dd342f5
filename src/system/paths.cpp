#include "system/paths.h"

#include "util/errors.h"
#include "util/unique_fd.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <string>
#include <string_view>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bootcheck {
namespace {

constexpr std::string_view kMark = ".draining.";

std::optional<SetAsideFile> parse_set_aside(const Path& folder, std::string_view name) {
  const auto mark = name.rfind(kMark);
  if (mark == std::string_view::npos) return std::nullopt;
  const auto digits = name.substr(mark + kMark.size());
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), pid);
  if (error != std::errc() || end != digits.data() + digits.size() || pid <= 1) return std::nullopt;
  return SetAsideFile{folder / std::string(name.substr(0, mark)), pid};
}

}  // namespace

// Two quick system calls, whatever the depth. realpath(3) takes one for each component, and
// /proc/self/fd costs tens of microseconds when it is first looked into.
Path enter_directory(const Path& path) {
  if (::chdir(path.c_str()) != 0) throw_errno(path.native());
  std::array<char, PATH_MAX> where;
  if (::getcwd(where.data(), where.size()) == nullptr) throw_errno(path.native());
  return {where.data()};
}

std::vector<Path> targets_beside(const Path& link) {
  namespace fs = boost::filesystem;
  std::vector<Path> targets;
  boost::system::error_code gone;
  const auto own = fs::canonical(link, gone);
  fs::directory_iterator entry(link.parent_path(), gone);
  for (; !gone && entry != fs::directory_iterator(); entry.increment(gone)) {
    boost::system::error_code dangling;
    if (!fs::is_symlink(entry->symlink_status(dangling))) continue;
    auto target = fs::canonical(entry->path(), dangling);
    if (!dangling && target != own) targets.push_back(std::move(target));
  }
  return targets;
}

bool is_link(const Path& path) {
  std::array<char, 1> target{};
  return ::readlink(path.c_str(), target.data(), target.size()) >=
         0;  // EINVAL: not a link, readlink(2)
}

std::optional<FileStatus> file_status(const Path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  const auto seconds = static_cast<std::int64_t>(status.st_mtim.tv_sec);
  return FileStatus{.size = static_cast<std::uint64_t>(status.st_size),
                    .modified = seconds * 1'000'000'000 + status.st_mtim.tv_nsec,
                    .is_directory = S_ISDIR(status.st_mode),
                    .inode = static_cast<std::uint64_t>(status.st_ino)};
}

std::optional<std::int64_t> modification_time(const Path& path) {
  if (const auto status = file_status(path)) return status->modified;
  return errno == ENOENT || errno == ENOTDIR ? std::optional<std::int64_t>(0) : std::nullopt;
}

PidFolder list_pid_folder(const Path& folder) {
  PidFolder found;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(folder.c_str()), &::closedir);
  if (!directory) return found;
  while (const dirent* entry = ::readdir(directory.get())) {
    const std::string_view name = static_cast<const char*>(entry->d_name);
    if (name.ends_with(".pid")) {
      found.pid_files.push_back(folder / std::string(name));
    } else if (auto file = parse_set_aside(folder, name)) {
      found.set_aside.push_back(std::move(*file));
    }
  }
  return found;
}

}  // namespace bootcheck
