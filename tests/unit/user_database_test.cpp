#include "system/user_database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const char* const kPasswd =
    "root:x:0:0:root:/root:/bin/bash\n"
    "# deploy:x:1:1::/:/bin/sh\n"
    "broken:x:many:1::/:/bin/sh\n"
    "nobody:x:4294967295:1::/:/bin/sh\n"
    "short:x:5:5\n"
    "deploy:x:1001:1002:Deploy,,,:/home/deploy:/bin/sh\n"
    "deploy:x:1003:1003:again:/:/bin/false";

TEST(ParsePasswd, FindsTheFirstEntryOfANameOrAUid) {
  for (const char* key : {"deploy", "1001"}) {
    const auto user = parse_passwd(kPasswd, key);
    ASSERT_TRUE(user) << key;
    EXPECT_EQ(user->name, "deploy");
    EXPECT_EQ(user->uid, 1001U);
    EXPECT_EQ(user->gid, 1002U);
    EXPECT_EQ(user->home, "/home/deploy");
    EXPECT_EQ(user->shell, "/bin/sh");
  }
}

TEST(ParsePasswd, FindsNobodyInBrokenLinesOrByHalfAName) {
  for (const char* key : {"broken", "short", "dep", "deploy:x", "", "1002", "Deploy,,,", "nobody",
                          "4294967295", "-1"})
    EXPECT_FALSE(parse_passwd(kPasswd, key)) << key;
  EXPECT_FALSE(parse_passwd("", "root"));
}

TEST(ParseInitgroups, TakesTheNumbersBehindTheName) {
  EXPECT_THAT(parse_initgroups("deploy                4 110 50000\n"), ElementsAre(4, 110, 50000));
  EXPECT_THAT(parse_initgroups("deploy   \n"), IsEmpty());
  EXPECT_THAT(parse_initgroups("deploy 4\n5 6"), ElementsAre(4));
}

TEST(FindUser, KnowsRootByNameAndNumber) {
  for (const char* key : {"root", "0"}) {
    const auto root = find_user(key);
    ASSERT_TRUE(root) << key;
    EXPECT_EQ(root->name(), "root");
    EXPECT_EQ(root->uid(), 0U);
    EXPECT_THAT(root->groups(), testing::Contains(0U));
  }
}

TEST(FindUser, FindsNobodyByWhatIsNoName) {
  for (const char* key : {"", "no-such-user", "--help", "a b", "root:x", "root\n", "-s"})
    EXPECT_FALSE(find_user(key)) << key;
}

}  // namespace
}  // namespace bootcheck
