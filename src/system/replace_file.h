// Writing files that others may read at any moment.
#pragma once

#include "system/machine.h"

#include <string_view>

#include <sys/types.h>

namespace bootcheck {

/// Writes a temporary file `.NAME.bootcheck.PID` in the same folder (which is created) and renames
/// it, so that a reader sees the old text or the new one. `mode` is less the umask. Nothing is left
/// behind when that fails. Throws std::system_error naming the path.
void replace_file(const Path& path, std::string_view text, Durability durability,
                  mode_t mode = 0644);

/// The same with mode 0644 whatever the umask is; no folder is created.
void publish_file(const Path& path, std::string_view text);

/// Throws std::system_error naming the path. It may be gone already.
void remove_file(const Path& path);

/// Creates the folders that lead to a file. Throws std::system_error naming the folder.
void create_folder_of(const Path& path);

}  // namespace bootcheck
