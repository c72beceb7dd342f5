// A lock that is held, a log and a state that cannot be written or read.
#include "process/small_app_test.h"

#include <memory>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class LockOfAPass : public SmallAppTest {
 protected:
  LockOfAPass() { app_.configure(kFeed); }

  const fs::path path_ = app_.root() / "tmp/pids/bootcheck.lock";

  bool is_free() const { return run({"flock", "-n", path_.native(), "true"}).status == 0; }

  /// Another process that holds it.
  std::unique_ptr<Background> hold() const {
    fs::create_directories(path_.parent_path());
    auto holder = std::make_unique<Background>(
        std::vector<std::string>{"flock", "--no-fork", path_.native(), "sleep", "1000"});
    EXPECT_TRUE(wait_until([this] { return !is_free(); }));
    return holder;
  }
};

// maho 1314
TEST_F(LockOfAPass, IsFreeAfterwardsAlthoughWhatItStartedLives) {
  good_pass();
  EXPECT_GT(app_.living("feed"), 0);
  EXPECT_TRUE(is_free());
}

TEST_F(LockOfAPass, HeldByAnotherMakesARunLeaveSilentlyWithSuccess) {
  const auto holder = hold();
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 0);
  EXPECT_EQ(finished.out + finished.err, "");
  EXPECT_EQ(app_.living("feed"), 0);
  EXPECT_THAT(app_.log(), HasSubstr("busy pid=" + std::to_string(holder->pid())));
}

TEST_F(LockOfAPass, HeldByAnotherLeavesWhatIsAskedForToTheNextPass) {
  good_pass();
  const auto before = app_.living("feed");
  auto holder = hold();
  for (const char* command : {"restart", "start", "stop"}) {
    const auto finished = app_.bootcheck({command, "--lock-wait", "0"});
    EXPECT_EQ(finished.status, 0) << command;
    EXPECT_EQ(finished.err, "") << command;
    EXPECT_THAT(finished.out, AllOf(HasSubstr(std::to_string(holder->pid())),
                                    HasSubstr("the next one, does what was asked for")))
        << command;
  }
  EXPECT_EQ(app_.living("feed"), before) << "nobody was asked yet";
  EXPECT_THAT(app_.bootcheck({"status"}).out, HasSubstr("held"));
  holder.reset();
  good_pass();
  EXPECT_TRUE(wait_until([&] { return !is_alive(before); })) << story();
  good_pass();
  EXPECT_EQ(app_.living("feed"), 0) << "the stop was the last word";
}

TEST_F(LockOfAPass, HeldByAnotherIsAFailureForWhoIsToWait) {
  const auto holder = hold();
  for (const char* command : {"restart", "stop"}) {
    const auto finished = app_.bootcheck({command, "--wait=1s", "--lock-wait", "0"});
    EXPECT_EQ(finished.status, 75) << command;
    EXPECT_THAT(finished.err, HasSubstr(std::to_string(holder->pid()))) << command;
    EXPECT_EQ(finished.out, "") << command;
  }
}

TEST_F(LockOfAPass, HeldByAnotherIsWaitedForOnRequest) {
  auto holder = hold();
  Background waiting({bootcheck_binary(), "-C", app_.root().native(), "run", "--lock-wait", "10m"});
  EXPECT_FALSE(wait_until([&] { return waiting.has_ended(); }, std::chrono::milliseconds{300}));
  holder.reset();
  EXPECT_EQ(waiting.wait(), 0);
  EXPECT_GT(app_.living("feed"), 0) << story();
}

TEST_F(LockOfAPass, HeldForTooLongIsToldWithTheHoldersPid) {
  app_.configure(std::string(kFeed) + "stuck_after: 1s\n");
  const auto holder = hold();
  Finished finished;
  EXPECT_TRUE(wait_until([&] {
    finished = app_.bootcheck();
    return finished.status == 75;
  }));
  EXPECT_THAT(finished.err,
              AllOf(HasSubstr("pid " + std::to_string(holder->pid())), HasSubstr(path_.native())));
  EXPECT_EQ(lines_of(finished.err).size(), 1U);
  const auto again = app_.bootcheck();
  EXPECT_EQ(again.status, 75);
  EXPECT_EQ(again.err, "");  // told once an hour
  EXPECT_EQ(app_.living("feed"), 0);
}

TEST_F(LockOfAPass, ThatCannotBeOpenedIsSaidAndNothingStarted) {
  fs::create_directories(path_);
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 4);
  EXPECT_THAT(finished.err, HasSubstr(path_.native()));
  EXPECT_EQ(app_.output("feed"), "");
}

