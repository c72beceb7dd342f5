// Users, and the taking on of their rights.
#include "process/as_root.h"
#include "process/forked.h"
#include "system/user.h"
#include "util/unique_fd.h"

#include <system_error>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <grp.h>
#include <unistd.h>

namespace bootcheck {
namespace {

using testing::Contains;
using testing::HasSubstr;

User somebody() {
  return {.name = "somebody",
          .uid = 65534,
          .gid = 65533,
          .groups = {65533, 65000},
          .home = {},
          .shell = {}};
}

std::vector<gid_t> groups_now() {
  std::vector<gid_t> groups(static_cast<std::size_t>(::getgroups(0, nullptr)));
  if (!groups.empty()) ::getgroups(static_cast<int>(groups.size()), groups.data());
  return groups;
}

TEST(Users, AreFoundByName) {
  const auto root = find_user("root");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->uid, 0U);
  EXPECT_EQ(root->gid, 0U);
  EXPECT_EQ(root->home, "/root");
  EXPECT_FALSE(root->shell.empty());
  EXPECT_THAT(root->groups, Contains(0U));
}

TEST(Users, ThatDoNotExistAreNone) {
  EXPECT_FALSE(find_user("no such user"));
  EXPECT_FALSE(find_user(""));
}

TEST(ActingAs, OneselfChangesNothing) {
  const auto groups = groups_now();
  User self_user;
  self_user.uid = ::geteuid();
  self_user.gid = ::getegid();
  const ActingAs self(self_user);
  EXPECT_EQ(groups_now(), groups);
}

TEST(ActingAs, AUserHasItsRightsAndNoOthers) {
  if (!is_root_or_rerun()) return;
  const auto groups = groups_now();
  {
    const ActingAs acting(somebody());
    EXPECT_EQ(::geteuid(), 65534U);
    EXPECT_EQ(::getegid(), 65533U);
    EXPECT_THAT(groups_now(), testing::UnorderedElementsAre(65533U, 65000U));
    EXPECT_FALSE(UniqueFd(::open("/etc/shadow", O_RDONLY | O_CLOEXEC)));
  }
  EXPECT_EQ(::geteuid(), 0U);
  EXPECT_EQ(::getegid(), 0U);
  EXPECT_EQ(groups_now(), groups);
  EXPECT_TRUE(UniqueFd(::open("/etc/shadow", O_RDONLY | O_CLOEXEC)));
}

TEST(ActingAs, AnotherIsForRootOnly) {
  if (!is_root_or_rerun()) return;
  Forked child([](const Forked::Ready& ready) {
    ready.say();
    if (::setresgid(65534, 65534, 65534) != 0 || ::setresuid(65534, 65534, 65534) != 0) return 1;
    try {
      const ActingAs acting(
          {.name = "deploy", .uid = 1000, .gid = 1000, .groups = {}, .home = {}, .shell = {}});
    } catch (const std::system_error& error) {
      const std::string message = error.what();
      return message.find("deploy (uid 1000)") != std::string::npos ? 0 : 2;
    }
    return 3;
  });
  EXPECT_EQ(child.wait(), 0);
}

}  // namespace
}  // namespace bootcheck
