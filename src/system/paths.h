// Where paths really lead.
#pragma once

#include "model/worker.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace bootcheck {

/// Makes `path` the working directory and returns where that is, every link resolved. Throws
/// std::system_error naming the path.
Path enter_directory(const Path& path);

/// Where the other symbolic links in the folder of `link` lead, but for those that lead where it
/// does itself, or nowhere.
std::vector<Path> targets_beside(const Path& link);

/// Whether `path` itself is a symbolic link (its folder may be one).
bool is_link(const Path& path);

/// The modification time in ns since the epoch; 0 when there is no such file.
std::int64_t modification_time(const Path& path);

/// A file `<pid_file>.draining.<pid>` of a worker that was surged away.
struct SetAsideFile {
  Path pid_file;
  pid_t pid = 0;
};

/// What a pid folder holds besides the pid files one asks for.
struct PidFolder {
  std::vector<SetAsideFile> set_aside;
  std::vector<Path> pid_files;  ///< every `*.pid`
};

/// Empty when it cannot be listed.
PidFolder list_pid_folder(const Path& folder);

}  // namespace bootcheck
