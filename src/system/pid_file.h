// Pid files, from hostile folders too: never follows a link out, never blocks on a FIFO, reads no
// more than it needs.
#pragma once

#include "system/machine.h"

#include <string_view>
#include <vector>

namespace bootcheck {

/// "123\n" is pid 123; anything else that is not one number greater than 1 is garbage.
PidFile parse_pid_file(std::string_view text);

/// Reads a pid file. A directory, FIFO, device or dangling link is garbage; no permission is
/// UnreadablePidFile.
PidFile read_pid_file(const Path& path);

/// Writes "PID\n" to a temporary file in the same folder and renames it. Throws std::system_error
/// naming the path.
void write_pid_file(const Path& path, pid_t pid);

/// Removes the pid file if it still says what was observed (`expected` pid, or garbage when 0);
/// whether it did. An empty folder in its place goes as well. Throws std::system_error naming the
/// path, also for a folder that is not empty.
bool remove_pid_file(const Path& path, pid_t expected);

/// Moves the pid file aside to `<path>.draining.<pid>`, so that a successor can start under the
/// same identifier while the old process finishes its job. Throws std::system_error naming the
/// path.
void set_aside_pid_file(const Path& path, pid_t pid);

}  // namespace bootcheck
