// Where paths really lead.
#pragma once

#include "model/worker.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace bootcheck {

/// The directory that `path` leads to, every link resolved. Throws std::system_error naming the
/// path.
Path resolve_directory(const Path& path);

/// Whether `path` itself is a symbolic link (its folder may be one).
bool is_link(const Path& path);

/// The modification time in ns since the epoch; 0 when there is no such file.
std::int64_t modification_time(const Path& path);

/// A file `<pid_file>.draining.<pid>` of a worker that was surged away.
struct SetAsideFile {
  Path pid_file;
  pid_t pid = 0;
};

/// Those in one folder; none when it cannot be listed.
std::vector<SetAsideFile> list_set_aside(const Path& folder);

}  // namespace bootcheck
