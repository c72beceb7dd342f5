// A file that others append to, read as it grows.
#pragma once

#include "system/machine.h"

#include <cstddef>
#include <cstdint>
#include <string>

namespace bootcheck {

/// Gives each byte once, also where the file is cut off, or moved to NAME.1 and begun anew, as log
/// rotation does.
class FollowedFile {
 public:
  FollowedFile(Machine& machine, Path path);

  const Path& path() const { return path_; }
  bool is_there() const { return is_there_; }
  /// Why it cannot be read; empty: it can, or is not there.
  const std::string& trouble() const { return trouble_; }

  /// The last lines that it holds now, of at most 16 MB; read() goes on behind them.
  std::string last_lines(std::size_t lines);

  /// What was written since, as far as it fits; empty: nothing.
  std::string read();

 private:
  std::string take(const Path& path, std::uint64_t offset);
  std::string rest_of_rotated();

  Machine& machine_;
  Path path_;
  bool is_there_ = false;
  std::string trouble_;
  std::uint64_t inode_ = 0;
  std::uint64_t offset_ = 0;
};

}  // namespace bootcheck
