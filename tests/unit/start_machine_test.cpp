// How workers come up, with a clock that is a number: every stage of a start, and every input in
// it.
#include "model/start_machine.h"

#include <map>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck::start {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr Moment kBegin = 1'000'000;
constexpr ProcessId kProcess{.pid = 77, .start_time = 5};

std::string words_of(const StartCause& cause) {
  if (const auto* exited = std::get_if<Exited>(&cause))
    return "exited " + std::to_string(exited->code);
  if (const auto* killed = std::get_if<KilledBySignal>(&cause))
    return "signal " + std::to_string(killed->signal);
  if (const auto* failed = std::get_if<NotStarted>(&cause)) return failed->why;
  if (const auto* unseen = std::get_if<NotSeen>(&cause))
    return "not seen in " + std::to_string(unseen->within.count());
  if (const auto* gone = std::get_if<CameAndWent>(&cause))
    return "gone after " + std::to_string(gone->within.count());
  return "?";
}

std::string words_of(const Action& action) {
  const auto with = [](const char* what, std::size_t number) {
    return std::string(what) + " " + std::to_string(number);
  };
  if (const auto* each = std::get_if<Launch>(&action)) return with("launch", each->command);
  if (const auto* each = std::get_if<Look>(&action)) return with("look", each->worker);
  if (const auto* each = std::get_if<AskStatus>(&action)) return with("ask", each->worker);
  if (const auto* each = std::get_if<SignalGroup>(&action))
    return with(each->kill ? "KILL" : "TERM", each->command);
  if (const auto* each = std::get_if<Up>(&action))
    return with("up", each->worker) + " in " + std::to_string(each->took.count());
  if (const auto* each = std::get_if<Failed>(&action))
    return with("failed", each->worker) + ": " + words_of(each->cause);
  return with("let go", std::get<LetGo>(action).command);
}

class StartMachine : public testing::Test {
 protected:
  using Words = std::vector<std::string>;

  static WorkerToStart worker(ComesUpAs as, Duration limit = 60s, Duration grace = 2s) {
    return {.worker = 0, .as = as, .time_limit = limit, .grace = grace, .pid_file_is_told = true};
  }
  static CommandToStart command_for(const WorkerToStart& worker) {
    const bool is_child = worker.as == ComesUpAs::child;
    return {.workers = {worker}, .time_limit = is_child ? 0s : worker.time_limit};
  }

  Words step(const Input& input) {
    Words words;
    for (const auto& action : machine_.step(input, now_))
      words.push_back(words_of(action));
    return words;
  }
  Words after(Duration duration, const Input& input = TimePassed{}) {
    now_ += duration.count();
    return step(input);
  }
  Words order(const std::vector<CommandToStart>& commands) { return step(Ordered{commands}); }
  Words order(ComesUpAs as) { return order({command_for(worker(as))}); }

  /// How long until the machine wants to be woken; -1: it does not.
  Duration sleeps() const {
    return machine_.deadline() ? Duration(*machine_.deadline() - now_) : Duration{-1};
  }

  /// A daemon whose command runs, looked at once in vain.
  void boot_daemon() {
    order(ComesUpAs::daemon);
    step(Launched{0});
    step(NotSeenYet{0, false});
  }
  void prove_daemon() {
    boot_daemon();
    step(Seen{0, kProcess});
  }

  Machine machine_{2};
  Moment now_ = kBegin;
};

// --- one worker, from its order to its end
// ----------------------------------------------------------------------

TEST_F(StartMachine, ADaemonIsUpOnceItHasStayedForTheStartSeconds) {
  EXPECT_THAT(order(ComesUpAs::daemon), ElementsAre("launch 0"));
  EXPECT_THAT(step(Launched{0}), ElementsAre("look 0"));
  EXPECT_THAT(step(NotSeenYet{0, false}), IsEmpty());
  EXPECT_THAT(after(3s, PidFileChanged{0}), ElementsAre("look 0"));
  EXPECT_THAT(step(Seen{0, kProcess}), IsEmpty());
  EXPECT_EQ(sleeps(), kStartSeconds);
  EXPECT_THAT(after(kStartSeconds - 1ms), IsEmpty());
  EXPECT_THAT(after(1ms), ElementsAre("look 0"));
  EXPECT_FALSE(machine_.is_done());
  EXPECT_THAT(step(Seen{0, kProcess}), ElementsAre("up 0 in 3000", "let go 0"));
  EXPECT_TRUE(machine_.is_done());
  EXPECT_EQ(sleeps(), -1ms);
}

