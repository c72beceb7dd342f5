// Who decides as whom root's bootcheck works: the owner of what it is pointed at, never a text in a
// file of somebody else's.
#include "process/rights_test.h"

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class RightsOwner : public RightsTest {
 protected:
  /// A configuration of root's, outside of the application.
  fs::path roots_config(const std::string& more) const {
    const auto file = etc_.path() / "shop.yml";
    write_file(file, "root: " + app_.root().native() + "\nlauncher: direct\n" + kFeedOnly + more);
    return file;
  }

  TempDir etc_;
};

TEST_F(RightsOwner, AConfigurationIsRunAsWhomItBelongsTo) {
  if (!is_root_or_rerun()) return;
  app_.configure(kFeedOnly);
  give_to("daemon");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(users_of(feed()), "1 1 1 1");
  EXPECT_EQ(groups_of(feed()), "1 1 1 1");
  EXPECT_EQ(owner_and_mode(app_.root() / "tmp/pids/bootcheck.lock"), "daemon 600");
  EXPECT_EQ(owner_and_mode(app_.root() / "tmp/pids/bootcheck.state"), "daemon 640");
  EXPECT_EQ(owner_and_mode(app_.root() / "log/bootcheck.log"), "daemon 640");
  EXPECT_EQ(owner_and_mode(app_.root() / "log/feed.start.log"), "daemon 640");
  EXPECT_EQ(owner_and_mode(app_.root() / "tmp/pids"), "daemon 755");
}

TEST_F(RightsOwner, ARestartTypedByRootIsTheUsersRestart) {
  if (!is_root_or_rerun()) return;
  app_.configure(kFeedOnly);
  give_to("daemon");
  ASSERT_EQ(app_.bootcheck().status, 0);
  const auto before = feed();
  const auto finished = app_.bootcheck({"restart", "--wait=20s"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_NE(feed(), before);
  EXPECT_EQ(users_of(feed()), "1 1 1 1");
}

TEST_F(RightsOwner, AConfigurationOfAUserCannotNameAnother) {
  if (!is_root_or_rerun()) return;
  for (const std::string user : {"root", "0", "0:0", "0:1", "bin", "no-such-user"}) {
    app_.configure(std::string(kFeedOnly) + "user: " + user + "\n");
    give_to("daemon");
    const auto finished = app_.bootcheck();
    EXPECT_EQ(finished.status, 2) << user;
    EXPECT_THAT(finished.err, AllOf(HasSubstr("belongs to daemon"), HasSubstr(user)));
    EXPECT_EQ(app_.output("feed"), "") << user;
  }
  app_.configure(std::string(kFeedOnly) + "user: daemon\n");
  give_to("daemon");
  EXPECT_EQ(app_.bootcheck().status, 0);
  EXPECT_EQ(users_of(feed()), "1 1 1 1");
}

TEST_F(RightsOwner, AConfigurationOfRootsIsBelieved) {
  if (!is_root_or_rerun()) return;
  give_to("daemon");
  for (const std::string user : {"daemon", "1:1"}) {
    EXPECT_EQ(
        run({bootcheck_binary(), "-c", roots_config("user: '" + user + "'\n").native()}).status, 0);
    EXPECT_EQ(users_of(feed()), "1 1 1 1");
    EXPECT_EQ(owner_and_mode(app_.root() / "tmp/pids/bootcheck.state"), "daemon 640");
    EXPECT_TRUE(kill_and_wait(feed()));
  }
}

TEST_F(RightsOwner, RootStartsNoWorkersInAnothersFolderUnlessToldTo) {
  if (!is_root_or_rerun()) return;
  give_to("daemon");
  const auto refused = run({bootcheck_binary(), "-c", roots_config("").native(), "restart"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr(app_.root().native() + " belongs to daemon"),
                    HasSubstr("sudo -u daemon bootcheck restart"), HasSubstr("`user: daemon`")));
  EXPECT_EQ(app_.output("feed"), "");
  EXPECT_FALSE(fs::exists(app_.root() / "tmp"));

  EXPECT_EQ(run({bootcheck_binary(), "-c", roots_config("user: root\n").native()}).status, 0);
  EXPECT_EQ(users_of(feed()), "0 0 0 0");
}

TEST_F(RightsOwner, AConfigurationThatOthersMayWriteIsNobodys) {
  if (!is_root_or_rerun()) return;
  const auto file = roots_config("user: root\n");
  for (const auto& loose : {etc_.path(), file}) {
    fs::permissions(loose, fs::add_perms | fs::group_write);
    const auto finished = run({bootcheck_binary(), "-c", file.native()});
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err, AllOf(HasSubstr(loose.native()), HasSubstr("chmod go-w")));
    fs::permissions(loose, fs::remove_perms | fs::group_write);
  }
  EXPECT_EQ(app_.output("feed"), "");
}

TEST_F(RightsOwner, AFolderOfConfigurationsThatOthersMayWriteIsNotRead) {
  if (!is_root_or_rerun()) return;
  roots_config("user: root\n");
  fs::permissions(etc_.path(), fs::add_perms | fs::others_write);
  const auto finished = run({bootcheck_binary(), "-c", etc_.path().native()});
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr(etc_.path().native()));
  EXPECT_EQ(app_.output("feed"), "");
}

