// Starts that fail, each in its own way, and how many are made at a time.
#include "process/small_app_test.h"

#include <algorithm>

namespace bootcheck::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class FailingStarts : public SmallAppTest {
 protected:
  FailingStarts() {
    app_.script("bin/broken", "echo reading settings\necho no such database: feeds >&2\nexit 3");
    app_.script("bin/brief", "echo nothing to do");
    app_.script("bin/shot", "kill -9 $$");
    app_.configure(R"(
workers:
  - {name: broken, start: [bin/broken], foreground: true}
  - {name: missing, start: [bin/missing], foreground: true}
  - {name: brief, start: [bin/brief], foreground: true}
  - {name: shot, start: [bin/shot], foreground: true}
  - {name: good, start: [bin/feed, good], foreground: true}
backoff: {first: 1h, max: 1h}
)");
  }

  /// The line about a worker.
  static std::string line_about(const std::string& worker, const std::string& text) {
    for (const auto& line : lines_of(text)) {
      if (line.starts_with("bootcheck: " + worker + ": ")) return line;
    }
    return "nothing about " + worker + " in: " + text;
  }
};

TEST_F(FailingStarts, AreToldEachInOneLineAndKeepNoOtherWorkerFromComingUp) {
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.out, "");
  EXPECT_GT(app_.living("good"), 0) << finished.err;
  EXPECT_EQ(lines_of(finished.err).size(), 4U) << finished.err;
  EXPECT_THAT(line_about("broken", finished.err),
              AllOf(HasSubstr("exited with 3"), HasSubstr("no such database: feeds"),
                    HasSubstr("log/broken.start.log")));
  EXPECT_THAT(line_about("missing", finished.err),
              AllOf(HasSubstr("bin/missing"), HasSubstr("No such file or directory")));
  EXPECT_THAT(line_about("brief", finished.err), HasSubstr("nothing to do"));
  EXPECT_THAT(line_about("shot", finished.err), HasSubstr("signal 9"));
  for (const char* worker : {"broken", "missing", "brief", "shot"}) {
    EXPECT_EQ(app_.living(worker), 0);
    EXPECT_EQ(status_of(worker), 3) << worker;
    EXPECT_THAT(app_.log(), HasSubstr(std::string(worker) + " start_failed"));
  }
}

TEST_F(FailingStarts, AreToldOnceAndNotInEveryPassButKeepTheExitStatus) {
  EXPECT_EQ(app_.bootcheck().status, 1);
  const auto log = app_.log();
  const auto again = app_.bootcheck();
  EXPECT_EQ(again.status, 1);
  EXPECT_EQ(again.err, "");
  EXPECT_GT(app_.log().size(), log.size());
}

TEST_F(FailingStarts, ArePutOffByTheBackOffUntilStartAsksForThem) {
  const auto tries = [this] { return lines_of(app_.output("brief")).size(); };
  app_.bootcheck();
  app_.bootcheck();
  EXPECT_EQ(tries(), 2U);
  EXPECT_EQ(app_.bootcheck().status, 1);
  EXPECT_EQ(tries(), 2U);
  EXPECT_THAT(app_.bootcheck({"status"}).out, HasSubstr("failing"));
  app_.bootcheck({"start", "brief"});
  EXPECT_EQ(tries(), 3U);
}

TEST_F(FailingStarts, ArePutOffUntilTheRestartFileIsTouchedOrARestartAskedFor) {
  const auto tries = [this] { return lines_of(app_.output("brief")).size(); };
  app_.bootcheck();
  app_.bootcheck();
  app_.bootcheck();
  EXPECT_EQ(tries(), 2U);
  write_file(app_.root() / "tmp/restart.txt", "");
  app_.bootcheck();
  EXPECT_EQ(tries(), 3U) << story();
  app_.bootcheck();
  EXPECT_EQ(tries(), 3U) << "touched once, it asks for one fresh start";
  app_.bootcheck({"restart", "brief"});
  EXPECT_EQ(tries(), 4U) << story();
}

TEST_F(FailingStarts, AreMadeInEveryPassWithoutABackOff) {
  app_.configure("workers: [{name: brief, start: [bin/brief], foreground: true}]\nbackoff: 0\n");
  for (std::size_t pass = 1; pass <= 4; ++pass) {
    EXPECT_EQ(app_.bootcheck().status, 1);
    EXPECT_EQ(lines_of(app_.output("brief")).size(), pass);
  }
}

