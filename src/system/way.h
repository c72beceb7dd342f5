// The way from / to a path, seen one step at a time and without opening anything.
#pragma once

#include "util/types.h"

#include <optional>
#include <vector>

#include <sys/types.h>

namespace bootcheck {

/// What stands at one step: `/`, a folder, a link, or what the path leads to.
struct WayStep {
  Path path;  ///< as it was reached: no link is left in the folders before the last one
  uid_t owner;
  bool group_may_write;  ///< never so of a link, which has no rights of its own
  bool others_may_write;
  bool is_folder;
  bool is_sticky;  ///< a folder in which one can remove only what is one's own
};

struct Way {
  std::vector<WayStep> steps;  ///< `/` first; behind a link come the steps to where it leads
  bool is_complete = false;    ///< false: it ends behind the last step, where nothing stands yet
};

/// Follows an absolute path, links step by step, up to the first thing that is not root's: what
/// lies behind that is another's to arrange, and is not looked at. Each step is held by a
/// descriptor that gives no access to its contents (O_PATH, open(2)), and the next is looked up
/// below that and not by name again. Throws std::system_error naming the step that cannot be looked
/// at (links in a circle, a file where a folder should be).
Way look_along(const Path& path);

/// Whose the file itself is, a link as well; none: there is no such file, or nobody can tell.
std::optional<uid_t> owner_of(const Path& path);

}  // namespace bootcheck
