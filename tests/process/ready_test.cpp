// `ready:`: workers that wait until what they need is there.
#include "process/small_app_test.h"

#include <csignal>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// bin/up says ready once there is a file `up`, and counts how often it was asked.
class Ready : public SmallAppTest {
 protected:
  Ready() { app_.script("bin/up", "echo asked >> asked; test -e up || exit 2"); }

  void configure(const std::string& more = {}) const {
    app_.configure("ready: [bin/up]\nbackoff: {first: 1h, max: 1h}\n" + more + R"(
workers:
  - {name: "feed-%{id}", count: 2, start: [bin/feed, "%{id}"], foreground: true}
)");
  }
  void set_up() const { write_file(app_.root() / "up", ""); }
  void set_down() const { fs::remove(app_.root() / "up"); }
  std::size_t asked() const {
    const auto file = app_.root() / "asked";
    return fs::exists(file) ? lines_of(read_file(file)).size() : 0;
  }
  /// Both workers have got to work.
  void start_all() const {
    set_up();
    good_pass();
    ASSERT_TRUE(says("feed-0", "up 0\n"));
    ASSERT_TRUE(says("feed-1", "up 1\n"));
  }
  bool log_says(const std::string& text) const {
    return app_.log().find(text) != std::string::npos;
  }
};

TEST_F(Ready, NobodyIsStartedBeforeAndAllAreAfterwards) {
  configure();
  auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 0) << story();
  EXPECT_EQ(finished.out, "");
  EXPECT_EQ(finished.err,
            "bootcheck: feed-0, feed-1: waits until `bin/up` says ready: it ended with 2\n");
  EXPECT_EQ(asked(), 1U) << "equal commands are one question";
  EXPECT_EQ(app_.output("feed-0"), "");
  EXPECT_THAT(app_.log(), HasSubstr("INFO"));
  EXPECT_THAT(app_.log(), HasSubstr("feed-0 not_ready command=bin/up waited=0s"));
  finished = app_.bootcheck();
  EXPECT_EQ(finished.err, "") << "it is said when it begins";
  start_all();
  EXPECT_EQ(asked(), 3U);
  good_pass();
  EXPECT_EQ(asked(), 3U) << "nothing was to be done";
  EXPECT_FALSE(log_says("failing"));
}

TEST_F(Ready, StatusWhyAndDryRunSayWhatIsWaitedFor) {
  configure();
  EXPECT_EQ(app_.bootcheck().status, 0);
  const auto status = app_.bootcheck({"status"});
  EXPECT_EQ(status.status, 3);
  EXPECT_THAT(status.out, AllOf(HasSubstr("missing"), HasSubstr("until it is ready\n"),
                                HasSubstr("feed-0, feed-1: waits until `bin/up` says ready: it "
                                          "ended with 2\n")));
  EXPECT_THAT(app_.bootcheck({"status", "--json"}).out,
              HasSubstr(R"("answer": "it ended with 2")"));
  EXPECT_THAT(app_.bootcheck({"why", "feed-0"}).out,
              AllOf(HasSubstr("`bin/up`: it ended with 2\n"),
                    HasSubstr("nothing: it waits until it is ready\n")));
  EXPECT_THAT(app_.bootcheck({"run", "--dry-run"}).out,
              HasSubstr("missing  ask `bin/up` (it ended with 2); nothing: it waits until it is "
                        "ready\n"));
  set_up();
  EXPECT_THAT(app_.bootcheck({"run", "--dry-run"}).out,
              HasSubstr("missing  ask `bin/up` (it says ready); start it\n"));
  start_all();
  EXPECT_THAT(app_.bootcheck({"why", "feed-0"}).out,
              HasSubstr("`bin/up`: was not asked: nothing is to be done\n"));
}

TEST_F(Ready, AfterTheStartTimeoutItIsAnError) {
  configure("start_timeout: 1s");
  EXPECT_EQ(app_.bootcheck().status, 0) << story();
  EXPECT_TRUE(wait_until([this] { return app_.bootcheck().status == 1; }));
  EXPECT_TRUE(log_says("ERROR"));
  start_all();
  set_down();
  ASSERT_TRUE(kill_and_wait(app_.living("feed-0")));
  EXPECT_EQ(app_.bootcheck().status, 0) << "the time begins anew\n" << story();
}

TEST_F(Ready, ACommandThatHangsOrIsNotThereMeansWait) {
  app_.script("bin/hangs", "trap '' TERM\nwhile :; do sleep 1; done");
  app_.configure(R"(
workers:
  - {name: a, start: [bin/feed], foreground: true, ready: [bin/hangs]}
  - {name: b, start: [bin/feed], foreground: true, ready: [bin/none]}
  - {name: c, start: [bin/feed], foreground: true, ready: 'kill -9 $$'}
  - {name: d, start: [bin/feed], foreground: true}
)");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 0) << story();
  EXPECT_THAT(
      finished.err,
      AllOf(HasSubstr("a: waits until `bin/hangs` says ready: it did not answer within 5s\n"),
            HasSubstr("b: waits until `bin/none` says ready: it"),
            HasSubstr("c: waits until `kill -9 $$` says ready: it was ended by signal 9\n"),
            Not(HasSubstr("d: "))));
  EXPECT_EQ(app_.living("a") + app_.living("b") + app_.living("c"), 0);
  EXPECT_GT(app_.living("d"), 0) << "it concerns the others only";
}