TEST_F(RightsOwner, EachConfigurationOfAFolderHasItsOwnUser) {
  if (!is_root_or_rerun()) return;
  SmallApp roots;
  write_file(etc_.path() / "a.yml",
             "root: " + roots.root().native() + "\nlauncher: direct\n" + kFeedOnly);
  app_.configure(kFeedOnly);
  give_to("daemon");
  fs::create_symlink(app_.root() / "config/bootcheck.yml", etc_.path() / "b.yml");
  // A file beside it names the root: the link is in /etc, not in the application.
  write_file(app_.root() / "config/bootcheck.yml",
             "root: " + app_.root().native() + "\nlauncher: direct\n" + kFeedOnly);
  const auto finished = run({bootcheck_binary(), "-c", etc_.path().native()});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(users_of(roots.living("feed")), "0 0 0 0");
  EXPECT_EQ(users_of(feed()), "1 1 1 1");
}

TEST_F(RightsOwner, ALinkOfTheUsersLeadsNowhereThatItCouldNotGo) {
  if (!is_root_or_rerun()) return;
  fs::create_directories(app_.root() / "config");
  fs::create_symlink("/etc/shadow", app_.root() / "config/bootcheck.yml");
  give_to("daemon");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("denied"), Not(HasSubstr("root:"))));
}

TEST_F(RightsOwner, AFifoAsConfigurationHoldsNobodyUp) {
  if (!is_root_or_rerun()) return;
  fs::create_directories(app_.root() / "config");
  ASSERT_EQ(::mkfifo((app_.root() / "config/bootcheck.yml").c_str(), 0644), 0);
  for (const char* owner : {"root", "daemon"}) {
    give_to(owner);
    const auto finished = run({bootcheck_binary(), "-C", app_.root().native()},
                              {.env = {}, .limit = std::chrono::seconds{20}});
    EXPECT_EQ(finished.status, 2) << owner;
    EXPECT_THAT(finished.err, HasSubstr("FIFO"));
  }
}

TEST_F(RightsOwner, AnOwnerWhoIsNoUserIsRefused) {
  if (!is_root_or_rerun()) return;
  app_.configure(kFeedOnly);
  ASSERT_EQ(run({"chown", "-R", "54321", app_.root().native()}).status, 0);
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr("54321"));
  EXPECT_EQ(app_.output("feed"), "");
}

TEST_F(RightsOwner, WithoutAConfigurationTheFolderDecides) {
  if (!is_root_or_rerun()) return;
  app_.script("bin/delayed_job", "exit 3");
  give_to("daemon");
  EXPECT_EQ(app_.bootcheck({"-n", "1"}).status, 1);
  EXPECT_EQ(owner_and_mode(app_.root() / "log/bootcheck.log"), "daemon 640");
}

TEST_F(RightsOwner, WhatIsMissingInAFolderForAllIsNotWaitedFor) {
  if (!is_root_or_rerun()) return;
  const auto finished = run({bootcheck_binary(), "-C", "/tmp/no-such-application", "-n", "1"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr("/tmp"));
}

TEST_F(RightsOwner, FilesThatAnEarlierVersionLeftRootsAreToldWithTheCure) {
  if (!is_root_or_rerun()) return;
  app_.configure(kFeedOnly);
  give_to("daemon");
  const auto lock = app_.root() / "tmp/pids/bootcheck.lock";
  write_file(lock, "");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 4);
  EXPECT_THAT(finished.err, HasSubstr("chown 1:1 " + lock.native()));
  EXPECT_EQ(app_.output("feed"), "");
}

TEST_F(RightsOwner, WhoIsNotRootRunsWhatItsConfigurationNamesOnlyAsItself) {
  if (!is_root_or_rerun()) return;
  app_.configure(std::string(kFeedOnly) + "user: daemon\n");
  give_to("daemon");
  const std::vector<std::string> restart = {bootcheck_binary(), "-C", app_.root().native(),
                                            "restart"};
  EXPECT_EQ(as("daemon", restart).status, 0);
  EXPECT_EQ(users_of(feed()), "1 1 1 1");
  const auto other = as("bin", restart);
  EXPECT_EQ(other.status, 2);
  EXPECT_THAT(other.err, HasSubstr("sudo -u daemon bootcheck restart"));
}

TEST_F(RightsOwner, WhoCannotOpenTheLockIsToldWhoCan) {
  if (!is_root_or_rerun()) return;
  app_.configure(kFeedOnly);
  give_to("daemon");
  ASSERT_EQ(app_.bootcheck().status, 0);
  const auto other = as("bin", {bootcheck_binary(), "-C", app_.root().native(), "restart"});
  EXPECT_EQ(other.status, 4);
  EXPECT_THAT(other.err, HasSubstr("sudo -u daemon bootcheck restart"));
}

}  // namespace
}  // namespace bootcheck::test
