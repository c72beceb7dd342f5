#include "system/way.h"

#include "util/errors.h"
#include "util/unique_fd.h"

#include <cerrno>
#include <climits>
#include <deque>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bootcheck {
namespace {

constexpr int kMostLinks = 40;  // as the kernel has it, path_resolution(7)

WayStep step_of(const Path& path, const struct stat& status) {
  const bool is_link = S_ISLNK(status.st_mode);  // shows mode 0777, always
  const bool is_folder = S_ISDIR(status.st_mode);
  return {.path = path,
          .owner = status.st_uid,
          .group_may_write = !is_link && (status.st_mode & S_IWGRP) != 0,
          .others_may_write = !is_link && (status.st_mode & S_IWOTH) != 0,
          .is_folder = is_folder,
          .is_sticky = is_folder && (status.st_mode & S_ISVTX) != 0};
}

class Walker {
 public:
  explicit Walker(const Path& path) { add_in_front(path); }

  Way walk() {
    enter_root();
    while (!names_.empty() && way_.steps.back().owner == 0) {
      const auto name = names_.front();
      names_.pop_front();
      if (!take(name)) return std::move(way_);
    }
    way_.is_complete = names_.empty();
    return std::move(way_);
  }

 private:
  void add_in_front(const Path& path) {
    std::deque<std::string> names;
    for (const auto& part : path.relative_path()) {
      if (!part.empty() && !part.filename_is_dot()) names.push_back(part.native());
    }
    names_.insert(names_.begin(), names.begin(), names.end());
  }

  void enter_root() {
    folder_ = UniqueFd(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
    here_ = "/";
    if (!folder_) throw_errno("cannot look at /");
    note(folder_, here_);
  }

  /// Whether something of this name is there.
  bool take(const std::string& name) {
    const Path path = name == ".." ? here_.parent_path() : here_ / name;
    UniqueFd fd(::openat(folder_.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!fd && errno == ENOENT) return false;
    if (!fd) throw_errno("cannot look at " + path.native());
    const auto mode = note(fd, path);
    if (way_.steps.back().owner != 0) return true;  // not even a link of another's is read
    if (S_ISLNK(mode)) {
      follow(fd, path);
    } else {
      folder_ = std::move(fd);
      here_ = path.empty() ? Path("/") : path;
    }
    return true;
  }

  void follow(const UniqueFd& link, const Path& path) {
    if (++links_ > kMostLinks) throw_error(ELOOP, "cannot look at " + path.native());
    std::string target(PATH_MAX, '\0');
    const auto length = ::readlinkat(link.get(), "", target.data(), target.size());
    if (length < 0) throw_errno("cannot read the link " + path.native());
    target.resize(static_cast<std::size_t>(length));
    const Path to = target;
    add_in_front(to);
    if (to.is_absolute()) enter_root();
  }

  mode_t note(const UniqueFd& fd, const Path& path) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) throw_errno("cannot look at " + path.native());
    way_.steps.push_back(step_of(path, status));
    return status.st_mode;
  }

  Way way_;
  std::deque<std::string> names_;  ///< still to be taken
  UniqueFd folder_;
  Path here_;  ///< the path of `folder_`
  int links_ = 0;
};

}  // namespace

Way look_along(const Path& path) {
  return Walker(path).walk();
}

std::optional<uid_t> owner_of(const Path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_uid;
}

}  // namespace bootcheck
