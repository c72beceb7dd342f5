// Several tasks at a time, each in a process of its own.
#pragma once

#include <functional>
#include <vector>

namespace bootcheck {

/// Forks once for each task and waits for all. Returns what each returned: its exit status, or 128
/// and the number of the signal that ended it. A task must not throw. Throws
/// std::system_error when fork(2) fails.
std::vector<int> side_by_side(const std::vector<std::function<int()>>& tasks);

}  // namespace bootcheck
