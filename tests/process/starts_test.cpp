// Starts as they are made: what is certain from the birth of a worker on, and whom they keep
// waiting.
#include "process/small_app_test.h"

#include <csignal>

#include <boost/json.hpp>

namespace bootcheck::test {
namespace {

using testing::HasSubstr;

class Starts : public SmallAppTest {
 protected:
  /// A program that changes its title, so that nothing but a pid file or the state knows it.
  void change_title_after(const std::string& first) const {
    app_.script("bin/changing", "echo up >> ups; " + first + "\nexec -a changed sleep 1000",
                "/bin/bash");
  }

  std::size_t ups() const { return lines_of(read_file(app_.root() / "ups")).size(); }
};

// A full disk, a folder of another user: without a pid file it would be started again and again.
TEST_F(Starts, OfAProgramThatCannotWriteItsPidFileAreNotMade) {
  change_title_after(":");
  app_.configure(R"(
workers: [{name: changing, start: [bin/changing], foreground: true, pid_file: /proc/no/changing.pid}]
state_file: /proc/no/state
backoff: 0
)");
  for (int pass = 0; pass < 2; ++pass) {
    const auto finished = app_.bootcheck();
    EXPECT_EQ(finished.status, 1);
    EXPECT_EQ(ups(), 0U) << "it runs, and nobody knows it";
    EXPECT_THAT(finished.err, HasSubstr("cannot write its pid file /proc/no/changing.pid"));
  }
}

TEST_F(Starts, AreKnownAlsoWhereThePassIsKilledRightAfterThem) {
  change_title_after("[ -e killed ] || { touch killed; kill -9 $PPID; }");
  app_.configure("workers: [{name: changing, start: [bin/changing], foreground: true}]\n");
  EXPECT_EQ(app_.bootcheck().status, 137);
  ASSERT_TRUE(wait_until([&] { return ups() == 1; }));
  app_.bootcheck();
  EXPECT_EQ(ups(), 1U) << "a second copy was started";
  EXPECT_GT(app_.living("changing"), 0);
}

TEST_F(Starts, ThatFailLeaveNoPidFile) {
  app_.script("bin/brief", "exit 3");
  app_.configure(R"(
workers:
  - {name: brief, start: [bin/brief], foreground: true}
  - {name: none, start: [bin/none], foreground: true}
)");
  EXPECT_EQ(app_.bootcheck().status, 1);
  for (const char* name : {"brief", "none"})
    EXPECT_FALSE(boost::filesystem::exists(app_.pid_file(name))) << name;
}

TEST_F(Starts, ThatHangKeepNoWorkerDownThatEndsMeanwhile) {
  app_.script("bin/hang", "touch hangs; sleep 1000");
  app_.configure(R"(
workers:
  - {name: feed, start: [bin/feed], foreground: true}
  - {name: hang, start: [bin/hang], start_timeout: 10m, process_title: hang}
)");
  EXPECT_EQ(app_.bootcheck({"run", "feed"}).status, 0);
  const auto first = app_.living("feed");
  ASSERT_GT(first, 0) << story();
  Background pass({bootcheck_binary(), "-C", app_.root().native()});
  ASSERT_TRUE(wait_until([&] { return boost::filesystem::exists(app_.root() / "hangs"); }));
  ASSERT_TRUE(kill_and_wait(first));
  EXPECT_TRUE(wait_until([&] { return app_.living("feed") > 0; }, std::chrono::seconds{30}))
      << "it is down for as long as the other hangs";
  EXPECT_FALSE(pass.has_ended());
  ::kill(pass.pid(), SIGKILL);
  pass.wait(std::chrono::seconds{30});
}

TEST_F(Starts, ThatTakeTheirTimeAreShownOnATerminal) {
  app_.script("bin/slow", "until [ -e go ]; do sleep 0.1; done; exit 1");
  app_.configure("workers: [{name: slow, start: [bin/slow], process_title: slow}]\n");
  const auto seen = (app_.root() / "seen").native();
  Background pass({"script", "-qefc", bootcheck_binary() + " -C " + app_.root().native(), seen});
  EXPECT_TRUE(
      wait_until([&] { return read_file(seen).find("starting slow (1s)") != std::string::npos; }));
  write_file(app_.root() / "go", "");
  EXPECT_EQ(pass.wait(), 1);
}

TEST_F(Starts, OfAWorkerThatEndsAgainAndAgainDoNotGoOnForEver) {
  app_.script("bin/brief", "echo up >> ups; sleep 0.7");
  app_.script("bin/hang", "sleep 6");
  app_.configure(R"(
backoff: 0
workers:
  - {name: brief, start: [bin/brief], foreground: true}
  - {name: hang, start: [bin/hang], start_timeout: 5s, process_title: hang}
)");
  EXPECT_EQ(app_.bootcheck().status, 1);
  EXPECT_EQ(ups(), 3U);
}

TEST_F(Starts, ThatHandBackTheJobsOfVeryManyDeadProcessesAreMade) {
  app_.script("bin/ruby", R"(sed '/^{"batch":0/q' > ruby.stdin)");
  app_.configure("workers: [{preset: delayed_job, count: 1}]\npath: [bin]\nbackoff: 0\n");
  app_.bootcheck();  // writes a state
  const auto file = app_.root() / "tmp/pids/bootcheck.state";
  auto state = boost::json::parse(read_file(file)).as_object();
  boost::json::array dead;
  for (int pid = 100'000; pid < 120'000; ++pid)
    dead.push_back(pid);
  auto& workers = state["workers"].as_object();
  workers["delayed_job.0"] = boost::json::object{{"unrecovered", dead}};
  write_file(file, boost::json::serialize(state));
  boost::filesystem::remove(app_.root() / "ruby.stdin");
  const auto finished = app_.bootcheck();
  EXPECT_TRUE(boost::filesystem::exists(app_.root() / "ruby.stdin")) << finished.err;
  EXPECT_THAT(read_file(app_.root() / "ruby.stdin"),
              HasSubstr("\n__END__\n{\"batch\":0,\"hand_back\":[{"));
}

TEST_F(Starts, AndDrainsOfMoreWorkersThanDescriptorsAreWaitedFor) {
  app_.configure(
      "workers: [{name: \"feed-%{id}\", count: 40, start: [bin/feed], foreground: true}]\n");
  const auto few = [this](const std::string& arguments) {
    return run({"/bin/sh", "-c", "ulimit -n 30; exec \"$0\" -C \"$1\" " + arguments,
                bootcheck_binary(), app_.root().native()});
  };
  const auto started = few("run");
  EXPECT_EQ(started.status, 0) << started.err;
  EXPECT_GT(app_.living("feed-39"), 0);
  const auto stopped = few("stop --wait=60s");
  EXPECT_EQ(stopped.status, 0) << stopped.err;
  EXPECT_EQ(app_.living("feed-0"), 0);
  EXPECT_EQ(app_.living("feed-39"), 0);
}

TEST_F(Starts, GiveTheirWorkersTheLimitOfDescriptorsThatBootcheckWasGiven) {
  app_.script("bin/limited", "ulimit -n > limit; exec sleep 1000");
  app_.configure("workers: [{name: limited, start: [bin/limited], foreground: true}]\n");
  const auto finished = run({"/bin/sh", "-c", "ulimit -S -n 64; exec \"$0\" -C \"$1\"",
                             bootcheck_binary(), app_.root().native()});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_TRUE(wait_until([&] { return read_file(app_.root() / "limit") == "64\n"; }))
      << read_file(app_.root() / "limit");
}

}  // namespace
}  // namespace bootcheck::test
