// Files, folders and links made of values, for machines that are.
#pragma once

#include "system/machine.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace bootcheck {

/// What does not say otherwise follows links.
class MemoryFiles {
 public:
  struct File {
    std::string text;
    Duration modified{0};  ///< since the epoch
  };

  /// A folder and those that lead to it.
  void add_folder(const Path& path);
  /// The folder and all that is in it.
  void remove_folder(const Path& path);
  /// Whatever was there, a link too; makes its folder.
  void put(const Path& path, std::string text, Duration modified);
  /// Whether there was such a file.
  bool erase(const Path& path);

  Path resolved(const Path& path) const;
  bool is_folder(const Path& path) const { return folders.contains(resolved(path).native()); }
  /// Null: there is none.
  const File* find(const Path& path) const;

  // --- as Machine says
  FileRead read(const Path& path, const ReadOptions& options) const;
  std::optional<FileStatus> status(const Path& path) const;
  std::int64_t modification_time(const Path& path) const;  ///< 0: there is no such file
  bool is_link(const Path& path) const;
  Path enter(const Path& path) const;
  std::vector<Path> targets_beside(const Path& link) const;
  PidFile read_pid_file(const Path& path) const;
  bool remove_pid_file(const Path& path, pid_t expected);
  PidFolder list_pid_folder(const Path& folder) const;

  std::map<std::string, std::string> links;  ///< path and where it leads
  std::map<std::string, File> files;         ///< by resolved path
  std::set<std::string> folders = {"/"};     ///< resolved

 private:
  /// Every link on the way followed, but not the last.
  Path place_of(const Path& path) const;
};

}  // namespace bootcheck
