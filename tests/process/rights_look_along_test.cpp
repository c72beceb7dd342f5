// The way to a configuration, step by step, where root looks along it.
#include "process/as_root.h"
#include "rights/decide.h"
#include "support/temp_dir.h"

#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>

namespace bootcheck::test {
namespace {

std::vector<std::string> paths(const Way& way) {
  std::vector<std::string> all;
  for (const auto& step : way.steps)
    all.push_back(step.path.native());
  return all;
}

/// Only what is root's is looked behind.
class LookAlong : public testing::Test {
 protected:
  Path here(const char* name) const { return scratch_.path() / name; }

  TempDir scratch_;
};

TEST_F(LookAlong, TakesLinksStepByStep) {
  if (!is_root_or_rerun()) return;
  boost::filesystem::create_directories(here("a/b"));
  boost::filesystem::create_symlink("../c", here("a/link"));
  boost::filesystem::create_directories(here("c"));
  boost::filesystem::create_symlink(here("a/b"), here("c/away"));
  const auto seen = look_along(here("a/link/away"));
  EXPECT_TRUE(seen.is_complete);
  const auto all = paths(seen);
  const std::vector<std::string> end(all.end() - 2, all.end());
  EXPECT_EQ(end, (std::vector<std::string>{here("a").native(), here("a/b").native()}));
  EXPECT_THAT(all, testing::IsSupersetOf({here("a/link").native(), here("c/away").native()}));
}

TEST_F(LookAlong, StopsWhereNothingIs) {
  if (!is_root_or_rerun()) return;
  const auto seen = look_along(here("gone/config/bootcheck.yml"));
  EXPECT_FALSE(seen.is_complete);
  EXPECT_EQ(seen.steps.back().path, scratch_.path());
}

TEST_F(LookAlong, StopsBehindTheFirstThatIsNotRoots) {
  if (!is_root_or_rerun()) return;
  boost::filesystem::create_directories(here("theirs/below"));
  ASSERT_EQ(::chown(here("theirs").c_str(), 1, 1), 0);
  EXPECT_EQ(look_along(here("theirs/below")).steps.back().path, here("theirs"));
  boost::filesystem::create_symlink("/etc/shadow", here("link"));
  ASSERT_EQ(::lchown(here("link").c_str(), 1, 1), 0);
  EXPECT_EQ(look_along(here("link")).steps.back().path, here("link"));
}

TEST_F(LookAlong, GoesNotInCircles) {
  if (!is_root_or_rerun()) return;
  boost::filesystem::create_symlink("circle", here("circle"));
  EXPECT_THROW(look_along(here("circle")), std::system_error);
}

}  // namespace
}  // namespace bootcheck::test
