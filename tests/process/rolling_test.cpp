// Restarts of small workers: each with its own signal, as many at a time as allowed, told once.
#include "process/small_app_test.h"

#include <map>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::HasSubstr;
using testing::Not;

class Rolling : public SmallAppTest {
 protected:
  void configure(const std::string& restart) const {
    app_.configure(R"(
workers:
  - {name: "feed-%{id}", count: 4, start: [bin/feed, "%{id}"], foreground: true}
backoff: 0
restart: )" + restart +
                   "\n");
  }

  std::map<std::string, pid_t> pids() const {
    std::map<std::string, pid_t> all;
    for (const char* worker : {"feed-0", "feed-1", "feed-2", "feed-3"})
      all[worker] = app_.living(worker);
    return all;
  }

  int count_changed(const std::map<std::string, pid_t>& before) const {
    int changed = 0;
    for (const auto& [worker, pid] : pids())
      changed += static_cast<int>(pid != 0 && pid != before.at(worker));
    return changed;
  }
};

TEST_F(Rolling, RestartReplacesEveryWorkerByItsOwnSignal) {
  configure("{}");
  good_pass();
  for (const char* id : {"0", "1", "2", "3"})
    ASSERT_TRUE(says(std::string("feed-") + id, std::string("up ") + id + "\n"));
  const auto before = pids();
  EXPECT_EQ(app_.bootcheck({"restart", "--wait"}).status, 0) << story();
  EXPECT_EQ(count_changed(before), 4);
  for (const char* id : {"0", "1", "2", "3"})
    EXPECT_THAT(app_.output(std::string("feed-") + id), HasSubstr("down"));
}

TEST_F(Rolling, OnlyTheNamedWorkersAreRestarted) {
  configure("{}");
  good_pass();
  const auto before = pids();
  EXPECT_EQ(app_.bootcheck({"restart", "feed-1", "--wait"}).status, 0);
  EXPECT_EQ(count_changed(before), 1);
}

TEST_F(Rolling, AProblemThatLastsIsPrintedOnceHoweverManyPassesARestartTakes) {
  configure("{max_unavailable: 1}");
  good_pass();
  app_.configure(R"(
workers:
  - {name: "feed-%{id}", count: 3, start: [bin/feed, "%{id}"], foreground: true}
)");
  const auto done = app_.bootcheck({"restart", "--wait"});
  const auto first = done.err.find("feed-3");
  EXPECT_NE(first, std::string::npos) << "it is an orphan now";
  EXPECT_EQ(done.err.find("bootcheck: feed-3", first + 1), std::string::npos) << done.err;
}

TEST_F(Rolling, AnOrdinaryPassRollsOnlyAsManyAsAllowed) {
  configure("{max_unavailable: 25%, restart_file: restart.txt}");
  good_pass();
  const auto before = pids();
  write_file(app_.root() / "restart.txt", "");
  EXPECT_EQ(app_.bootcheck().status, 0);
  EXPECT_TRUE(wait_until([&] {
    int gone = 0;
    for (const auto& [worker, pid] : before)
      gone += static_cast<int>(!is_alive(pid));
    EXPECT_LE(gone, 1);
    return gone == 1;
  }));
  EXPECT_TRUE(wait_until([&] {
    app_.bootcheck();
    return count_changed(before) == 4;
  })) << story();
  const auto after = pids();
  good_pass();
  EXPECT_EQ(pids(), after);
}

TEST_F(Rolling, ASurgedWorkerAndItsSuccessorRunSideBySide) {
  app_.script("bin/slow", "trap 'touch \"$0.asked\"' TERM\necho up\nwhile :; do sleep 0.1; done");
  app_.configure(
      "workers: [{name: slow, start: [bin/slow], foreground: true}]\nrestart: {mode: surge}\n");
  good_pass();
  ASSERT_TRUE(says("slow", "up\n"));
  const auto old = app_.living("slow");
  EXPECT_EQ(app_.bootcheck({"restart"}).status, 0) << story();
  EXPECT_TRUE(is_alive(old));
  const auto successor = app_.living("slow");
  EXPECT_NE(successor, old);
  EXPECT_TRUE(wait_until([this] { return fs::exists(app_.root() / "bin" / "slow.asked"); }));
  EXPECT_EQ(app_.bootcheck({"status"}).status, 0);
  good_pass();
  EXPECT_EQ(app_.living("slow"), successor);
  EXPECT_TRUE(kill_and_wait(old));
  good_pass();
  EXPECT_FALSE(fs::exists(app_.pid_file("slow").native() + ".draining." + std::to_string(old)));
  EXPECT_EQ(app_.living("slow"), successor);
}

