// What happens to a child between vfork(2) and execve(2), and what it needs prepared for that.
#pragma once

#include "system/launches.h"
#include "util/unique_fd.h"

#include <string>
#include <vector>

namespace bootcheck {

/// Opens a command's output, a regular file or /dev/null, for appending and makes its folder. Never
/// waits for anybody. Throws std::system_error naming the path.
UniqueFd open_output(const Path& path);

/// What a child could not do.
enum class ChildStep { become_program, set_up, be_its_user, write_pid_file, change_directory };

/// The launcher carries one number from the child to its parent: a step and an errno in one.
struct ChildFailure {
  ChildStep step = ChildStep::become_program;
  int error = 0;

  static ChildFailure unpack(int number);
  int pack() const;
};

/// Everything a child needs, made before the fork: behind it only async-signal-safe calls are
/// allowed (signal-safety(7)), and what is written in memory is written in the parent's.
class ChildPlan {
 public:
  /// Opens the input and the output, looks argv[0] up in the child's PATH. Throws std::system_error
  /// naming the path.
  explicit ChildPlan(const LaunchRequest& request);

  const std::string& program() const { return program_; }
  /// Our end of its stdin, where it converses; the text is on its way.
  UniqueFd take_conversation() { return std::move(conversation_); }
  const char* const* env() const { return env_pointers_.data(); }

  /// In the child, in this order: session, signals, descriptors, a look at its ids, limits,
  /// directory, pid file.
  /// Returns 0 or a ChildFailure as a number.
  int enter() noexcept;

  /// In the child that could not become its program: takes its pid file away again.
  void leave() const noexcept;

 private:
  int write_pid_file() noexcept;

  const LaunchRequest& request_;
  UniqueFd conversation_;
  UniqueFd input_;
  UniqueFd output_;
  std::string program_;
  std::vector<std::string> env_;
  std::vector<const char*> env_pointers_;
  std::string temporary_;             ///< its own pid is put behind that
  std::size_t temporary_length_ = 0;  ///< without the pid
};

}  // namespace bootcheck
