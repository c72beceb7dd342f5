// Paths of the configuration, below the root.
#include "config/policies.h"

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

TEST(PathsBelowTheRoot, AreNormal) {
  const std::pair<const char*, const char*> rows[] = {
      {"tmp/pids/a.pid", "/srv/shop/current/tmp/pids/a.pid"},
      {"/run/a.pid", "/run/a.pid"},
      {"./a", "/srv/shop/current/a"},
      {"tmp/./a", "/srv/shop/current/tmp/a"},
      {"tmp//a", "/srv/shop/current/tmp/a"},
      {"../shared/a", "/srv/shop/shared/a"},
      {"tmp/../a", "/srv/shop/current/a"},
      {"/run/..", "/"},
      {".hidden/.a", "/srv/shop/current/.hidden/.a"},
      {"...", "/srv/shop/current/..."},
      {"/", "/"},
  };
  for (const auto& [path, full] : rows)
    EXPECT_EQ(below("/srv/shop/current", path), Path(full)) << path;
}

// What is quick about it must not show.
TEST(PathsBelowTheRoot, AreWhatBoostMakesNormal) {
  const Path root = "/srv/shop";
  for (const std::string first : {"", "/", "a", ".a", ".", "..", "a/", "//a"}) {
    for (const std::string second : {"", "/b", "/.b", "/.", "/..", "//b", "/b/"}) {
      const Path path = first + second;
      const auto full = path.is_absolute() ? path : root / path;
      EXPECT_EQ(below(root, path).native(), full.lexically_normal().native()) << path;
    }
  }
}

}  // namespace
}  // namespace bootcheck
