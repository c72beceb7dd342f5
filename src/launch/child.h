// What happens to a child between fork(2) and execve(2), and what it needs prepared for that.
#pragma once

#include "launch/launch.h"
#include "util/unique_fd.h"

#include <string>
#include <vector>

namespace bootcheck {

/// Opens a command's output for appending and makes its folder. Throws std::system_error naming the
/// path.
UniqueFd open_output(const Path& path);

/// Everything a child needs, made before the fork: behind it only async-signal-safe calls are
/// allowed (signal-safety(7)).
class ChildPlan {
 public:
  /// Opens the input and the output, looks argv[0] up in the child's PATH. Throws std::system_error
  /// naming the path.
  explicit ChildPlan(const LaunchRequest& request);

  const std::string& program() const { return program_; }
  const char* const* env() const { return env_pointers_.data(); }

  /// In the child, in this order: session, signals, descriptors, a look at its ids, limits,
  /// directory.
  /// Returns 0 or an errno.
  int enter() const noexcept;

 private:
  const LaunchRequest& request_;
  UniqueFd input_;
  UniqueFd output_;
  std::string program_;
  std::vector<std::string> env_;
  std::vector<const char*> env_pointers_;
};

}  // namespace bootcheck