TEST_F(StartMachine, ACommandThatHandsBackJobsIsWaitedForAlsoWhenItsWorkersAreUp) {
  auto command = command_for(worker(ComesUpAs::daemon));
  command.hands_back = true;
  order({command});
  step(Launched{0});
  step(Seen{0, kProcess});
  after(kStartSeconds);
  EXPECT_THAT(step(Seen{0, kProcess}), ElementsAre("up 0 in 0"));
  EXPECT_FALSE(machine_.is_done());
  step(CommandEnded{0, Exited{0}});
  EXPECT_TRUE(machine_.is_done());
}

TEST_F(StartMachine, ABootForThoseThatComeLaterHasAPlaceUntilItHasBooted) {
  Machine alone(1);
  const CommandToStart boot{.workers = {}, .time_limit = 60s};
  const auto words = [&](const Input& input) {
    Words all;
    for (const auto& action : alone.step(input, now_))
      all.push_back(words_of(action));
    return all;
  };
  EXPECT_THAT(words(Ordered{{boot, command_for(worker(ComesUpAs::child))}}),
              ElementsAre("launch 0"));
  EXPECT_THAT(words(Launched{0}), IsEmpty());
  EXPECT_THAT(words(HasBooted{0}), ElementsAre("launch 1"));
  now_ += 61'000;
  words(NotMissing{0});
  words(NotNeeded{1});
  EXPECT_THAT(words(TimePassed{}), IsEmpty()) << "its time does not count any more";
  EXPECT_TRUE(alone.is_done());
}

TEST_F(StartMachine, ABootForThoseThatComeLaterIsEndedAfterItsTime) {
  EXPECT_THAT(order({{.workers = {}, .time_limit = 60s}}), ElementsAre("launch 0"));
  step(Launched{0});
  EXPECT_THAT(after(60s), ElementsAre("TERM 0"));
  step(CommandEnded{0, KilledBySignal{15}});
  EXPECT_TRUE(machine_.is_done());
}

TEST_F(StartMachine, ABootThatIsBeingEndedGivesItsPlaceAwayInItsTime) {
  machine_ = Machine(1);
  order({{.workers = {}, .time_limit = 59s}, command_for(worker(ComesUpAs::child))});
  step(Launched{0});
  EXPECT_THAT(after(59s), ElementsAre("TERM 0"));
  EXPECT_THAT(after(1s), ElementsAre("launch 1"));
  EXPECT_THAT(after(1s), ElementsAre("KILL 0"));
}

TEST_F(StartMachine, ABootThatHandsBackJobsIsWaitedForAlsoWhenItHasBooted) {
  order({{.workers = {}, .time_limit = 60s, .hands_back = true}});
  EXPECT_THAT(step(HasBooted{0}), IsEmpty());
  step(Launched{0});
  EXPECT_THAT(step(HasBooted{0}), IsEmpty());
  EXPECT_FALSE(machine_.is_done());
  EXPECT_THAT(after(60s), ElementsAre("TERM 0"));
}

TEST_F(StartMachine, AChildIsUpWithoutAnyPidFile) {
  EXPECT_THAT(order(ComesUpAs::child), ElementsAre("launch 0"));
  EXPECT_THAT(step(Launched{0}), ElementsAre("look 0"));
  step(Seen{0, kProcess});
  EXPECT_THAT(after(kStartSeconds), ElementsAre("look 0"));
  EXPECT_THAT(step(Seen{0, kProcess}), ElementsAre("up 0 in 0", "let go 0"));
  EXPECT_TRUE(machine_.is_done());
}

TEST_F(StartMachine, AWorkerJudgedByItsStatusCommandIsAskedOnceItsCommandHasSucceeded) {
  order(ComesUpAs::by_status);
  EXPECT_THAT(step(Launched{0}), IsEmpty());
  EXPECT_THAT(after(1s, CommandEnded{0, Exited{0}}), ElementsAre("ask 0"));
  EXPECT_THAT(step(StatusAnswered{0, StatusAnswer::not_running}), IsEmpty());
  EXPECT_EQ(sleeps(), kBetweenQuestions);
  EXPECT_THAT(after(kBetweenQuestions), ElementsAre("ask 0"));
  EXPECT_THAT(step(StatusAnswered{0, StatusAnswer::running}), ElementsAre("up 0 in 1200"));
  EXPECT_TRUE(machine_.is_done());
}

