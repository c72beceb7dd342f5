// Reading files that others write: never through a link, never blocking, never more than asked for.
#pragma once

#include "system/machine.h"
#include "util/unique_fd.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace bootcheck {

/// What one read gave. `text` lies in the caller's buffer; `error` is an errno, 0: none.
struct ReadText {
  std::string_view text;
  int error = 0;
};

/// Reads once into `buffer`; nothing but EINTR is retried.
ReadText read_once(int fd, std::span<char> buffer);

/// Opens `name` below the folder `folder`, reads once and closes: three system calls. For the files
/// of /proc, which give all they have in one read.
ReadText read_below(int folder, const char* name, std::span<char> buffer);

/// Appends what is left of a file to `text` until that is `limit` long; an errno, 0: none.
int read_rest(int fd, std::string& text, std::size_t limit);

/// Opens whatever stands there but a link, without waiting for anybody; an empty owner and errno
/// when it cannot.
UniqueFd open_for_reading(const Path& path);

/// A regular file open for reading, or what stands in its place.
struct OpenedFile {
  UniqueFd fd;          ///< owns nothing unless it is a regular file
  std::string instead;  ///< `a link`, `a directory`, `a FIFO`...; empty: none of them
  int error = 0;        ///< errno when it could not be opened; 0: it could, or `instead` says more
};

/// One system call when nothing is there.
OpenedFile open_regular_file(const Path& path);

/// Machine::read_file: three system calls for a file of less than 16 KB.
FileRead read_file(const Path& path, const ReadOptions& options = {});

/// What a file of this st_mode is called, with its article: `a directory`.
std::string name_of_file_type(std::uint32_t mode);

}  // namespace bootcheck