TEST_F(Ready, RunsWithTheWorkersEnvironmentInItsFolder) {
  fs::create_directory(app_.root() / "sub");
  app_.configure(R"(
env: {WHERE: here}
workers:
  - {name: a, start: [../bin/feed], foreground: true, working_directory: sub,
     env: {WHO: me}, ready: 'test "$WHERE $WHO ${PWD##*/}" = "here me sub" '}
)");
  good_pass();
  EXPECT_GT(app_.living("a"), 0) << story();
}

TEST_F(Ready, ACrashIsToldOnceAndItsWorkerStartedWhenReady) {
  configure();
  start_all();
  set_down();
  const auto killed = app_.living("feed-0");
  ASSERT_TRUE(kill_and_wait(killed));
  for (int pass = 0; pass < 3; ++pass)
    EXPECT_EQ(app_.bootcheck().status, 0) << story();
  const auto crash = "feed-0 crashed pid=" + std::to_string(killed);
  const auto log = app_.log();
  EXPECT_NE(log.find(crash), std::string::npos) << log;
  EXPECT_EQ(log.find(crash), log.rfind(crash));
  EXPECT_THAT(app_.bootcheck({"status", "feed-0"}).out, HasSubstr("crashed"));
  set_up();
  good_pass();
  EXPECT_GT(app_.living("feed-0"), 0) << "no failure was counted\n" << story();
  EXPECT_EQ(log, app_.log().substr(0, log.size()));
}

TEST_F(Ready, ARollWaitsAndWorkersGoOn) {
  configure("restart: {restart_file: restart.txt, settle: 5s}");
  start_all();
  const auto before = app_.living("feed-0");
  set_down();
  write_file(app_.root() / "restart.txt", "");
  EXPECT_EQ(app_.bootcheck().status, 0) << story();
  EXPECT_EQ(app_.living("feed-0"), before);
  EXPECT_EQ(app_.output("feed-0"), "up 0\n") << "nobody was asked to stop";
  EXPECT_THAT(app_.bootcheck({"status"}).out,
              AllOf(HasSubstr("running"), HasSubstr("waits until `bin/up` says ready")));
  set_up();
  EXPECT_TRUE(wait_until([&] {
    app_.bootcheck();
    return app_.living("feed-0") != 0 && app_.living("feed-0") != before &&
           app_.output("feed-1") == "up 1\ndown\nup 1\n";
  })) << story();
}

TEST_F(Ready, TheSuccessorOfADrainedWorkerWaits) {
  configure();
  start_all();
  const auto old = app_.living("feed-0");
  app_.script("bin/up", "test -e up && rm up");  // ready when the old one is asked, and not after
  const auto finished = app_.bootcheck({"restart", "feed-0", "--wait=1s"});
  EXPECT_EQ(finished.status, 1) << story();
  EXPECT_THAT(finished.err, HasSubstr("some wait until they are ready"));
  EXPECT_FALSE(is_alive(old));
  EXPECT_EQ(app_.living("feed-0"), 0);
  EXPECT_THAT(app_.bootcheck({"status", "feed-0"}).out, HasSubstr("waits until"));
  set_up();
  good_pass();
  EXPECT_GT(app_.living("feed-0"), 0) << story();
}

TEST_F(Ready, RestartThatWaitsSaysSoOnceAndGoesOnWhenReady) {
  configure();
  start_all();
  const auto before = app_.living("feed-0");
  set_down();
  Background restart({bootcheck_binary(), "-C", app_.root().native(), "restart", "--wait=2m"});
  ASSERT_TRUE(wait_until([this] { return asked() >= 5; })) << story();
  EXPECT_FALSE(restart.has_ended());
  EXPECT_EQ(app_.living("feed-0"), before);
  set_up();
  EXPECT_EQ(restart.wait(), 0) << restart.err() << story();
  EXPECT_EQ(restart.err(),
            "bootcheck: feed-0, feed-1: waits until `bin/up` says ready: it ended with 2\n");
  EXPECT_NE(app_.living("feed-0"), before);
}

TEST_F(Ready, RestartThatWaitsEndsWithItsTime) {
  configure();
  start_all();
  set_down();
  const auto finished = app_.bootcheck({"restart", "--wait=1s"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("some wait until they are ready"));
}

TEST_F(Ready, StayAsksAgain) {
  configure();
  Background staying({bootcheck_binary(), "-C", app_.root().native(), "run", "--stay", "1h"});
  ASSERT_TRUE(wait_until([this] { return asked() == 1; }));
  set_up();
  EXPECT_TRUE(wait_until([this] { return app_.living("feed-0") != 0; })) << story();
}

TEST_F(Ready, DelayedJobIsNotBootedBefore) {
  app_.script("bin/delayed_job", "touch booted");
  app_.configure("ready: [bin/up]\nworkers: [{preset: delayed_job, count: 2}]");
  EXPECT_EQ(app_.bootcheck().status, 0) << story();
  EXPECT_EQ(asked(), 1U);
  EXPECT_FALSE(fs::exists(app_.root() / "log/delayed_job.start.log"));
}

}  // namespace
}  // namespace bootcheck::test
