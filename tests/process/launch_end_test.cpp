// Commands that do not end by themselves, several at a time, and the last words of those that did.
#include "process/forked.h"
#include "process/launching.h"

#include <memory>
#include <set>

#include <sys/resource.h>

namespace bootcheck {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

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

  static constexpr seconds kLong{60};

  static pid_t started(Launches& launches, const LaunchRequest& request) {
    return std::get<pid_t>(launches.start(request));
  }
  /// How the next `count` commands end.
  std::vector<std::string> ends(Launches& launches, std::size_t count) {
    std::vector<std::string> outcomes;
    while (outcomes.size() < count) {
      const auto told = launches.wait(machine_.monotonic_clock() + kLong);
      if (told.empty()) break;
      for (const auto& each : told)
        outcomes.push_back(words(std::get<CommandEnd>(each).outcome));
    }
    return outcomes;
  }
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

TEST_F(LaunchEnds, ACommandThatIsLetGoLivesOnAndItsEndIsNotTold) {
  const auto launches = machine_.launches();
  const Printed command(started(*launches, shell("echo $$; exec sleep 1000")));
  const Printed other(started(*launches, shell("exit 5")));
  launches->let_go(command.pid);
  launches->signal_group(command.pid, SIGKILL);
  EXPECT_THAT(ends(*launches, 1), ElementsAre("exited 5"));
  EXPECT_TRUE(test::is_alive(command.pid));
}

TEST_F(LaunchEnds, CommandsOutliveTheLaunchesThatStartedThem) {
  const LeftAlone child(request({"sleep", "1000"}));
  EXPECT_TRUE(test::is_alive(child.pid()));
}

TEST_F(LaunchEnds, NoGroupIsSignalledOnceTheEndOfItsCommandWasTold) {
  const auto launches = machine_.launches();
  const pid_t pid = started(*launches, shell("sleep 1000 & echo $!"));
  EXPECT_THAT(ends(*launches, 1), ElementsAre("exited 0"));
  const Printed daemon(printed_pid());
  ASSERT_EQ(::getpgid(daemon.pid), pid);
  launches->signal_group(pid, SIGKILL);
  EXPECT_TRUE(test::is_alive(daemon.pid));
}

TEST_F(LaunchEnds, WhatIsLeftOfASignalledGroupIsKilledAtTheEndOfItsCommand) {
  const auto launches = machine_.launches();
  const pid_t pid = started(*launches, shell("(trap '' TERM; exec sleep 1000) & echo $!; wait"));
  const Printed deaf(printed_pid());
  launches->signal_group(pid, SIGTERM);
  EXPECT_THAT(ends(*launches, 1), ElementsAre("signal 15"));
  EXPECT_TRUE(deaf.is_gone());
}

TEST_F(LaunchEnds, TheEndOfAProcessThatIsNoCommandIsToldOnce) {
  const auto launches = machine_.launches();
  started(*launches, shell("sleep 1000 & echo $!"));
  EXPECT_THAT(ends(*launches, 1), ElementsAre("exited 0"));
  const Printed daemon(printed_pid());
  const auto look = machine_.look(daemon.pid);
  const auto id = std::get<Process>(look).id;
  launches->watch(id);
  EXPECT_THAT(launches->wait(machine_.monotonic_clock() + milliseconds{20}), IsEmpty());
  ::kill(daemon.pid, SIGKILL);
  const auto told = launches->wait(machine_.monotonic_clock() + kLong);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(std::get<ProcessEnd>(told.front()).process, id);
  EXPECT_THAT(launches->wait(machine_.monotonic_clock() + milliseconds{20}), IsEmpty());
}

TEST_F(LaunchEnds, TheEndOfAProcessThatWasGoneBeforeIsToldAtOnce) {
  const auto launches = machine_.launches();
  launches->watch({.pid = ::getpid(), .start_time = 1});
  EXPECT_EQ(launches->wait(machine_.monotonic_clock() + kLong).size(), 1U);
}

TEST_F(LaunchEnds, AFileThatIsWrittenOrMovedThereIsTold) {
  const auto launches = machine_.launches();
  EXPECT_FALSE(launches->watch_folder(folder() / "missing"));
  ASSERT_TRUE(launches->watch_folder(folder()));
  test::write_file(folder() / "one.pid", "1\n");
  test::write_file(folder() / "sub/two", "2\n");
  boost::filesystem::rename(folder() / "sub/two", folder() / "two.pid");
  std::set<std::string> names;
  for (const auto& each : launches->wait(machine_.monotonic_clock() + kLong))
    names.insert(std::get<FileChange>(each).file.native());
  EXPECT_THAT(names, ElementsAre((folder() / "one.pid").native(), (folder() / "two.pid").native()));
}

TEST_F(LaunchEnds, WithFewDescriptorsEveryEndIsToldAllTheSame) {
  Forked limited([this](const Forked::Ready& ready) {
    constexpr rlimit kFew{.rlim_cur = 40, .rlim_max = 40};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &kFew), 0);
    ready.say();
    const auto launches = machine_.launches();
    std::vector<std::unique_ptr<LeftAlone>> processes;
    std::set<pid_t> alive;
    for (int count = 0; count < 100; ++count) {
      const auto& process =
          *processes.emplace_back(std::make_unique<LeftAlone>(request({"sleep", "1000"})));
      launches->watch(std::get<Process>(machine_.look(process.pid())).id);
      alive.insert(process.pid());
    }
    for (const pid_t pid : alive)
      ::kill(pid, SIGKILL);
    while (!alive.empty() && !testing::Test::HasFailure()) {
      const auto told = launches->wait(machine_.monotonic_clock() + kLong);
      EXPECT_FALSE(told.empty());
      for (const auto& each : told)
        alive.erase(std::get<ProcessEnd>(each).process.pid);
    }
    EXPECT_TRUE(machine_.wait_for_exit({{.pid = ::getpid(), .start_time = 1}}, milliseconds{0}));
    return testing::Test::HasFailure() ? 1 : 0;
  });
  EXPECT_EQ(limited.wait(), 0);
}

