// `run --stay`: a pass whenever a worker exits, and sleep in between.
#include "process/small_app_test.h"

#include <thread>

namespace bootcheck::test {
namespace {

using testing::HasSubstr;

class Stay : public SmallAppTest {
 protected:
  Stay() {
    app_.configure(
        "workers: [{name: feed, start: [bin/feed], foreground: true}]\n"
        "backoff: {first: 0}\n");
  }

  std::vector<std::string> stay(const std::string& duration) const {
    return {bootcheck_binary(), "-C", app_.root().native(), "run", "--stay", duration};
  }
  bool was_started(int times) const {
    std::string text;
    for (int count = 0; count < times; ++count)
      text += "up\n";
    return says("feed", text);
  }
  /// The worker dies that often, and comes back each time.
  void expect_it_survives(int deaths) const {
    ASSERT_TRUE(was_started(1));
    for (int death = 1; death <= deaths; ++death) {
      ASSERT_TRUE(wait_until([&] { return app_.living("feed") != 0; }));
      ASSERT_TRUE(kill_and_wait(app_.living("feed")));
      ASSERT_TRUE(was_started(death + 1)) << "death " << death << ", and it has said:\n"
                                          << app_.output("feed") << story();
    }
  }
  bool is_lock_free() const {
    return run({"flock", "-n", (app_.root() / "tmp/pids/bootcheck.lock").native(), "true"})
               .status == 0;
  }
  /// How often a process has gone to sleep so far.
  static std::string sleeps_of(pid_t pid) {
    for (const auto& line : lines_of(read_file("/proc/" + std::to_string(pid) + "/status"))) {
      if (line.starts_with("voluntary_ctxt_switches")) return line;
    }
    return {};
  }
};

TEST_F(Stay, BringsBackAWorkerThatDies) {
  Background staying(stay("1h"));
  expect_it_survives(3);
  EXPECT_FALSE(staying.has_ended());
}

TEST_F(Stay, SleepsWithoutTheLockWhileNothingHappens) {
  Background staying(stay("1h"));
  ASSERT_TRUE(was_started(1));
  ASSERT_TRUE(wait_until([&] { return is_lock_free(); }));
  std::string before;
  EXPECT_TRUE(wait_until([&] {  // the end of its pass, and then nothing
    before = sleeps_of(staying.pid());
    std::this_thread::sleep_for(std::chrono::seconds{2});
    return !before.empty() && sleeps_of(staying.pid()) == before;
  }));
  EXPECT_TRUE(is_lock_free());
}

TEST_F(Stay, TwiceAtATimeStartsNothingTwice) {
  Background one(stay("1h"));
  Background other(stay("1h"));
  expect_it_survives(5);
  EXPECT_FALSE(one.has_ended());
  EXPECT_FALSE(other.has_ended());
}

TEST_F(Stay, EndsByItselfAndLeavesTheWorkers) {
  EXPECT_EQ(run(stay("1s")).status, 0);
  EXPECT_NE(app_.living("feed"), 0);
}

TEST_F(Stay, WithoutAnyWorkerSleepsToItsEnd) {
  app_.configure("workers: [{name: feed, start: [bin/feed], foreground: true, enabled: false}]\n");
  EXPECT_EQ(run(stay("1s")).status, 0);
}

TEST_F(Stay, GoesWithRunOnly) {
  EXPECT_EQ(app_.bootcheck({"status", "--stay", "1s"}).status, 2);
  EXPECT_EQ(app_.bootcheck({"run", "--stay", "1s", "--json"}).status, 2);
  EXPECT_THAT(app_.bootcheck({"run", "--stay", "soon"}).err, HasSubstr("no duration"));
}

}  // namespace
}  // namespace bootcheck::test
