// Programs that are no delayed_job, through the real bootcheck: started, kept up, held, stopped.
#include "process/small_app_test.h"

#include <csignal>

namespace bootcheck::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class GenericWorkers : public SmallAppTest {};

constexpr const char* kTwoFeeds = R"(
workers:
  - {name: "feed-%{id}", identifiers: [eu, us], start: [bin/feed, "%{id}"], foreground: true}
)";

TEST_F(GenericWorkers, AForegroundProgramIsStartedDetachedAndLeftWithAPidFileAndItsOutput) {
  app_.configure(kTwoFeeds);
  good_pass();
  for (const std::string id : {"eu", "us"}) {
    const pid_t pid = app_.living("feed-" + id);
    ASSERT_GT(pid, 0) << story();
    EXPECT_EQ(command_line(pid), "/bin/sh bin/feed " + id);
    EXPECT_EQ(::getsid(pid), pid);
    EXPECT_EQ(read_file(app_.pid_file("feed-" + id)), std::to_string(pid) + "\n");
    EXPECT_TRUE(says("feed-" + id, "up " + id + "\n"));
  }
  EXPECT_THAT(app_.log(), AllOf(HasSubstr("feed-eu started pid="), HasSubstr("feed-us started")));
}

TEST_F(GenericWorkers, ASecondPassIsSilentAndStartsNothing) {
  app_.configure(kTwoFeeds);
  good_pass();
  const auto pids = std::pair(app_.living("feed-eu"), app_.living("feed-us"));
  const auto log = app_.log();
  good_pass();
  EXPECT_EQ(std::pair(app_.living("feed-eu"), app_.living("feed-us")), pids);
  EXPECT_EQ(app_.log(), log);
}

TEST_F(GenericWorkers, AKilledOneComesBackAndTheOtherIsLeftAlone) {
  app_.configure(kTwoFeeds);
  good_pass();
  ASSERT_TRUE(says("feed-eu", "up eu\n"));
  const auto killed = app_.living("feed-eu");
  const auto other = app_.living("feed-us");
  ASSERT_TRUE(kill_and_wait(killed));
  EXPECT_EQ(status_of("feed-eu"), 3);
  EXPECT_EQ(status_of("feed-us"), 0);
  good_pass();
  EXPECT_GT(app_.living("feed-eu"), 0) << story();
  EXPECT_NE(app_.living("feed-eu"), killed);
  EXPECT_EQ(app_.living("feed-us"), other);
  EXPECT_TRUE(says("feed-eu", "up eu\nup eu\n"));
  EXPECT_THAT(app_.log(), HasSubstr("feed-eu crashed pid=" + std::to_string(killed)));
  EXPECT_THAT(app_.log(), testing::ContainsRegex("feed-eu crashed .*output=\"up "))
      << "the end of what it printed";
}

TEST_F(GenericWorkers, TheLossOfAPidFileIsMendedAndStartsNothing) {
  app_.configure(kTwoFeeds);
  good_pass();
  const auto pid = app_.living("feed-eu");
  boost::filesystem::remove(app_.pid_file("feed-eu"));
  EXPECT_EQ(app_.bootcheck().status, 0);
  EXPECT_EQ(app_.living("feed-eu"), pid);
  EXPECT_TRUE(says("feed-eu", "up eu\n"));
}

TEST_F(GenericWorkers, ADisabledOneIsNotStarted) {
  app_.configure(R"(
workers:
  - {name: on, start: [bin/feed, "on"], foreground: true}
  - {name: resting, start: [bin/feed, resting], foreground: true, enabled: false}
)");
  good_pass();
  EXPECT_GT(app_.living("on"), 0) << story();
  EXPECT_EQ(app_.living("resting"), 0);
  EXPECT_EQ(app_.output("resting"), "");
  EXPECT_EQ(status_of("resting"), 0);
}

TEST_F(GenericWorkers, OnlyTheWorkersThatAreNamedAreStarted) {
  app_.configure(kTwoFeeds);
  EXPECT_EQ(app_.bootcheck({"run", "*-us"}).status, 0);
  EXPECT_EQ(app_.living("feed-eu"), 0);
  EXPECT_GT(app_.living("feed-us"), 0) << story();
  EXPECT_EQ(app_.bootcheck({"run", "nobody"}).status, 2);
}

