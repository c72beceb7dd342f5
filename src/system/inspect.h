// What files, folders and programs are to this process: for advice, never for deciding on rights.
#pragma once

#include "system/machine.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace bootcheck {

/// What stands at a path, links followed.
struct PathLook {
  bool exists = false;
  bool is_link = false;  ///< the path itself is one; where nothing `exists`, it leads nowhere
  bool is_directory = false;
  bool is_file = false;
  uid_t owner = 0;
  bool group_may_write = false;
  bool others_may_write = false;
  std::uint64_t hard_links = 0;
  bool may_write = false;      ///< this process may, into a folder as well
  bool may_execute = false;    ///< this process may
  bool is_read_only = false;   ///< its file system is
  std::uint64_t free_bytes{};  ///< on its file system, for others than root
  std::uint64_t free_files{};  ///< and how many more files; some file systems do not say: the most
  Path real;                   ///< every link resolved; empty where it does not exist
};

PathLook look_at(const Path& path);

/// What a folder holds, sorted; empty where it cannot be listed.
std::vector<Path> list_folder(const Path& folder);

/// Where a command is found in a PATH such as `/usr/bin:/bin`.
std::optional<Path> find_program(const std::string& name, std::string_view path);

/// Who holds the lock of a pass now, which is not taken for that; none: nobody.
std::optional<LockHolder> lock_holder(const Path& lock_file);

}  // namespace bootcheck
