// Where and as whom the workers of one application run.
#pragma once

#include "util/types.h"

#include <vector>

#include <sys/types.h>

namespace bootcheck {

struct App {
  uid_t uid = 0;  ///< the workers' user
  Path release;   ///< what `root` resolves to now: `/srv/shop/releases/7`
  /// The last link on the way to `root`, where it leads into a folder named `releases` beside it
  /// (Capistrano): `/srv/shop/current`; else empty, as are the next two.
  Path link;
  Path releases_folder;          ///< the folder of all releases
  Path below_release;            ///< the rest of `root` behind that link: `backend`; mostly empty
  std::vector<Path> remembered;  ///< releases that workers were started in
  std::vector<Path> neighbours;  ///< releases into which other links beside that one lead

  /// Whether a directory is the application's: in the present release, in one that is remembered,
  /// or in a sibling of the present one (removed ones included) that no other link claims.
  bool contains(const Path& directory) const;
  /// Whether a directory is the application's, but in another release than the present one.
  bool is_outdated(const Path& directory) const;

 private:
  bool is_sibling(const Path& directory) const;
};

/// Whether `directory` is `folder` or below it; both absolute and normal.
bool is_below(const Path& directory, const Path& folder);

}  // namespace bootcheck
