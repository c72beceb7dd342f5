// The lock of a pass: an exclusive flock(2) on a file beside the pid files. The file is never unlinked: a lock on an
// unlinked file excludes nobody.
#pragma once

#include <optional>
#include <variant>

#include <sys/types.h>

#include "model/state.h"
#include "system/unique_fd.h"

namespace bootcheck {

/// Who holds the lock: found through /proc/locks, so that a pass need not write its name anywhere.
struct LockHolder {
  pid_t pid = 0;                  ///< 0: could not be found
  Duration held_for{0};           ///< since it took the lock (the lock file's mtime)
};

/// Held from take_lock to the end of its life.
class Lock {
 public:
  Lock(UniqueFd fd, std::optional<WallTime> last_pass) : fd_(std::move(fd)), last_pass_(last_pass) {}

  /// When the pass before this one took the lock (the file's mtime before it was touched); none: the file is new.
  std::optional<WallTime> last_pass() const { return last_pass_; }

 private:
  UniqueFd fd_;
  std::optional<WallTime> last_pass_;
};

/// Opens (creating it and its folder) and locks the file, waiting up to `wait`; touches its mtime. O_CLOEXEC: a daemon
/// that inherited the descriptor would hold the lock for ever. Throws std::system_error naming the path when the file
/// cannot be opened (a link in its place is refused).
std::variant<Lock, LockHolder> take_lock(const Path& path, Duration wait);

}  // namespace bootcheck
