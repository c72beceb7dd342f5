// An exclusive flock(2) on a file. Whoever unlinks or replaces the file has to hold the lock: a
// lock on an unlinked file excludes nobody, so those who waited for it look whether it is still
// there.
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
  Lock(UniqueFd fd, std::optional<WallTime> last_touched)
      : fd_(std::move(fd)), last_touched_(last_touched) {}

  /// The file's mtime when it was locked; none: the file is new.
  std::optional<WallTime> last_touched() const { return last_touched_; }
  /// Sets the file's mtime to now. It may fail: it only tells the next pass when this one was.
  void touch() const;

 private:
  UniqueFd fd_;
  std::optional<WallTime> last_touched_;
};

/// Opens (creating it and its folder) and locks the file, waiting up to `wait`.
/// O_CLOEXEC: a daemon that inherited the descriptor would hold the lock for ever. Throws
/// std::system_error naming the path when the file cannot be opened (a link in its place is
/// refused). The holder is found through /proc/locks: no pass has to write its name anywhere.
std::variant<Lock, LockHolder> take_lock(const Path& path, Duration wait);

}  // namespace bootcheck
