#include "system/read_file.h"

#include "util/errors.h"

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

namespace {

/// Of a path that could not be opened.
FileRead not_opened(const Path& path, int error) {
  struct stat status {};
  if (error == ENOENT) return NoFile{};
  // ELOOP: a link (O_NOFOLLOW), or links in a circle on the way there. ENXIO: a socket.
  if ((error == ELOOP || error == ENXIO) && ::lstat(path.c_str(), &status) == 0)
    return UnreadableFile{.why = "it is " + name_of_file_type(status.st_mode)};
  return UnreadableFile{
      .why = error_text(error), .is_denied = error == EACCES, .is_failure = error != ENOTDIR};
}

/// Of an open file that may be none; an empty text: it is one.
std::string why_no_file(int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return error_text(errno);
  return S_ISREG(status.st_mode) ? std::string() : "it is " + name_of_file_type(status.st_mode);
}

ssize_t read_at(int fd, std::span<char> buffer, std::uint64_t offset) {
  ssize_t got = -1;
  do {
    got = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(offset));
  } while (got < 0 && errno == EINTR);
  return got;
}

}  // namespace

FileRead read_file(const Path& path, const ReadOptions& options) {
  // O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever (fifo(7)).
  const int flags = O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC |
                    (options.links == Links::refused ? O_NOFOLLOW : 0);
  const UniqueFd fd(::open(path.c_str(), flags));
  if (!fd) return not_opened(path, errno);
  FileText read;
  std::array<char, 16384> buffer;
  bool is_regular = false;
  for (;;) {
    // FIFOs, sockets and terminals have no places to read at (ESPIPE), and what gives less than was
    // asked for has no more: so most files need not be asked what they are.
    const auto got = read_at(fd.get(), buffer, options.offset + read.text.size());
    const int error = errno;
    const auto size = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    if (!is_regular && (got <= 0 || size == buffer.size())) {
      if (auto why = why_no_file(fd.get()); !why.empty())
        return UnreadableFile{.why = std::move(why)};
      is_regular = true;
    }
    if (got < 0) return UnreadableFile{.why = error_text(error), .is_failure = true};
    const auto room = options.limit - read.text.size();
    read.text.append(buffer.data(), std::min(size, room));
    read.complete = size <= room;
    if (!read.complete || size < buffer.size()) return read;
  }
}

}  // namespace bootcheck
