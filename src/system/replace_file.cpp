#include "system/replace_file.h"

#include "util/errors.h"
#include "util/unique_fd.h"

#include <cerrno>
#include <cstdio>

#include <boost/filesystem/operations.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bootcheck {
namespace {

Path temporary_name(const Path& path) {
  return path.parent_path() /
         ("." + path.filename().native() + ".bootcheck." + std::to_string(::getpid()));
}

/// Removes the temporary file unless it became the real one.
class TemporaryFile {
 public:
  TemporaryFile(Path path, mode_t mode) : path_(std::move(path)), mode_(mode) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (fd_) ::unlink(path_.c_str());
  }

  void create(bool with_folder) {
    open();
    if (!fd_ && errno == ENOENT && with_folder) {
      create_folder_of(path_);
      open();
    } else if (!fd_ && errno == EEXIST) {
      // Left by a pass that was killed and whose pid came round again: no other process makes it.
      ::unlink(path_.c_str());
      open();
    }
    if (!fd_) throw_errno("cannot create " + path_.native());
  }

  void write(std::string_view text) {
    while (!text.empty()) {
      const auto written = ::write(fd_.get(), text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw_errno("cannot write " + path_.native());
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  /// Whatever the umask is.
  void set_mode() {
    if (::fchmod(fd_.get(), mode_) != 0) throw_errno("cannot set the mode of " + path_.native());
  }

  void sync() {
    if (::fsync(fd_.get()) != 0) throw_errno("cannot write " + path_.native());
  }

  void rename_to(const Path& path) {
    if (::rename(path_.c_str(), path.c_str()) != 0) throw_errno("cannot replace " + path.native());
    fd_.reset();
  }

 private:
  void open() {
    fd_ = UniqueFd(
        ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_));
  }

  Path path_;
  mode_t mode_;
  UniqueFd fd_;
};

}  // namespace

void remove_file(const Path& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw_errno("cannot remove " + path.native());
}

void create_folder_of(const Path& path) {
  boost::system::error_code error;
  boost::filesystem::create_directories(path.parent_path(), error);
  if (error) throw_error(error.value(), "cannot create the folder " + path.parent_path().native());
}

void replace_file(const Path& path, std::string_view text, Durability durability, mode_t mode) {
  TemporaryFile file(temporary_name(path), mode);
  file.create(true);
  file.write(text);
  if (durability == Durability::synced) file.sync();
  file.rename_to(path);
}

void publish_file(const Path& path, std::string_view text) {
  TemporaryFile file(temporary_name(path), 0644);
  file.create(false);
  file.write(text);
  file.set_mode();
  file.rename_to(path);
}

}  // namespace bootcheck
