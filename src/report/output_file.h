// A file that is being written: the owner of its descriptor. Failures come back as text, since a
// log or metrics that cannot be written must never keep a worker from starting.
#pragma once

#include "model/worker.h"

#include <optional>
#include <string>
#include <string_view>

namespace bootcheck {

class OutputFile {
 public:
  OutputFile() = default;
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  /// Opens `path` for writing with `flags` of open(2) besides O_WRONLY, O_CREAT and O_CLOEXEC; a
  /// new file gets mode 0640 less the umask. Never waits: a FIFO that nobody reads is an error.
  /// Returns what failed, if something did.
  std::optional<std::string> open(const Path& path, int flags);
  bool is_open() const { return descriptor_ >= 0; }

  /// Writes all of `text`: with one write(2), unless the kernel takes less at a time.
  std::optional<std::string> write(std::string_view text);

  /// Sets the mode of the file whatever the umask is.
  std::optional<std::string> set_mode(unsigned mode);

 private:
  std::optional<std::string> failure(std::string_view action) const;

  int descriptor_ = -1;
  Path path_;
};

}  // namespace bootcheck