TEST_F(FailingStarts, AreForgottenOnceTheWorkerIsMended) {
  app_.bootcheck();
  app_.script("bin/broken", "echo mended\nsleep 1000 & wait");
  app_.script("bin/missing", "sleep 1000 & wait");
  app_.script("bin/brief", "sleep 1000 & wait");
  app_.script("bin/shot", "sleep 1000 & wait");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(finished.err, "");
  for (const char* worker : {"broken", "missing", "brief", "shot", "good"})
    EXPECT_GT(app_.living(worker), 0) << worker;
}

TEST_F(FailingStarts, OfAMissingFolderNameTheFolder) {
  app_.configure(R"(
workers:
  - {name: lost, start: [/bin/sh, -c, ":"], foreground: true, working_directory: no/folder}
  - {name: good, start: [bin/feed, good], foreground: true}
)");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(line_about("lost", finished.err), HasSubstr("no/folder"));
  EXPECT_GT(app_.living("good"), 0);
}

TEST_F(FailingStarts, ByATimeLimitEndTheStartCommandAndAllItsChildren) {
  app_.script("bin/slow", "echo waiting for the database\nsleep 1000 & echo $! > child\nwait");
  app_.configure(R"(
workers:
  - {name: slow, start: [bin/slow], start_timeout: 10s, process_title: slow}
  - {name: good, start: [bin/feed, good], foreground: true}
)");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(line_about("slow", finished.err),
              AllOf(HasSubstr("10s"), HasSubstr("waiting for the database")));
  const auto child = std::stoi("0" + read_file(app_.root() / "child"));
  ASSERT_GT(child, 1);
  EXPECT_TRUE(wait_until([child] { return !is_alive(child); }));
  EXPECT_GT(app_.living("good"), 0);
}

class ParallelStarts : public SmallAppTest {
 protected:
  /// Four daemons. Each start command waits until `together` of them have begun, and notes how many
  /// are at work beside it.
  void configure(int together, int parallel_starts) const {
    const auto root = app_.root().native();
    boost::filesystem::create_directories(app_.root() / "begun");
    boost::filesystem::create_directories(app_.root() / "now");
    app_.script("bin/daemon",
                "touch now/$1; ls now | wc -l >> counts; touch begun/$1\n"
                "until [ $(ls begun | wc -l) -ge " +
                    std::to_string(together) +
                    " ]; do\n"
                    "  sleep 0.02\n"
                    "done\n"
                    "rm now/$1\n"
                    "setsid bash -c \"echo \\$\\$ > tmp/pids/d.$1.pid; exec -a d.$1 sleep 1000\" &",
                "/bin/bash");
    boost::filesystem::create_directories(app_.root() / "tmp/pids");
    app_.configure(
        "workers:\n"
        "  - {name: \"d.%{id}\", count: 4, start: [bin/daemon, \"%{id}\"],\n"
        "     process_title: \"d.%{id} 1000\"}\n"
        "parallel_starts: " +
        std::to_string(parallel_starts) + "\n");
  }

  int most_at_once() const {
    int most = 0;
    for (const auto& line : lines_of(read_file(app_.root() / "counts")))
      most = std::max(most, std::stoi(line));
    return most;
  }
};

TEST_F(ParallelStarts, AreAsManyAsConfigured) {
  configure(2, 2);
  good_pass();
  for (const char* worker : {"d.0", "d.1", "d.2", "d.3"})
    EXPECT_GT(app_.living(worker), 0) << worker;
  EXPECT_EQ(most_at_once(), 2);
}

TEST_F(ParallelStarts, CanBeOneAfterTheOther) {
  configure(1, 1);
  good_pass();
  EXPECT_EQ(lines_of(read_file(app_.root() / "counts")).size(), 4U);
  EXPECT_EQ(most_at_once(), 1);
}

TEST_F(ParallelStarts, CanBeAllAtOnce) {
  configure(4, 10);
  good_pass();
  for (const char* worker : {"d.0", "d.1", "d.2", "d.3"})
    EXPECT_GT(app_.living(worker), 0) << worker;
}

}  // namespace
}  // namespace bootcheck::test
