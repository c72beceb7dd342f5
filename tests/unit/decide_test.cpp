// Who decides, by the owners and modes along the way.
#include "rights/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace bootcheck