class BadFiles : public SmallAppTest {
 protected:
  const fs::path state_ = app_.root() / "tmp/pids/bootcheck.state";

  /// The worker comes up although something has to be told, in one line; the next pass finds it.
  void expect_a_start_and_a_line_with(const std::string& words) const {
    const auto finished = app_.bootcheck();
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(words));
    EXPECT_EQ(lines_of(finished.err).size(), 1U) << finished.err;
    const auto pid = app_.living("feed");
    ASSERT_GT(pid, 0) << story();
    EXPECT_EQ(app_.bootcheck().status, 0);
    EXPECT_EQ(app_.living("feed"), pid);
    EXPECT_EQ(status_of("feed"), 0);
  }
};

// The same for root, whom no permission keeps from writing.
TEST_F(BadFiles, ALogFolderThatCannotBeWrittenKeepsNoWorkerFromStarting) {
  write_file(app_.root() / "log", "this is no folder");
  app_.configure(kFeed);
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("bootcheck: feed: what it prints"),
                                  HasSubstr("log cannot be written")));
  const auto pid = app_.living("feed");
  ASSERT_GT(pid, 0) << finished.err;
  EXPECT_EQ(app_.bootcheck().status, 0);
  EXPECT_EQ(app_.living("feed"), pid);
}

// One pass by root leaves a file that its user cannot write.
TEST_F(BadFiles, AnOutputThatCannotBeKeptKeepsNoWorkerFromStarting) {
  fs::create_directories(app_.root() / "log/feed.start.log");
  app_.configure(kFeed);
  expect_a_start_and_a_line_with("log/feed.start.log");
}

TEST_F(BadFiles, ALogThatIsAFolderKeepsNoWorkerFromStarting) {
  fs::create_directories(app_.root() / "log/bootcheck.log");
  app_.configure(kFeed);
  expect_a_start_and_a_line_with("log cannot be written");
}

TEST_F(BadFiles, AMetricsFileThatCannotBeWrittenKeepsNoWorkerFromStarting) {
  app_.configure(std::string(kFeed) + "metrics_file: config/bootcheck.yml/shop.prom\n");
  expect_a_start_and_a_line_with("metrics file cannot be written");
}

TEST_F(BadFiles, AStateThatCannotBeWrittenKeepsNoWorkerFromStarting) {
  app_.configure(std::string(kFeed) + "state_file: config/bootcheck.yml/state\n");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.err, HasSubstr("state"));
  const auto pid = app_.living("feed");
  ASSERT_GT(pid, 0) << story();
  EXPECT_EQ(app_.bootcheck().status, 0);
  EXPECT_EQ(app_.living("feed"), pid);
  EXPECT_TRUE(says("feed", "up eu\n"));
}

TEST_F(BadFiles, ADamagedStateKeepsNoWorkerFromStarting) {
  app_.configure(kFeed);
  write_file(state_, "{\"schema\": 1, \"workers\": {\"feed\": ");
  expect_a_start_and_a_line_with(state_.native());
}

TEST_F(BadFiles, AStateOfALaterVersionKeepsNoWorkerFromStarting) {
  app_.configure(kFeed);
  write_file(state_, R"({"schema": 99, "workers": []})");
  expect_a_start_and_a_line_with("schema is 99");
}

TEST_F(BadFiles, AStateOfWrongTypesKeepsNoWorkerFromStarting) {
  app_.configure(kFeed);
  write_file(state_, R"({"schema": 1, "boot_id": 7, "workers": {"feed": [1]}, "holds": "all"})");
  EXPECT_EQ(app_.bootcheck().status, 0);
  EXPECT_GT(app_.living("feed"), 0) << story();
}

TEST_F(BadFiles, AStateLostWhileTheWorkerRunsStartsNothing) {
  app_.configure(kFeed);
  good_pass();
  const auto pid = app_.living("feed");
  for (const char* text : {"", "noise", R"({"schema": 99})"}) {
    write_file(state_, text);
    EXPECT_EQ(app_.bootcheck().status, 0) << text;
    EXPECT_EQ(app_.living("feed"), pid) << text;
  }
  fs::remove(state_);
  good_pass();
  EXPECT_EQ(app_.living("feed"), pid);
  EXPECT_TRUE(says("feed", "up eu\n"));
}

}  // namespace
}  // namespace bootcheck::test
