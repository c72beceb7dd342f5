// What of the caller reaches the workers.
#include "process/rights_test.h"

namespace bootcheck::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class RightsEnvironment : public RightsTest {
 protected:
  RightsEnvironment() {
    app_.script("bin/feed", "umask\nulimit -n\nexec sleep 1000");
    app_.configure(
        "workers: [{name: feed, start: [bin/feed], foreground: true, pid_file: tmp/pids/feed.pid,\n"
        "  process_title: sleep 1000}]\nenv: {ADDED: here}\n");
  }

  Finished pass(const std::string& before) const {
    return shell(before + " SECRET=x SSH_AUTH_SOCK=/s LC_ALL=C.UTF-8 SUDO_USER=anna exec '" +
                 bootcheck_binary() + "' -C '" + app_.root().native() + "'");
  }
};

TEST_F(RightsEnvironment, OfRootReachesNobodyElsesWorkers) {
  if (!is_root_or_rerun()) return;
  give_to("daemon");
  const auto finished = pass("umask 0;");
  ASSERT_EQ(finished.status, 0) << finished.err;
  const auto env = environment_of(feed());
  EXPECT_THAT(env, Not(HasSubstr("SECRET")));
  EXPECT_THAT(env, Not(HasSubstr("SSH_AUTH_SOCK")));
  EXPECT_THAT(env, HasSubstr("\nLC_ALL=C.UTF-8\n"));
  EXPECT_THAT(env, HasSubstr("\nHOME=/usr/sbin\n"));
  EXPECT_THAT(env, HasSubstr("\nUSER=daemon\n"));
  EXPECT_THAT(env, HasSubstr("\nLOGNAME=daemon\n"));
  EXPECT_THAT(env, HasSubstr("\nSHELL=/usr/sbin/nologin\n"));
  EXPECT_THAT(env, HasSubstr("\nADDED=here\n"));
  EXPECT_THAT(app_.output("feed"), HasSubstr("0022\n"));
  EXPECT_EQ(owner_and_mode(app_.root() / "tmp/pids"), "daemon 755");
}

TEST_F(RightsEnvironment, IsInheritedWhereTheUserStaysTheSame) {
  if (!is_root_or_rerun()) return;
  ASSERT_EQ(pass("umask 027; ulimit -n 1000;").status, 0);
  EXPECT_THAT(environment_of(feed()), HasSubstr("\nSECRET=x\n"));
  EXPECT_EQ(app_.output("feed"), "0027\n1000\n");
}

TEST_F(RightsEnvironment, WhoTypedTheCommandIsRemembered) {
  if (!is_root_or_rerun()) return;
  give_to("daemon");
  const auto stop = " exec '" + bootcheck_binary() + "' -C '" + app_.root().native() + "' stop";
  EXPECT_EQ(shell("SUDO_USER=anna" + stop).status, 0);
  EXPECT_THAT(app_.bootcheck({"status"}).out, HasSubstr("anna"));
}

}  // namespace
}  // namespace bootcheck::test
