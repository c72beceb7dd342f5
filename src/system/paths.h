// Where paths really lead.
#pragma once

#include "system/machine.h"

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

/// stat(2): where a path leads; none: nowhere.
std::optional<FileStatus> file_status(const Path& path);

/// stat(2): when what a path leads to was modified, ns since the epoch; 0: nowhere; none: it cannot
/// be looked at.
std::optional<std::int64_t> modification_time(const Path& path);

/// Empty when it cannot be listed.
PidFolder list_pid_folder(const Path& folder);

}  // namespace bootcheck
