// Workers that only their status commands know, and that their stop commands ask to exit.
#include "model/intents.h"
#include "model/outcomes.h"
#include "unit/model_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kStop = "run its stop command (stop)";
constexpr const char* kRestart = "run its stop command (restart)";

class ByCommand : public testing::Test {
 protected:
  void see(const std::string& identifier, StatusAnswer answer) {
    auto worker = untitled_daemon(identifier);
    worker.status = {"bin/feed", "status"};
    worker.stop = {"bin/feed", "stop"};
    world_.see(worker, told(answer));
  }
  void see_again(StatusAnswer answer, std::size_t at = 0) { world_.see_again(at, told(answer)); }

  static Seen told(StatusAnswer answer) {
    return answered(seen(NoPidFile{}, NoProcess{}, kNothing), answer);
  }

  void hold() {
    world_.state.holds[world_.workers.front().name] = {
        .by = "deploy", .reason = {}, .since = 0, .until = {}};
  }
  void ask_for_restart() {
    for (std::size_t at = 0; at < world_.workers.size(); ++at)
      world_.record(at).roll = RollAsked{.at = world_.facts.now, .mode = {}};
  }

  /// A pass that carries its plan out; all of its steps.
  std::vector<std::string> pass(bool commands_work = true) {
    events_ = world_.pass();
    const auto plan = world_.plan();
    remember_intents(world_.state, world_.facts, plan);
    std::vector<std::string> words;
    for (const auto& decision : plan.decisions) {
      for (const auto& step : decision.steps) {
        words.push_back(describe(step));
        if (std::holds_alternative<RunStopCommand>(step))
          remember_commanded(world_.record(decision.worker), commands_work, world_.facts.now);
      }
    }
    return words;
  }

  WorkerState state() { return world_.first().state; }
  WorkerState beneath() { return world_.first().beneath; }
  bool has_told(EventKind kind) const {
    return std::ranges::find(events_, kind, &Event::kind) != events_.end();
  }

  World world_;
  std::vector<Event> events_;
};

TEST_F(ByCommand, AHoldDrainsOnce) {
  see("eu", StatusAnswer::running);
  hold();
  EXPECT_THAT(pass(), ElementsAre(kStop));
  EXPECT_THAT(pass(), IsEmpty());
  EXPECT_EQ(beneath(), WorkerState::draining);
  see_again(StatusAnswer::unknown);
  EXPECT_THAT(pass(), IsEmpty());
  EXPECT_TRUE(world_.record().by_command) << "nothing has told of its end";
  see_again(StatusAnswer::not_running);
  EXPECT_THAT(pass(), IsEmpty());
  EXPECT_TRUE(has_told(EventKind::drained));
  EXPECT_FALSE(world_.record().by_command);
}

TEST_F(ByCommand, ACommandThatFailedIsRunAgain) {
  see("eu", StatusAnswer::running);
  hold();
  EXPECT_THAT(pass(false), ElementsAre(kStop));
  EXPECT_EQ(beneath(), WorkerState::running);
  EXPECT_THAT(pass(), ElementsAre(kStop));
}

TEST_F(ByCommand, WhatAKilledPassIntendedIsDone) {
  see("eu", StatusAnswer::running);
  world_.record().by_command = StopRequest{.process = {}, .reason = StopReason::restart};
  EXPECT_THAT(pass(), ElementsAre(kRestart));
  EXPECT_THAT(pass(), IsEmpty());
  see_again(StatusAnswer::not_running);
  EXPECT_EQ(state(), WorkerState::drained);
  EXPECT_THAT(pass(), ElementsAre("start it"));
}

TEST_F(ByCommand, WhatEndedBeforeItWasAskedIsMissing) {
  see("eu", StatusAnswer::not_running);
  world_.record().by_command = StopRequest{.process = {}, .reason = StopReason::restart};
  EXPECT_EQ(state(), WorkerState::missing);
  pass();
  EXPECT_FALSE(has_told(EventKind::drained));
  EXPECT_FALSE(world_.record().by_command);
  EXPECT_THAT(pass(), ElementsAre("start it"));
}