TEST_F(StartMachine, ADaemonWhoseCommandEndsFirstIsLookedForInTheGrace) {
  boot_daemon();
  EXPECT_THAT(after(1s, CommandEnded{0, Exited{0}}), ElementsAre("look 0"));
  EXPECT_THAT(step(NotSeenYet{0, false}), IsEmpty());
  EXPECT_EQ(sleeps(), kFirstLook);
  EXPECT_THAT(after(kFirstLook), ElementsAre("look 0"));
  step(NotSeenYet{0, false});
  EXPECT_EQ(sleeps(), 2 * kFirstLook) << "less and less often";
  EXPECT_THAT(after(2 * kFirstLook), ElementsAre("look 0"));
  step(Seen{0, kProcess});
  after(kStartSeconds);
  EXPECT_THAT(step(Seen{0, kProcess}), ElementsAre("up 0 in 1030"));
  EXPECT_TRUE(machine_.is_done());
}

TEST_F(StartMachine, AWorkerThatIsLeftOutIsNotLaunchedAndNotWaitedFor) {
  order(ComesUpAs::daemon);
  EXPECT_THAT(step(NotMissing{0}), IsEmpty());
  EXPECT_FALSE(machine_.is_done());
  EXPECT_THAT(step(NotNeeded{0}), IsEmpty());
  EXPECT_TRUE(machine_.is_done());
}

TEST_F(StartMachine, AWorkerIsLeftOutOnce) {
  order({{.workers = {worker(ComesUpAs::daemon), worker(ComesUpAs::daemon)}, .time_limit = 60s}});
  for (const WorkerNumber number : {0U, 0U, 1U}) {
    step(NotMissing{number});
    EXPECT_FALSE(machine_.is_done());
  }
  step(NotNeeded{0});
  EXPECT_TRUE(machine_.is_done());
}

TEST_F(StartMachine, OfABatchTheOthersAreStartedWhereOneIsLeftOut) {
  order({{.workers = {worker(ComesUpAs::daemon), worker(ComesUpAs::daemon)}, .time_limit = 60s}});
  step(NotMissing{0});
  EXPECT_THAT(step(Launched{0}), ElementsAre("look 1"));
  step(Seen{1, kProcess});
  after(kStartSeconds);
  EXPECT_THAT(step(Seen{1, kProcess}), ElementsAre("up 1 in 0", "let go 0"));
  EXPECT_TRUE(machine_.is_done());
}

// --- failures
// ----------------------------------------------------------------------------------------------------

TEST_F(StartMachine, WhatCannotBeLaunchedHasFailed) {
  for (const auto as : {ComesUpAs::child, ComesUpAs::by_status}) {
    machine_ = Machine(2);
    order(as);
    EXPECT_THAT(step(CommandEnded{0, NotStarted{"no such file"}}),
                ElementsAre("failed 0: no such file"));
    EXPECT_TRUE(machine_.is_done());
  }
  machine_ = Machine(2);
  order(ComesUpAs::daemon);
  EXPECT_THAT(step(CommandEnded{0, NotStarted{"no such file"}}), ElementsAre("look 0"));
  EXPECT_THAT(step(NotSeenYet{0, false}), ElementsAre("failed 0: no such file"));
  EXPECT_TRUE(machine_.is_done());
}

TEST_F(StartMachine, AChildThatEndsHasFailedWhenever) {
  for (const auto& outcome : {LaunchOutcome(Exited{3}), LaunchOutcome(KilledBySignal{9})}) {
    const std::string why = std::holds_alternative<Exited>(outcome) ? "exited 3" : "signal 9";
    for (const int stage : {0, 1, 2}) {
      machine_ = Machine(2);
      order(ComesUpAs::child);
      step(Launched{0});
      if (stage > 0) step(Seen{0, kProcess});
      if (stage > 1) after(kStartSeconds);
      EXPECT_THAT(after(1ms, CommandEnded{0, outcome}), ElementsAre("failed 0: " + why)) << stage;
      EXPECT_TRUE(machine_.is_done());
    }
  }
}

