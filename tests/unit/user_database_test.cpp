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
    "short:x:5:5\n"
    "deploy:x:1001:1002:Deploy,,,:/home/deploy:/bin/sh\n"
    "deploy:x:1003:1003:again:/:/bin/false";

TEST(ParsePasswd, FindsTheFirstEntryOfAName) {
  const auto user = parse_passwd(kPasswd, "deploy");
  ASSERT_TRUE(user);
  EXPECT_EQ(user->uid, 1001U);
  EXPECT_EQ(user->gid, 1002U);
  EXPECT_EQ(user->home, "/home/deploy");
  EXPECT_EQ(user->shell, "/bin/sh");
}

TEST(ParsePasswd, FindsNobodyInBrokenLinesOrByHalfAName) {
  for (const char* name : {"broken", "short", "dep", "deploy:x", "", "1001", "Deploy,,,"})
    EXPECT_FALSE(parse_passwd(kPasswd, name)) << name;
  EXPECT_FALSE(parse_passwd("", "root"));
}

TEST(ParseGroups, FindsThoseThatNameTheMember) {
  const auto* text =
      "root:x:0:\nadm:x:4:syslog,deploy\nwww:x:33:deployer\nssl:x:110:deploy\nbad:x:y:deploy\n";
  EXPECT_THAT(parse_groups(text, "deploy"), ElementsAre(4, 110));
  EXPECT_THAT(parse_groups(text, "nobody"), IsEmpty());
}

TEST(ParseInitgroups, TakesTheNumbersBehindTheName) {
  EXPECT_THAT(parse_initgroups("deploy                4 110 50000\n"), ElementsAre(4, 110, 50000));
  EXPECT_THAT(parse_initgroups("deploy   \n"), IsEmpty());
}

TEST(FilesKnowAllGroups, UnlessAnotherServiceIsNamed) {
  EXPECT_TRUE(files_know_all_groups(""));
  EXPECT_TRUE(files_know_all_groups("passwd: files ldap\ngroup:  files systemd\n"));
  EXPECT_TRUE(files_know_all_groups("group: files [SUCCESS=merge] systemd # not ldap\n"));
  EXPECT_FALSE(files_know_all_groups("group: files sss\n"));
  EXPECT_FALSE(files_know_all_groups("group: files\ninitgroups: ldap\n"));
}

}  // namespace
}  // namespace bootcheck