TEST_F(GenericWorkers, StopHoldsAWorkerAndStartReleasesIt) {
  app_.configure(kTwoFeeds);
  good_pass();
  ASSERT_TRUE(says("feed-eu", "up eu\n"));
  const auto pid = app_.living("feed-eu");
  EXPECT_EQ(app_.bootcheck({"stop", "--reason", "disk swap", "feed-eu"}).status, 0);
  ASSERT_TRUE(wait_until([pid] { return !is_alive(pid); }));
  EXPECT_EQ(app_.output("feed-eu"), "up eu\ndown\n");
  good_pass();
  EXPECT_EQ(app_.living("feed-eu"), 0);
  const auto status = app_.bootcheck({"status"});
  EXPECT_EQ(status.status, 0);
  EXPECT_THAT(status.out, AllOf(HasSubstr("held"), HasSubstr("disk swap")));
  EXPECT_EQ(app_.bootcheck({"start", "feed-eu"}).status, 0);
  EXPECT_GT(app_.living("feed-eu"), 0) << story();
  EXPECT_THAT(app_.bootcheck({"status"}).out, Not(HasSubstr("disk swap")));
}

// The later one counts, as it does for at(1) and shutdown(8), also where it ends sooner.
TEST_F(GenericWorkers, AStopThatReplacesAHoldSaysWhichOne) {
  app_.configure(kTwoFeeds);
  good_pass();
  EXPECT_THAT(app_.bootcheck({"stop", "--reason", "disk swap", "feed-eu"}).out,
              Not(HasSubstr("replaced")));
  EXPECT_THAT(app_.bootcheck({"stop", "--reason", "disk swap", "feed-eu"}).out,
              Not(HasSubstr("replaced")));  // the same once more
  const auto shorter = app_.bootcheck({"stop", "--for", "10m"});
  EXPECT_EQ(shorter.status, 0) << shorter.err;
  EXPECT_THAT(shorter.out, ContainsRegex("feed-eu: held by [^\n]* since [^\n]*: disk swap; "
                                         "replaced by a hold until 2"));
  EXPECT_THAT(shorter.out, Not(HasSubstr("feed-us: held")));
  const auto longer = app_.bootcheck({"stop"});
  EXPECT_THAT(longer.out, ContainsRegex("feed-eu, feed-us: held by [^\n]* until [^\n]*; "
                                        "replaced by a hold that has no end\n"));
  EXPECT_THAT(app_.bootcheck({"start", "-v"}).out, Not(HasSubstr("held")));
  EXPECT_GT(app_.living("feed-eu"), 0) << story();
}

TEST_F(GenericWorkers, StopSendsTheWorkersOwnSignal) {
  app_.script("bin/picky",
              "for s in TERM USR1 QUIT; do trap \"kill \\$!; echo asked by $s; exit 0\" $s; done\n"
              "echo up\nsleep 1000 & wait");
  app_.configure(R"(
workers:
  - {name: one, start: [bin/picky, "1"], foreground: true, stop_signal: USR1}
  - {name: two, start: [bin/picky, "2"], foreground: true, stop_signal: QUIT}
)");
  good_pass();
  ASSERT_TRUE(wait_until([&] { return app_.output("one") + app_.output("two") == "up\nup\n"; }));
  const auto pids = std::pair(app_.living("one"), app_.living("two"));
  EXPECT_EQ(app_.bootcheck({"stop", "--wait"}).status, 0);
  EXPECT_FALSE(is_alive(pids.first));
  EXPECT_FALSE(is_alive(pids.second));
  EXPECT_EQ(app_.output("one"), "up\nasked by USR1\n");
  EXPECT_EQ(app_.output("two"), "up\nasked by QUIT\n");
}

TEST_F(GenericWorkers, ADryRunSaysWhatItWouldDoAndChangesNothing) {
  app_.configure(kTwoFeeds);
  good_pass();
  ASSERT_TRUE(kill_and_wait(app_.living("feed-eu")));
  const auto before = app_.listing();
  const auto dry = app_.bootcheck({"--dry-run"});
  EXPECT_EQ(dry.status, 0);
  EXPECT_EQ(dry.err, "");
  EXPECT_THAT(dry.out, AllOf(HasSubstr("feed-eu"), HasSubstr("start it")));
  EXPECT_EQ(app_.bootcheck({"stop", "--dry-run"}).status, 0);
  EXPECT_EQ(app_.bootcheck({"restart", "--dry-run"}).status, 0);
  EXPECT_EQ(app_.bootcheck({"why", "*"}).status, 0);
  EXPECT_EQ(app_.listing(), before);
  EXPECT_EQ(app_.living("feed-eu"), 0);
  EXPECT_GT(app_.living("feed-us"), 0);
}

TEST_F(GenericWorkers, ADryRunInANewAppMakesNoFolder) {
  app_.configure(kTwoFeeds);
  const auto before = app_.listing();
  EXPECT_EQ(app_.bootcheck({"run", "--dry-run"}).status, 0);
  EXPECT_EQ(app_.bootcheck({"status"}).status, 3);
  EXPECT_EQ(app_.listing(), before);
}

}  // namespace
}  // namespace bootcheck::test
