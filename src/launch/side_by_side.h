// Several tasks at a time, each in a process of its own.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace bootcheck {

/// Forks once for each task and waits for all. Returns what each returned: its exit status, or 128
/// and the number of the signal that ended it. A task must not throw. Throws
/// std::system_error when fork(2) fails.
std::vector<int> side_by_side(const std::vector<std::function<int()>>& tasks);

/// How a task has ended, and what it printed meanwhile.
struct TaskEnd {
  int status = 0;
  std::string out;
  std::string err;
};

/// The same, and nothing of what they print gets out.
std::vector<TaskEnd> side_by_side_in_silence(const std::vector<std::function<int()>>& tasks);

}  // namespace bootcheck
