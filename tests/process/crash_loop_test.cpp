// Workers that do not stay up: back-off, its end, and who is told.
#include "process/small_app_test.h"

#include <algorithm>

namespace bootcheck::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class CrashLoop : public SmallAppTest {
 protected:
  CrashLoop() {
    // It dies when it is told to: always after it was seen up, always before it has stayed up.
    app_.script("bin/brief", "echo out of memory; until [ -e die ]; do sleep 0.05; done; exit 1");
    app_.script("bin/tell", "cat >> told");
    configure("bin/brief");
  }

  void configure(const std::string& program, const std::string& backoff = "1h") const {
    app_.configure("workers: [{name: feed, start: [" + program +
                   "], foreground: true}]\nbackoff: {first: " + backoff + ", max: " + backoff +
                   "}\nnotify: [bin/tell]\n");
  }

  /// Ends the worker, if it runs.
  void die() const {
    write_file(app_.root() / "die", "");
    EXPECT_TRUE(wait_until([this] { return app_.living("feed") == 0; }));
    boost::filesystem::remove(app_.root() / "die");
  }

  bool is_failing() const {
    return app_.bootcheck({"status"}).out.find("failing") != std::string::npos;
  }

  /// Passes until the second early death, from which on the worker has to wait.
  void run_into_backoff() const {
    EXPECT_TRUE(wait_until([this] {
      app_.bootcheck();
      die();
      return is_failing();
    })) << story();
    app_.bootcheck();  // `status` may have been the first to see it
  }

  std::size_t starts() const { return lines_of(app_.output("feed")).size(); }

  std::size_t told(const std::string& event) const {
    const auto lines = lines_of(read_file(app_.root() / "told"));
    return static_cast<std::size_t>(std::ranges::count_if(lines, [&](const std::string& line) {
      return line.find("\"event\":\"" + event + "\"") != std::string::npos;
    }));
  }
};

TEST_F(CrashLoop, TheFirstDeathIsNoLoop) {
  good_pass();
  die();
  good_pass();
  EXPECT_TRUE(wait_until([this] { return starts() == 2; }));
}

TEST_F(CrashLoop, TheSecondEarlyDeathIsToldWithTheLastWords) {
  good_pass();
  die();
  good_pass();
  die();
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, StartsWith("bootcheck: feed: does not stay up: it died soon after its "
                                       "start: out of memory"));
  EXPECT_THAT(finished.err, HasSubstr("see " + (app_.root() / "log/feed.start.log").native()));
  EXPECT_THAT(finished.err, HasSubstr("2 times in a row"));
  die();
  EXPECT_THAT(app_.bootcheck({"status"}).out, Not(HasSubstr("back-off")));
  EXPECT_THAT(app_.bootcheck({"status", "-v"}).out, HasSubstr("back-off"));
}

TEST_F(CrashLoop, WaitsAndIsToldOnce) {
  run_into_backoff();
  const auto before = starts();
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.err, "") << "it has been told already";
  EXPECT_EQ(starts(), before);
  EXPECT_EQ(told("failing"), 1U);
  EXPECT_EQ(app_.bootcheck({"status"}).status, 3);
  EXPECT_THAT(app_.bootcheck({"why", "feed"}).out, HasSubstr("next try"));
}

TEST_F(CrashLoop, IsNeverGivenUp) {
  configure("bin/brief", "10s");
  run_into_backoff();
  const auto before = starts();
  EXPECT_TRUE(wait_until([&] {
    app_.bootcheck();
    die();
    return starts() >= before + 2;
  }));
}

TEST_F(CrashLoop, EndsByStart) {
  run_into_backoff();
  const auto before = starts();
  app_.bootcheck({"start", "feed"});
  EXPECT_TRUE(wait_until([&] { return starts() == before + 1; }));
}

TEST_F(CrashLoop, EndsByAnotherStartCommand) {
  run_into_backoff();
  configure("bin/feed, now");
  EXPECT_EQ(app_.bootcheck().status, 0);
  EXPECT_GT(app_.living("feed"), 0);
}

TEST_F(CrashLoop, EndsByStayingUpAndThatIsToldOnce) {
  configure("bin/brief", "10s");
  run_into_backoff();
  app_.script("bin/brief", "exec sleep 1000");
  EXPECT_TRUE(wait_until([this] {
    app_.bootcheck();
    return told("recovered") > 0;
  })) << story();
  EXPECT_EQ(app_.bootcheck().status, 0);
  EXPECT_EQ(told("recovered"), 1U);
}

TEST_F(CrashLoop, IsNoLoopWithBackoffTurnedOff) {
  app_.configure("workers: [{name: feed, start: [bin/brief], foreground: true}]\nbackoff: 0\n");
  for (std::size_t count = 1; count <= 4; ++count) {
    good_pass();
    EXPECT_TRUE(wait_until([&] { return starts() == count; }));
    die();
  }
}

}  // namespace
}  // namespace bootcheck::test
