// Files, folders and links made of values, for machines that are.
#pragma once

#include "system/machine.h"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
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
  /// The link leads there from now on; empty, or where it has led before.
  Path link(const Path& path, const Path& target);
  /// Becomes another number with each change of a file, a folder or a link.
  std::uint64_t changes() const { return changes_; }

  /// Until a link changes.
  const Path& resolved(const Path& path) const { return where(path).end; }
  bool is_folder(const Path& path) const { return folders_.contains(resolved(path).native()); }
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

 private:
  /// What a path leads to, with every link on the way followed.
  struct Where {
    Path place;  ///< but for the last
    Path end;    ///< and that one
  };

  const Where& where(const Path& path) const;
  const Path& place_of(const Path& path) const { return where(path).place; }
  Path follow(const Path& path) const;
  void links_changed();

  std::map<std::string, Path> links_;                ///< path and where it leads
  std::map<std::string, File> files_;                ///< by resolved path
  std::unordered_set<std::string> folders_ = {"/"};  ///< resolved, and each with those above it
  std::uint64_t changes_ = 0;
  /// What has been looked for since a link changed: most is looked for again and again.
  mutable std::unordered_map<std::string, Where> known_;
};

}  // namespace bootcheck