TEST_F(ByCommand, ARestartIsOverWithTheNextStart) {
  see("eu", StatusAnswer::running);
  ask_for_restart();
  EXPECT_THAT(pass(), ElementsAre(kRestart));
  EXPECT_EQ(state(), WorkerState::draining);
  see_again(StatusAnswer::not_running);
  EXPECT_THAT(pass(), ElementsAre("start it"));
  EXPECT_FALSE(has_told(EventKind::no_process));
  remember_up_by_status(world_.record(), world_.facts.now);
  see_again(StatusAnswer::running);
  EXPECT_THAT(pass(), IsEmpty());
  EXPECT_EQ(state(), WorkerState::running);
}

TEST_F(ByCommand, WhatWasStartedSinceARestartWasAskedForIsLeft) {
  see("eu", StatusAnswer::running);
  world_.facts.now = 5000;
  ask_for_restart();
  remember_up_by_status(world_.record(), 5001);
  world_.facts.now = 6000;
  EXPECT_THAT(pass(), IsEmpty());
}

TEST_F(ByCommand, OneIsReplacedAtATimeUntilOneSuccessorIsUp) {
  for (const char* identifier : {"eu", "us", "ap"})
    see(identifier, StatusAnswer::running);
  ask_for_restart();
  EXPECT_THAT(pass(), ElementsAre(kRestart));
  EXPECT_THAT(pass(), IsEmpty()) << "the first is not gone yet";
  see_again(StatusAnswer::not_running);
  EXPECT_THAT(pass(), ElementsAre("start it"));
  see_again(StatusAnswer::running);
  EXPECT_THAT(pass(), ElementsAre(kRestart, kRestart));
}

TEST_F(ByCommand, WithoutOneNobodyCanBeAsked) {
  see("eu", StatusAnswer::running);
  world_.workers.front().stop.clear();
  ask_for_restart();
  EXPECT_THAT(pass(), IsEmpty());
  EXPECT_TRUE(has_told(EventKind::no_process));
}

TEST_F(ByCommand, WithoutOneAHoldAsksNobody) {
  see("eu", StatusAnswer::running);
  world_.workers.front().stop.clear();
  hold();
  EXPECT_THAT(pass(), IsEmpty());
}

TEST_F(ByCommand, WhatAKilledPassIntendedWaitsForAnAnswer) {
  see("eu", StatusAnswer::unknown);
  world_.record().by_command = StopRequest{.process = {}, .reason = StopReason::restart};
  EXPECT_THAT(pass(), IsEmpty());
  see_again(StatusAnswer::running);
  EXPECT_THAT(pass(), ElementsAre(kRestart));
}

TEST_F(ByCommand, IsNotRunWhereAProcessHasBeenAskedByASignal) {
  see("eu", StatusAnswer::running);
  world_.see_again(
      0, answered(seen(PidInFile{100}, with_argv(100, {"bin/feed", "eu"})), StatusAnswer::running));
  world_.record().by_command = StopRequest{.process = {}, .reason = StopReason::restart};
  world_.record().stops = {asked(100)};
  EXPECT_EQ(state(), WorkerState::draining);
  EXPECT_THAT(pass(), IsEmpty());
}

TEST_F(ByCommand, NoMoreThanMaxUnavailableAreReplaced) {
  for (const char* identifier : {"eu", "us", "ap"})
    see(identifier, StatusAnswer::running);
  for (auto& worker : world_.workers)
    worker.restart.max_unavailable = {.value = 1, .percent = false};
  ask_for_restart();
  world_.record(2).roll.reset();
  EXPECT_THAT(pass(), ElementsAre(kRestart)) << "the third one has the present code";
}

TEST_F(ByCommand, OneThatWasAskedLongAgoHoldsUpNobody) {
  for (const char* identifier : {"eu", "us"})
    see(identifier, StatusAnswer::running);
  ask_for_restart();
  EXPECT_THAT(pass(), ElementsAre(kRestart));
  EXPECT_THAT(pass(), IsEmpty());
  world_.facts.now += world_.workers.front().restart.settle.count();
  EXPECT_THAT(pass(), ElementsAre(kRestart));
}

TEST_F(ByCommand, ASlowDrainIsToldOnce) {
  see("eu", StatusAnswer::running);
  hold();
  pass();
  world_.facts.now = Duration(std::chrono::hours{2}).count();
  pass();
  EXPECT_TRUE(has_told(EventKind::drain_slow));
  pass();
  EXPECT_FALSE(has_told(EventKind::drain_slow));
}

}  // namespace
}  // namespace bootcheck
