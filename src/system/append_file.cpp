#include "system/append_file.h"

#include "system/read_file.h"
#include "system/replace_file.h"
#include "util/errors.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bootcheck {
namespace {

constexpr off_t kLargestOutput = off_t{10} << 20U;

UniqueFd open_for_appending(const Path& path) {
  // O_NONBLOCK: open(2) of a FIFO without a reader would wait for one, and with it every pass.
  constexpr int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
  UniqueFd fd(::open(path.c_str(), flags, 0640));
  if (!fd && errno == ENOENT) {
    create_folder_of(path);
    fd = UniqueFd(::open(path.c_str(), flags, 0640));
  }
  if (!fd) throw_errno("cannot open " + path.native());
  return fd;
}

}  // namespace

void append_to_file(const Path& path, std::string_view text) {
  const auto fd = open_for_appending(path);
  while (!text.empty()) {
    const auto written = ::write(fd.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_errno("cannot write to " + path.native());
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

UniqueFd open_output_file(const Path& path) {
  auto fd = open_for_appending(path);
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) throw_errno("cannot look at " + path.native());
  if (!S_ISREG(status.st_mode) && !S_ISCHR(status.st_mode))  // /dev/null is one
    throw_error(EINVAL, path.native() + " is " + name_of_file_type(status.st_mode));
  ::fcntl(fd.get(), F_SETFL, O_APPEND);  // the command need not know O_NONBLOCK
  return fd;
}

void rotate_output_file(const Path& path) noexcept {
  struct stat status {};
  // A link stays: whoever made it looks after the file behind it.
  if (::lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  if (status.st_size <= kLargestOutput) return;
  ::rename(path.c_str(), (path.native() + ".1").c_str());
}

}  // namespace bootcheck