TEST_F(StartMachine, AChildThatCannotBeLookedAtIsLookedAtAgain) {
  order(ComesUpAs::child);
  step(Launched{0});
  EXPECT_THAT(step(NotSeenYet{0, false}), IsEmpty());
  EXPECT_EQ(sleeps(), kFirstLook);
  EXPECT_THAT(after(kFirstLook), ElementsAre("look 0"));
  EXPECT_EQ(sleeps(), kKeepsItsPlace - kFirstLook) << "the answer comes first";
  step(Seen{0, kProcess});
  EXPECT_THAT(after(kStartSeconds), ElementsAre("look 0"));
  EXPECT_THAT(step(NotSeenYet{0, false}), IsEmpty());
  EXPECT_EQ(sleeps(), 2 * kFirstLook);
  EXPECT_THAT(after(2 * kFirstLook), ElementsAre("look 0"));
  EXPECT_THAT(step(Seen{0, kProcess}), ElementsAre("up 0 in 10", "let go 0"));
  EXPECT_TRUE(machine_.is_done());
}

TEST_F(StartMachine, AChildThatCannotBeLookedAtInTimeIsLeftAlone) {
  order(ComesUpAs::child);
  step(Launched{0});
  step(NotSeenYet{0, false});
  EXPECT_THAT(after(60s), ElementsAre("failed 0: not seen in 60000", "let go 0"));
  EXPECT_TRUE(machine_.is_done());
  EXPECT_EQ(sleeps(), -1ms);
}

TEST_F(StartMachine, ADaemonThatIsGoneWithinTheStartSecondsHasFailed) {
  prove_daemon();
  step(CommandEnded{0, Exited{0}});
  EXPECT_THAT(after(200ms, Gone{0}), ElementsAre("failed 0: gone after 200"));
  EXPECT_TRUE(machine_.is_done());
  machine_ = Machine(2);
  prove_daemon();
  after(kStartSeconds);
  EXPECT_THAT(step(NotSeenYet{0, false}), ElementsAre("failed 0: gone after 500"));
}

TEST_F(StartMachine, ADaemonThatIsReplacedHasItsStartSecondsAnew) {
  prove_daemon();
  after(kStartSeconds);
  EXPECT_THAT(step(Seen{0, {.pid = 78, .start_time = 6}}), IsEmpty());
  EXPECT_EQ(sleeps(), kStartSeconds);
  after(kStartSeconds);
  EXPECT_THAT(step(Seen{0, {.pid = 78, .start_time = 6}}), ElementsAre("up 0 in 500", "let go 0"));
}

TEST_F(StartMachine, ACommandThatFailsIsTheReasonWhereNoWorkerIsThere) {
  boot_daemon();
  EXPECT_THAT(step(CommandEnded{0, Exited{3}}), ElementsAre("look 0"));
  EXPECT_THAT(step(NotSeenYet{0, false}), ElementsAre("failed 0: exited 3"));
  EXPECT_TRUE(machine_.is_done());
}

