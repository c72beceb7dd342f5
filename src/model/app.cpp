#include "model/app.h"

#include <algorithm>

namespace bootcheck {

bool is_below(const Path& directory, const Path& folder) {
  const std::string& inner = directory.native();
  const std::string& outer = folder.native();
  if (outer.empty() || !inner.starts_with(outer)) return false;
  return inner.size() == outer.size() || outer.back() == '/' || inner[outer.size()] == '/';
}

bool App::is_sibling(const Path& directory) const {
  if (directory == releases_folder || !is_below(directory, releases_folder)) return false;
  const auto inside = directory.lexically_relative(releases_folder);
  auto sibling = releases_folder / *inside.begin();
  const auto is_inside = [&](const Path& neighbour) { return is_below(sibling, neighbour); };
  if (std::ranges::any_of(neighbours, is_inside)) return false;
  if (!below_release.empty()) sibling /= below_release;
  return is_below(directory, sibling);
}

bool App::contains(const Path& directory) const {
  const auto holds = [&](const Path& folder) { return is_below(directory, folder); };
  return holds(release) || std::ranges::any_of(remembered, holds) || is_sibling(directory);
}

bool App::is_outdated(const Path& directory) const {
  return contains(directory) && !is_below(directory, release);
}

}  // namespace bootcheck
