#include "system/read_file.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace bootcheck {

ReadText read_once(int fd, std::span<char> buffer) {
  ssize_t got = -1;
  do {
    got = ::read(fd, buffer.data(), buffer.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) return {.text = {}, .error = errno};
  return {.text = {buffer.data(), static_cast<std::size_t>(got)}, .error = 0};
}

ReadText read_below(int folder, const char* name, std::span<char> buffer) {
  const UniqueFd fd(::openat(folder, name, O_RDONLY | O_CLOEXEC));
  if (!fd) return {.text = {}, .error = errno};
  return read_once(fd.get(), buffer);
}

int read_rest(int fd, std::string& text, std::size_t limit) {
  std::array<char, 16384> buffer;
  while (text.size() < limit) {
    const auto room = std::min(buffer.size(), limit - text.size());
    const auto part = read_once(fd, std::span(buffer).first(room));
    if (part.error != 0) return part.error;
    if (part.text.empty()) return 0;
    text += part.text;
  }
  return 0;
}

std::string name_of_file_type(std::uint32_t mode) {
  if (S_ISREG(mode)) return "a file";
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISLNK(mode)) return "a link";
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

// O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever (fifo(7)).
UniqueFd open_for_reading(const Path& path) {
  return UniqueFd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

OpenedFile open_regular_file(const Path& path) {
  OpenedFile opened;
  struct stat status {};
  auto fd = open_for_reading(path);
  if (fd) {
    if (::fstat(fd.get(), &status) != 0) {
      opened.error = errno;
    } else if (S_ISREG(status.st_mode)) {
      opened.fd = std::move(fd);
    } else {
      opened.instead = name_of_file_type(status.st_mode);
    }
    return opened;
  }
  opened.error = errno;
  // ELOOP: a link (O_NOFOLLOW), or links in a circle on the way there. ENXIO: a socket.
  if ((opened.error == ELOOP || opened.error == ENXIO) && ::lstat(path.c_str(), &status) == 0) {
    opened.instead = name_of_file_type(status.st_mode);
    opened.error = 0;
  }
  return opened;
}

}  // namespace bootcheck
