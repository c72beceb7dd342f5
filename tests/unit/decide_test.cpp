// Who decides, by the owners and modes along the way.
#include "rights/decide.h"

#include "support/temp_dir.h"

#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace bootcheck {
namespace {

using testing::HasSubstr;

enum Kind { link, file, folder, sticky_folder };

/// `loose`: `g`, `o` or both may write.
WayStep step(const char* path, uid_t owner, Kind kind = folder, std::string_view loose = "") {
  return {.path = path,
          .owner = owner,
          .group_may_write = loose.find('g') != loose.npos,
          .others_may_write = loose.find('o') != loose.npos,
          .is_folder = kind == folder || kind == sticky_folder,
          .is_sticky = kind == sticky_folder};
}

Way way(std::vector<WayStep> steps, bool is_complete = true) {
  return {.steps = std::move(steps), .is_complete = is_complete};
}

/// `root`, `uid 7 at /srv/shop`, or why nobody does.
std::string words(const Decider& decision) {
  if (const auto* owner = std::get_if<OwnerDecides>(&decision))
    return "uid " + std::to_string(owner->owner) + " at " + owner->step.native();
  if (const auto* undecided = std::get_if<Undecided>(&decision)) return undecided->why;
  return "root";
}

TEST(WhoDecides, RootWhereAllIsRoots) {
  EXPECT_EQ(words(who_decides(way({step("/", 0), step("/etc", 0), step("/etc/x.yml", 0, file)}))),
            "root");
  EXPECT_EQ(words(who_decides(way({step("/", 0), step("/etc", 0)}, false))), "root");
}

TEST(WhoDecides, TheFirstWhoIsNotRoot) {
  EXPECT_EQ(
      words(who_decides(way({step("/", 0), step("/srv", 0), step("/srv/shop", 7, folder, "go"),
                             step("/srv/shop/x", 0, file)}))),
      "uid 7 at /srv/shop");
  EXPECT_EQ(words(who_decides(way({step("/", 9)}))), "uid 9 at /");
  EXPECT_EQ(words(who_decides(way(
                {step("/", 0), step("/tmp", 0, sticky_folder, "go"), step("/tmp/x", 7, link)}))),
            "uid 7 at /tmp/x");
}

TEST(WhoDecides, ALinkOfRootsIsAsGoodAsWhatItLeadsTo) {
  EXPECT_EQ(
      words(who_decides(way({step("/", 0), step("/etc/x", 0, link), step("/srv/x", 7, file)}))),
      "uid 7 at /srv/x");
  EXPECT_EQ(words(who_decides(way({step("/", 0), step("/x", 0, link), step("/y", 0, file)}))),
            "root");
}

TEST(WhoDecides, NobodyWhereOthersMayWrite) {
  for (const char* loose : {"g", "o", "go"}) {
    EXPECT_THAT(words(who_decides(
                    way({step("/", 0), step("/srv", 0, folder, loose), step("/srv/x", 7, file)}))),
                HasSubstr("chmod go-w /srv"));
    EXPECT_THAT(words(who_decides(way({step("/", 0), step("/x.yml", 0, file, loose)}))),
                HasSubstr("chmod go-w /x.yml"));
  }
}

TEST(WhoDecides, RootInAFolderWithTheStickyBitIfItIsThere) {
  const auto tmp = step("/tmp", 0, sticky_folder, "go");
  EXPECT_EQ(words(who_decides(way({step("/", 0), tmp, step("/tmp/x", 0)}))), "root");
  EXPECT_EQ(words(who_decides(way({step("/", 0), tmp, step("/tmp/x", 0)}, false))), "root");
  EXPECT_THAT(words(who_decides(way({step("/", 0), tmp}, false))), HasSubstr("/tmp"));
}

std::vector<std::string> paths(const Way& way) {
  std::vector<std::string> all;
  for (const auto& step : way.steps)
    all.push_back(step.path.native());
  return all;
}

/// Root's folders, so that the way goes on: the tests of rights run these as root.
class LookAlong : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only what is root's is looked behind";
  }
  Path here(const char* name) const { return scratch_.path() / name; }

  test::TempDir scratch_;
};

TEST_F(LookAlong, TakesLinksStepByStep) {
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
  const auto seen = look_along(here("gone/config/bootcheck.yml"));
  EXPECT_FALSE(seen.is_complete);
  EXPECT_EQ(seen.steps.back().path, scratch_.path());
}

TEST_F(LookAlong, StopsBehindTheFirstThatIsNotRoots) {
  boost::filesystem::create_directories(here("theirs/below"));
  ASSERT_EQ(::chown(here("theirs").c_str(), 1, 1), 0);
  EXPECT_EQ(look_along(here("theirs/below")).steps.back().path, here("theirs"));
  boost::filesystem::create_symlink("/etc/shadow", here("link"));
  ASSERT_EQ(::lchown(here("link").c_str(), 1, 1), 0);
  EXPECT_EQ(look_along(here("link")).steps.back().path, here("link"));
}

TEST_F(LookAlong, GoesNotInCircles) {
  boost::filesystem::create_symlink("circle", here("circle"));
  EXPECT_THROW(look_along(here("circle")), std::system_error);
}

}  // namespace
}  // namespace bootcheck