TEST_F(Rolling, TheFileOfASurgedWorkerGoesAlsoWhereItIsNotConfiguredAnyMore) {
  app_.script("bin/slow", "trap : TERM\necho up\nwhile :; do sleep 0.1; done");
  const std::string feed = "{name: feed, start: [bin/feed], foreground: true}";
  app_.configure("workers: [" + feed +
                 ", {name: slow, start: [bin/slow], foreground: true, restart: {mode: surge}}]\n");
  good_pass();
  ASSERT_TRUE(says("slow", "up\n"));
  const auto old = app_.living("slow");
  EXPECT_EQ(app_.bootcheck({"restart", "slow"}).status, 0) << story();
  const fs::path file = app_.pid_file("slow").native() + ".draining." + std::to_string(old);
  ASSERT_TRUE(fs::exists(file));
  app_.configure("workers: [" + feed + "]\n");
  app_.bootcheck();
  EXPECT_TRUE(fs::exists(file)) << "it is finishing its job";
  EXPECT_TRUE(kill_and_wait(old));
  app_.bootcheck();
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(Rolling, WhoEndsItsDrainWhileAnotherIsBroughtUpDoesNotWaitForTheNextPass) {
  app_.script("bin/late",
              "trap 'sleep 1; exit 0' TERM\necho up >> late\nwhile :; do sleep 0.1; done");
  app_.script("bin/slow_start",
              "until [ \"$(cat late)\" = \"up\nup\" ]; do sleep 0.05; done; touch up");
  const std::string late = "workers:\n  - {name: late, start: [bin/late], foreground: true}\n";
  app_.configure(late);
  good_pass();
  ASSERT_TRUE(wait_until([this] { return read_file(app_.root() / "late") == "up\n"; }));
  const auto old = app_.living("late");
  app_.configure(
      late +
      "  - {name: slow, start: [bin/slow_start], status: [sh, -c, 'test -e up || exit 3']}\n"
      "parallel_starts: 2\nrestart: {restart_file: restart.txt}\n");
  write_file(app_.root() / "restart.txt", "");
  good_pass();  // asks `late` to stop; meanwhile `slow` waits for its successor
  EXPECT_FALSE(is_alive(old));
  EXPECT_NE(app_.living("late"), 0) << story();
  EXPECT_NE(app_.living("late"), old);
  EXPECT_THAT(app_.log(), HasSubstr("late drained pid=" + std::to_string(old)));
}

TEST_F(Rolling, NobodyIsKilledUnlessTheConfigurationSaysSo) {
  app_.script("bin/deaf", "trap '' TERM\necho up\nwhile :; do sleep 0.1; done");
  app_.configure(
      "workers: [{name: deaf, start: [bin/deaf], foreground: true}]\n"
      "restart: {settle: 100ms}\n");
  good_pass();
  ASSERT_TRUE(says("deaf", "up\n"));
  const auto deaf = app_.living("deaf");
  EXPECT_EQ(app_.bootcheck({"restart"}).status, 0);
  good_pass();
  EXPECT_TRUE(is_alive(deaf));
  app_.configure(
      "workers: [{name: deaf, start: [bin/deaf], foreground: true, kill_after: 100ms}]\n");
  EXPECT_TRUE(wait_until([&] {
    app_.bootcheck();
    return app_.living("deaf") != 0 && app_.living("deaf") != deaf;
  })) << story();
  EXPECT_FALSE(is_alive(deaf));
  EXPECT_THAT(app_.log(), HasSubstr("deaf killed pid=" + std::to_string(deaf)));
}

TEST_F(Rolling, AStopIsAskedForOnceAndOnlyOnce) {
  app_.script("bin/counts", "trap 'echo asked' TERM\necho up\nwhile :; do sleep 0.1; done");
  app_.configure(
      "workers: [{name: counts, start: [bin/counts], foreground: true}]\n"
      "restart: {settle: 100ms}\n");
  good_pass();
  ASSERT_TRUE(says("counts", "up\n"));
  for (int count = 0; count < 3; ++count)
    EXPECT_EQ(app_.bootcheck({"restart"}).status, 0);
  good_pass();
  EXPECT_TRUE(says("counts", "up\nasked\n")) << app_.output("counts");
}

}  // namespace
}  // namespace bootcheck::test
