// Commands that do not end by themselves, several at a time, and the last words of those that did.
#include "process/launching.h"

#include <map>

namespace bootcheck {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;

/// Enough for a shell to say its first line, on a slow machine as well.
constexpr seconds kLimit{5};

class LaunchEnds : public LaunchTest {
 protected:
  /// Ends the process whose pid the command printed, when the test ends.
  struct Printed {
    explicit Printed(pid_t number) : pid(number) {}
    Printed(const Printed&) = delete;
    Printed& operator=(const Printed&) = delete;
    ~Printed() { end_process(pid); }
    bool is_gone() const {
      return test::wait_until([this] { return !test::is_alive(pid); });
    }
    pid_t pid;
  };
};

TEST_F(LaunchEnds, TheTimeLimitEndsTheWholeProcessGroup) {
  auto slow = shell("sleep 1000 & echo $!; wait");
  slow.time_limit = kLimit;
  EXPECT_EQ(words(launch(slow)), "timed out");
  EXPECT_TRUE(Printed(printed_pid()).is_gone());
  EXPECT_EQ(children(), children_before_);
}

TEST_F(LaunchEnds, TheTimeLimitEndsWhatIgnoresTerm) {
  auto deaf = shell("trap '' TERM; sleep 1000 & echo $!; wait; wait; sleep 1000");
  deaf.time_limit = kLimit;
  EXPECT_EQ(words(launch(deaf)), "timed out");
  EXPECT_TRUE(Printed(printed_pid()).is_gone());
}

TEST_F(LaunchEnds, TheTimeLimitEndsWhatIgnoresTermBehindACommandThatDoesNot) {
  auto mixed = shell("(trap '' TERM; exec sleep 1000) & echo $!; wait");
  mixed.time_limit = kLimit;
  EXPECT_EQ(words(launch(mixed)), "timed out");
  EXPECT_TRUE(Printed(printed_pid()).is_gone());
}

TEST_F(LaunchEnds, TheTimeLimitIsNothingToACommandThatEndsInTime) {
  auto quick = shell("sleep 0.1; exit 4");
  quick.time_limit = test::kHang;
  EXPECT_EQ(words(launch(quick)), "exited 4");
}

TEST_F(LaunchEnds, ADaemonThatKeepsTheOutputOpenHoldsNobodyUp) {
  EXPECT_EQ(words(launch(shell("sleep 1000 & echo $!"))), "exited 0");
  const Printed daemon(printed_pid());
  EXPECT_TRUE(test::is_alive(daemon.pid));
}

TEST_F(LaunchEnds, ADetachedCommandLivesOnWithoutItsTimeLimit) {
  auto request = shell("echo $$; sleep 6; echo alive; exec sleep 1000");
  request.time_limit = kLimit;
  LaunchOutcome outcome = Exited{};
  pid_t pid = 0;
  {
    Launches launches;
    pid = launches.start(request, [&](const LaunchOutcome& how) { outcome = how; });
    launches.every(milliseconds{5}, [&] {
      launches.detach(pid);
      return false;
    });
    launches.run();
  }
  const Printed command(pid);
  EXPECT_EQ(words(outcome), "left running");
  EXPECT_TRUE(test::wait_until([&] { return test::lines_of(output()).size() == 2; }));
  EXPECT_TRUE(test::is_alive(pid));
}

TEST_F(LaunchEnds, CommandsOutliveTheLaunchesThatStartedThem) {
  const LeftAlone child(request({"sleep", "1000"}));
  EXPECT_TRUE(test::is_alive(child.pid()));
}

TEST_F(LaunchEnds, DetachingWhatNeverStartedOrHasEndedIsNothing) {
  Launches launches;
  int calls = 0;
  const pid_t pid = launches.start(shell("exit 5"), [&](const LaunchOutcome&) { ++calls; });
  launches.run();
  launches.detach(pid);
  launches.detach(0);
  EXPECT_EQ(calls, 1);
}

TEST_F(LaunchEnds, SeveralCommandsRunSideBySide) {
  // Each waits for the file of the other: one after the other they would never end.
  const auto meet = [](const std::string& mine, const std::string& other) {
    return "touch " + mine + "; until [ -e " + other + " ]; do sleep 0.01; done; exit 7";
  };
  Launches launches;
  std::map<std::string, std::string> outcomes;
  for (const auto& [mine, other] : {std::pair("one", "two"), std::pair("two", "one")}) {
    auto command = shell(meet(mine, other));
    command.time_limit = test::kHang;
    launches.start(command, [&outcomes, name = std::string(mine)](const LaunchOutcome& how) {
      outcomes[name] = words(how);
    });
  }
  launches.start(request({"missing"}),
                 [&](const LaunchOutcome& how) { outcomes["missing"] = words(how).substr(0, 11); });
  launches.run();
  EXPECT_THAT(outcomes,
              ElementsAre(testing::Pair("missing", "not started"), testing::Pair("one", "exited 7"),
                          testing::Pair("two", "exited 7")));
  EXPECT_EQ(children(), children_before_);
}

TEST_F(LaunchEnds, ATickIsCalledUntilItReturnsFalse) {
  Launches launches;
  int ticks = 0;
  launches.every(milliseconds{1}, [&] { return ++ticks < 5; });
  launches.run();
  EXPECT_EQ(ticks, 5);
}

TEST_F(LaunchEnds, ACommandCanBeStartedFromATick) {
  Launches launches;
  std::string outcome;
  launches.every(milliseconds{1}, [&] {
    launches.start(shell("exit 6"), [&](const LaunchOutcome& how) { outcome = words(how); });
    return false;
  });
  launches.run();
  EXPECT_EQ(outcome, "exited 6");
}

class Tail : public LaunchTest {
 protected:
  std::string tail_of(const std::string& text, std::uint64_t offset, int lines) const {
    test::write_file(folder() / "text", text);
    return tail(folder() / "text", offset, lines);
  }
};

TEST_F(Tail, IsTheLastLinesWithoutTheFinalNewline) {
  EXPECT_EQ(tail_of("one\ntwo\nthree\n", 0, 2), "two\nthree");
  EXPECT_EQ(tail_of("one\ntwo\nthree", 0, 1), "three");
  EXPECT_EQ(tail_of("one\ntwo\n\n\n", 0, 1), "two");
}

TEST_F(Tail, IsAllOfAShortText) {
  EXPECT_EQ(tail_of("one\ntwo\n", 0, 5), "one\ntwo");
  EXPECT_EQ(tail_of("", 0, 5), "");
  EXPECT_EQ(tail_of("\n\n", 0, 5), "");
}

TEST_F(Tail, LeavesOutWhatWasThereBefore) {
  EXPECT_EQ(tail_of("of yesterday\nof today\n", 13, 5), "of today");
  EXPECT_EQ(tail_of("of yesterday\n", 13, 5), "");
  EXPECT_EQ(tail_of("cut short since\n", 4000, 5), "");
}

TEST_F(Tail, IsTheEndAlsoOfAVeryLongText) {
  std::string text;
  for (int line = 0; line < 400'000; ++line)
    text += "line " + std::to_string(line) + "\n";
  EXPECT_EQ(tail_of(text, 0, 2), "line 399998\nline 399999");
  const auto long_line = tail_of(std::string(9000, 'x') + "end", 0, 3);
  EXPECT_LE(long_line.size(), 4096U);
  EXPECT_TRUE(long_line.ends_with("xend"));
}

TEST_F(Tail, OfAFileThatCannotBeReadIsEmpty) {
  EXPECT_EQ(tail(folder() / "missing", 0, 5), "");
  EXPECT_EQ(tail(folder(), 0, 5), "");
}

}  // namespace
}  // namespace bootcheck