TEST_F(StartMachine, AWorkerThatDoesNotComeInTheGraceHasFailed) {
  boot_daemon();
  step(CommandEnded{0, Exited{0}});
  Words words = step(NotSeenYet{0, false});
  const auto ended = now_;
  while (words.empty()) {
    ASSERT_GT(sleeps(), 0ms);
    if (after(sleeps()) == Words{"look 0"}) words = step(NotSeenYet{0, false});
    ASSERT_LE(now_, ended + 2'000);
    if (machine_.is_done()) break;
  }
  EXPECT_TRUE(machine_.is_done());
  EXPECT_EQ(now_, ended + 2'000);
}

TEST_F(StartMachine, AWorkerThatIsComingIsWaitedForBeyondTheGrace) {
  boot_daemon();
  step(CommandEnded{0, Exited{0}});
  step(NotSeenYet{0, true});
  EXPECT_THAT(after(30s), ElementsAre("look 0"));
  EXPECT_THAT(step(NotSeenYet{0, true}), IsEmpty());
  EXPECT_LE(sleeps(), kLongestLook);
  EXPECT_THAT(after(30s), ElementsAre("failed 0: not seen in 60000"));
}

TEST_F(StartMachine, AWorkerThatLeavesItsFolderAgainIsNotYetUp) {
  prove_daemon();
  after(kStartSeconds);
  EXPECT_THAT(step(NotSeenYet{0, true}), IsEmpty());
  EXPECT_EQ(sleeps(), kFirstLook);
  EXPECT_THAT(after(kFirstLook), ElementsAre("look 0"));
  step(Seen{0, kProcess});
  EXPECT_THAT(after(kStartSeconds), ElementsAre("look 0"));
  EXPECT_THAT(step(Seen{0, kProcess}), ElementsAre("up 0 in 510", "let go 0"));
}

TEST_F(StartMachine, AStatusCommandThatNeverSaysRunningFailsTheStartAtItsTimeLimit) {
  order({command_for(worker(ComesUpAs::by_status, 1s, 1s))});
  step(Launched{0});
  step(CommandEnded{0, Exited{0}});
  for (const auto answer : {StatusAnswer::not_running, StatusAnswer::unknown}) {
    EXPECT_THAT(step(StatusAnswered{0, answer}), IsEmpty());
    EXPECT_THAT(after(400ms), ElementsAre("ask 0"));
  }
  EXPECT_THAT(after(400ms, StatusAnswered{0, StatusAnswer::not_running}),
              ElementsAre("failed 0: exited 0"));
}

// --- commands that do not end
// ------------------------------------------------------------------------------------

TEST_F(StartMachine, ACommandThatHangsIsEndedWithItsGroupAndKilledAfterAGrace) {
  boot_daemon();
  EXPECT_EQ(sleeps(), 60s);
  EXPECT_THAT(after(60s), ElementsAre("failed 0: not seen in 60000", "TERM 0"));
  EXPECT_EQ(sleeps(), kGraceAfterTerm);
  EXPECT_THAT(after(kGraceAfterTerm - 1ms), IsEmpty());
  EXPECT_THAT(after(1ms), ElementsAre("KILL 0"));
  EXPECT_FALSE(machine_.is_done());
  EXPECT_THAT(step(CommandEnded{0, KilledBySignal{9}}), IsEmpty());
  EXPECT_TRUE(machine_.is_done());
}

TEST_F(StartMachine, ACommandThatWasEndedIsNoSuccessAndItsSignalNoReason) {
  auto command = command_for(worker(ComesUpAs::by_status));
  command.time_limit = 5s;
  order({command});
  step(Launched{0});
  EXPECT_THAT(after(5s), ElementsAre("TERM 0"));
  EXPECT_THAT(step(CommandEnded{0, KilledBySignal{15}}),
              ElementsAre("failed 0: not seen in 60000"));
  EXPECT_TRUE(machine_.is_done());
}

TEST_F(StartMachine, ACommandThatEndsByTermIsNotKilled) {
  boot_daemon();
  after(60s);
  EXPECT_THAT(after(1s, CommandEnded{0, KilledBySignal{15}}), IsEmpty());
  EXPECT_TRUE(machine_.is_done());
  EXPECT_EQ(sleeps(), -1ms) << "whoever bears its number later is not meant";
}

TEST_F(StartMachine, ACommandThatOutlivesKillIsLeft) {
  boot_daemon();
  after(60s);
  after(kGraceAfterTerm);
  EXPECT_THAT(after(kGraceAfterTerm), ElementsAre("let go 0"));
  EXPECT_TRUE(machine_.is_done());
}

TEST_F(StartMachine, ACommandIsNotEndedBeforeTheMostPatientOfItsWorkersHasHadItsTime) {
  order({{.workers = {worker(ComesUpAs::daemon, 10s), worker(ComesUpAs::daemon, 20s)},
          .time_limit = 20s}});
  step(Launched{0});
  step(NotSeenYet{0, false});
  step(NotSeenYet{1, false});
  EXPECT_THAT(after(10s), ElementsAre("failed 0: not seen in 10000"));
  EXPECT_THAT(after(10s), ElementsAre("failed 1: not seen in 20000", "TERM 0"));
}

TEST_F(StartMachine, AChildIsNeverEndedByAnyTimeLimit) {
  order(ComesUpAs::child);
  step(Launched{0});
  EXPECT_THAT(after(std::chrono::hours{1}), IsEmpty()) << "while it is being looked at";
  step(NotSeenYet{0, false});
  EXPECT_THAT(after(std::chrono::hours{1}), Not(Contains("TERM 0")));
}

TEST_F(StartMachine, ACommandThatOnlyHandsBackJobsIsWaitedForAndEndedAtItsTimeLimit) {
  EXPECT_THAT(order({{.workers = {}, .time_limit = 5s}}), ElementsAre("launch 0"));
  EXPECT_THAT(step(Launched{0}), IsEmpty());
  EXPECT_FALSE(machine_.is_done());
  EXPECT_THAT(after(5s), ElementsAre("TERM 0"));
  step(CommandEnded{0, Exited{0}});
  EXPECT_TRUE(machine_.is_done());
}

// --- places
// ------------------------------------------------------------------------------------------------------

TEST_F(StartMachine, AtMostSoManyBootAtATime) {
  const std::vector<CommandToStart> four(4, command_for(worker(ComesUpAs::daemon)));
  EXPECT_THAT(order(four), ElementsAre("launch 0", "launch 1"));
  step(Launched{0});
  step(Launched{1});
  EXPECT_THAT(step(Seen{0, kProcess}), ElementsAre("launch 2")) << "one that is seen boots no more";
  EXPECT_THAT(step(Launched{2}), ElementsAre("look 2"));
  EXPECT_THAT(step(CommandEnded{1, Exited{1}}), ElementsAre("look 1"));
  EXPECT_THAT(step(NotSeenYet{1, false}), ElementsAre("failed 1: exited 1", "launch 3"));
}

TEST_F(StartMachine, AStartThatHangsGivesItsPlaceToTheNext) {
  const std::vector<CommandToStart> many(8, command_for(worker(ComesUpAs::daemon, 300s)));
  order(many);
  for (const CommandNumber command : {0U, 1U})
    step(Launched{command});
  EXPECT_THAT(step(NotSeenYet{0, false}), IsEmpty());
  EXPECT_THAT(step(NotSeenYet{1, false}), IsEmpty());
  EXPECT_EQ(sleeps(), kKeepsItsPlace);
  EXPECT_THAT(after(kKeepsItsPlace - 1ms), IsEmpty());
  EXPECT_THAT(after(1ms), ElementsAre("launch 2", "launch 3"));
  for (const CommandNumber command : {2U, 3U}) {
    step(Launched{command});
    step(NotSeenYet{command, false});
  }
  EXPECT_THAT(after(kKeepsItsPlace), IsEmpty()) << "twice as many at a time and no more";
  EXPECT_THAT(step(Seen{0, kProcess}), ElementsAre("launch 4"));
}

TEST_F(StartMachine, AStartWhoseCommandHasEndedGivesItsPlaceToTheNextAsWell) {
  machine_ = Machine(1);
  auto command = command_for(worker(ComesUpAs::daemon, 300s, 5s));
  command.time_limit = 59s;
  order({command, command});
  step(Launched{0});
  step(NotSeenYet{0, false});
  EXPECT_THAT(after(58s, CommandEnded{0, Exited{0}}), ElementsAre("look 0"));
  EXPECT_THAT(after(2s), ElementsAre("launch 1")) << "nobody is left to be ended";
}

TEST_F(StartMachine, ALateOrderJoinsTheQueueOfTheSamePass) {
  boot_daemon();
  EXPECT_THAT(after(30s, Ordered{{command_for(worker(ComesUpAs::child))}}),
              ElementsAre("launch 1"));
  step(Launched{1});
  step(Seen{1, kProcess});
  EXPECT_THAT(after(kStartSeconds), ElementsAre("look 1"));
  EXPECT_THAT(step(Seen{1, kProcess}), ElementsAre("up 1 in 0", "let go 1"));
  EXPECT_FALSE(machine_.is_done()) << "the first one boots still";
}

// --- looks
// -------------------------------------------------------------------------------------------------------

TEST_F(StartMachine, WherePidFilesAreNotToldTheyAreLookedAtLessAndLessOften) {
  auto untold = worker(ComesUpAs::daemon);
  untold.pid_file_is_told = false;
  order({command_for(untold)});
  step(Launched{0});
  Duration last{0};
  for (int look = 0; look < 10; ++look) {
    EXPECT_THAT(step(NotSeenYet{0, false}), IsEmpty());
    EXPECT_GE(sleeps(), last);
    EXPECT_LE(sleeps(), kLongestLook);
    last = sleeps();
    ASSERT_THAT(after(last), ElementsAre("look 0"));
  }
  EXPECT_EQ(last, kLongestLook);
}

TEST_F(StartMachine, WherePidFilesAreToldNobodyLooksWhileTheCommandRuns) {
  boot_daemon();
  EXPECT_EQ(sleeps(), 60s);
}

TEST_F(StartMachine, AProcessThatIsComingIsLookedAtAgainSoonAfterItsPidFileChanged) {
  boot_daemon();
  step(PidFileChanged{0});
  EXPECT_THAT(step(NotSeenYet{0, true}), IsEmpty());
  EXPECT_EQ(sleeps(), kFirstLook);
}

// --- every input in every stage: what does not fit changes nothing
// ----------------------------------------------

const std::map<std::string, Input> kInputs = {
    {"not missing", NotMissing{0}},
    {"launched", Launched{0}},
    {"not needed", NotNeeded{0}},
    {"has booted", HasBooted{0}},
    {"command ended", CommandEnded{0, Exited{0}}},
    {"seen", Seen{0, kProcess}},
    {"not seen yet", NotSeenYet{0, false}},
    {"gone", Gone{0}},
    {"pid file changed", PidFileChanged{0}},
    {"answered", StatusAnswered{0, StatusAnswer::running}},
    {"time passed", TimePassed{}},
};

class EveryStage : public StartMachine {
 protected:
  /// What every input leads to in the present stage; what is not named leads to nothing.
  void expect(const std::map<std::string, Words>& expected) {
    const auto before = machine_;
    for (const auto& [name, input] : kInputs) {
      machine_ = before;
      const auto found = expected.find(name);
      EXPECT_EQ(step(input), found == expected.end() ? Words{} : found->second) << name;
    }
    machine_ = before;
  }
};

TEST_F(EveryStage, Launching) {
  order(ComesUpAs::daemon);
  expect({{"launched", {"look 0"}}, {"command ended", {"look 0"}}});
}

TEST_F(EveryStage, BootingDaemon) {
  boot_daemon();
  expect({{"command ended", {"look 0"}}, {"pid file changed", {"look 0"}}});
}

TEST_F(EveryStage, BootingChild) {
  order(ComesUpAs::child);
  step(Launched{0});
  expect({{"command ended", {"failed 0: exited 0"}}});
}

TEST_F(EveryStage, BootingByStatus) {
  order(ComesUpAs::by_status);
  step(Launched{0});
  expect({{"command ended", {"ask 0"}}});
}

TEST_F(EveryStage, AskedForItsStatus) {
  order(ComesUpAs::by_status);
  step(Launched{0});
  step(CommandEnded{0, Exited{0}});
  expect({{"answered", {"up 0 in 0"}}});
}

TEST_F(EveryStage, InTheGrace) {
  boot_daemon();
  step(CommandEnded{0, Exited{0}});
  step(NotSeenYet{0, false});
  EXPECT_FALSE(machine_.is_done());
  expect({{"pid file changed", {"look 0"}}});
}

TEST_F(EveryStage, ProvingDaemon) {
  prove_daemon();
  expect({{"gone", {"failed 0: gone after 0"}}});
}

TEST_F(EveryStage, ProvingChild) {
  order(ComesUpAs::child);
  step(Launched{0});
  step(Seen{0, kProcess});
  expect({{"command ended", {"failed 0: exited 0"}}});
}

TEST_F(EveryStage, ConfirmingDaemon) {
  prove_daemon();
  after(kStartSeconds);
  expect({{"seen", {"up 0 in 0", "let go 0"}},
          {"not seen yet", {"failed 0: gone after 500"}},
          {"gone", {"failed 0: gone after 500"}}});
}

TEST_F(EveryStage, ConfirmingChild) {
  order(ComesUpAs::child);
  step(Launched{0});
  step(Seen{0, kProcess});
  after(kStartSeconds);
  expect({{"seen", {"up 0 in 0", "let go 0"}}, {"command ended", {"failed 0: exited 0"}}});
}

TEST_F(EveryStage, Ending) {
  boot_daemon();
  after(60s);
  expect({});
}

TEST_F(EveryStage, LetGoOrEnded) {
  prove_daemon();
  after(kStartSeconds);
  step(Seen{0, kProcess});
  expect({});
  EXPECT_TRUE(machine_.is_done());
  machine_ = Machine(2);
  order(ComesUpAs::child);
  step(CommandEnded{0, Exited{1}});
  expect({});
  EXPECT_TRUE(machine_.is_done());
}

}  // namespace
}  // namespace bootcheck::start
