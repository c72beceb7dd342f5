// The lock of a pass: an exclusive flock(2) on a file beside the pid files. The file is never
// unlinked: a lock on an unlinked file excludes nobody.
#pragma once

#include "system/machine.h"
#include "util/unique_fd.h"

#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include <sys/types.h>

namespace bootcheck {

/// Who holds an exclusive flock on this file, by the text of /proc/locks (proc(5)).
std::optional<pid_t> parse_locks(std::string_view text, dev_t device, ino_t inode);

/// Held from take_lock to the end of its life.
class Lock {
 public:
  Lock(UniqueFd fd, std::optional<WallTime> last_pass)
      : fd_(std::move(fd)), last_pass_(last_pass) {}

  /// When the pass before this one took the lock (the file's mtime before it was touched); none:
  /// the file is new.
  std::optional<WallTime> last_pass() const { return last_pass_; }

 private:
  UniqueFd fd_;
  std::optional<WallTime> last_pass_;
};

/// Opens (creating it and its folder) and locks the file, waiting up to `wait`; touches its mtime.
/// O_CLOEXEC: a daemon that inherited the descriptor would hold the lock for ever. Throws
/// std::system_error naming the path when the file cannot be opened (a link in its place is
/// refused). The holder is found through /proc/locks: no pass has to write its name anywhere.
std::variant<Lock, LockHolder> take_lock(const Path& path, Duration wait);

}  // namespace bootcheck