TEST_F(LaunchEnds, SeveralCommandsRunSideBySide) {
  // Each waits for the file of the other: one after the other they would never end.
  const auto meet = [this](const std::string& mine, const std::string& other) {
    auto command =
        shell("touch " + mine + "; until [ -e " + other + " ]; do sleep 0.01; done; exit 7");
    command.time_limit = test::kHang;
    return command;
  };
  std::vector<std::string> outcomes;
  for (const auto& outcome :
       run_commands(machine_, {meet("one", "two"), request({"missing"}), meet("two", "one")}))
    outcomes.push_back(words(outcome).substr(0, 11));
  EXPECT_THAT(outcomes, ElementsAre("exited 7", "not started", "exited 7"));
  EXPECT_EQ(children(), children_before_);
}

class Tail : public LaunchTest {
 protected:
  std::string tail_of(const std::string& text, std::uint64_t offset, int lines) {
    test::write_file(folder() / "text", text);
    return tail(machine_, folder() / "text", offset, lines);
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

TEST_F(Tail, LeavesOutLinesThatBeginSo) {
  test::write_file(folder() / "text", "of old\nit broke (LoadError)\n\tfrom a.rb:1\nours: x\n");
  EXPECT_EQ(tail(machine_, folder() / "text", 0, 1, {"\tfrom ", "ours: "}), "it broke (LoadError)");
}

TEST_F(Tail, OfAFileThatCannotBeReadIsEmpty) {
  EXPECT_EQ(tail(machine_, folder() / "missing", 0, 5), "");
  EXPECT_EQ(tail(machine_, folder(), 0, 5), "");
}

/// What a command that converses says next; empty: nothing any more.
std::string next_line(Launches& launches, Duration until) {
  for (const auto& each : launches.wait(until)) {
    if (const auto* said = std::get_if<Said>(&each)) return said->line;
  }
  return {};
}

TEST_F(LaunchEnds, ACommandIsTalkedWithUntilWeHangUp) {
  const auto launches = machine_.launches();
  auto request = shell(
      "read first; echo \"got $first\" >&0; read second; echo \"and $second\" >&0; read third; "
      "exit 3");
  request.input = "one\n";
  request.converses = true;
  const auto pid = started(*launches, request);
  const auto until = machine_.monotonic_clock() + kLong;
  EXPECT_EQ(next_line(*launches, until), "got one");
  EXPECT_TRUE(launches->tell(pid, "two"));
  EXPECT_EQ(next_line(*launches, until), "and two");
  launches->hang_up(pid);
  EXPECT_FALSE(launches->tell(pid, "three"));
  EXPECT_THAT(ends(*launches, 1), ElementsAre("exited 3"));
}

TEST_F(LaunchEnds, WhatACommandSaysLastIsHeardBeforeItsEnd) {
  const auto launches = machine_.launches();
  auto request = shell("echo booted >&0; echo ended 0 1 >&0; exit 1");
  request.converses = true;
  const auto pid = started(*launches, request);
  std::vector<std::string> heard;
  const auto until = machine_.monotonic_clock() + kLong;
  while (heard.size() < 3 && machine_.monotonic_clock() < until) {
    for (const auto& each : launches->wait(until)) {
      const auto* said = std::get_if<Said>(&each);
      heard.push_back(said != nullptr ? said->line : words(std::get<CommandEnd>(each).outcome));
    }
  }
  EXPECT_THAT(heard, ElementsAre("booted", "ended 0 1", "exited 1"));
  EXPECT_FALSE(launches->tell(pid, "more")) << "and raises no SIGPIPE";
}

TEST_F(LaunchEnds, ACommandThatDoesNotListenHoldsNobodyUp) {
  const auto launches = machine_.launches();
  auto request = shell("exec sleep 1000");
  request.converses = true;
  const auto pid = started(*launches, request);
  const Printed end(pid);
  const std::string line(100'000, 'x');
  bool is_taken = true;
  for (int count = 0; is_taken && count < 100; ++count)
    is_taken = launches->tell(pid, line);
  EXPECT_FALSE(is_taken);
}

}  // namespace
}  // namespace bootcheck
