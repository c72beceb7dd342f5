// What is remembered, counted and forgotten between passes.
#include "model/remember.h"

#include "model/backoff.h"
#include "model/intents.h"
#include "model/outcomes.h"
#include "unit/model_fixture.h"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;

constexpr BootTime kMinute = 60'000;
class Remembering : public testing::Test {
 protected:
  Remembering() { world_.see("2", seen(NoPidFile{}, NoProcess{})); }

  std::vector<Event> see(const Seen& seen, BootTime now) {
    world_.forget_processes();
    world_.see_again(0, seen);
    facts_.now = now;
    return world_.pass();
  }

  // 0 would mean that somebody else started it.
  void start(BootTime now) {
    remember_started(record(), living(100), app().release.native(), facts_, 0, now);
  }
  WorkerRecord& record() { return world_.record(); }

  World world_;
  Facts& facts_ = world_.facts;
  State& state_ = world_.state;
};

TEST_F(Remembering, AWorkerIsRememberedWhenItIsFirstSeenAndThenNothingChanges) {
  see(seen(PidInFile{100}, living(100)), 0);
  ASSERT_TRUE(record().process);
  EXPECT_EQ(record().process->id, (ProcessId{100, 5000}));
  const auto before = state_;
  EXPECT_TRUE(see(seen(PidInFile{100}, living(100)), kMinute).empty());
  EXPECT_EQ(state_, before);
}

TEST_F(Remembering, NothingIsRememberedOfAWorkerThatWasNeverThere) {
  see(seen(NoPidFile{}, NoProcess{}, kNothing), 0);
  EXPECT_TRUE(state_.workers.empty());
}

TEST_F(Remembering, WhatADeadOneHasLeftBehindIsRememberedWhileItLives) {
  const auto child = child_of(living(200), 1, 100);
  record().process = known(100);
  const auto dead = seen(NoPidFile{}, NoProcess{}, std::vector{child});
  const auto told = see(dead, 0);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front().kind, EventKind::left_over);
  EXPECT_EQ(std::get<Duplicates>(told.front().detail).pids, (std::vector<pid_t>{200}));
  EXPECT_EQ(record().left_overs, (std::vector{child.id}));
  EXPECT_TRUE(see(dead, kMinute).empty()) << "once";
  EXPECT_EQ(record().left_overs, (std::vector{child.id}));
  world_.forget_processes();
  world_.see_again(0, seen(NoPidFile{}, NoProcess{}, kNothing));
  world_.end(200);
  world_.pass();
  EXPECT_TRUE(record().left_overs.empty());
}

TEST_F(Remembering, TheSessionsOfTheDeadAreKeptWhileSomebodyIsInThemAndBounded) {
  const auto die = [this](pid_t pid) {
    record().process = known(pid);
    world_.end(pid);
    world_.show(child_of(living(1000 + pid), 1, pid));
    world_.see_again(0, seen(NoPidFile{}, NoProcess{}, kNothing));
    world_.pass();
  };
  die(100);
  die(101);
  EXPECT_EQ(record().dead_sessions, (std::vector<pid_t>{100, 101}));
  die(100);
  EXPECT_EQ(record().dead_sessions, (std::vector<pid_t>{101, 100})) << "once, the latest last";
  world_.end(1101);
  die(102);
  EXPECT_EQ(record().dead_sessions, (std::vector<pid_t>{100, 102})) << "nobody is left in 101";
  for (pid_t pid = 200; pid < 300; ++pid)
    die(pid);
  EXPECT_EQ(record().dead_sessions.size(), 64U);
}

TEST_F(Remembering, TheHostOfOneThatWasSetAsideIsTheOneItLivedOn) {
  facts_.host = "web2";
  record().process = known(200);
  record().beside = {known(100)};
  record().beside.front().host = "web1";
  record().stops = {set_aside(100)};
  world_.end(100);
  see(seen(PidInFile{200}, living(200)), kMinute);
  world_.end(100);
  world_.pass();
  ASSERT_EQ(record().unrecovered.size(), 1U);
  EXPECT_EQ(record().unrecovered.front().host, "web1");
}

TEST_F(Remembering, TheHostOfWhatAPidFileAloneTellsIsTheOneThatItWasFoundOn) {
  facts_.host = "web1";
  record().former_pid = 77;
  see(seen(PidInFile{100}, living(100)), kMinute);
  ASSERT_EQ(record().unrecovered.size(), 1U);
  EXPECT_EQ(record().unrecovered.front().host, "web1");
}

TEST_F(Remembering, ThoseThatLoseTheirPlaceInThePidFileAreKeptUntilTheyEnd) {
  record().process = known(100);
  see(seen(PidInFile{200}, living(200), std::vector{living(100)}), 0);
  see(seen(PidInFile{300}, living(300), std::vector{living(100), living(200)}), kMinute);
  EXPECT_EQ(record().process->id.pid, 300);
  ASSERT_EQ(record().beside.size(), 2U);
  world_.end(100);
  world_.pass();
  ASSERT_EQ(record().beside.size(), 1U);
  EXPECT_EQ(record().beside.front().id.pid, 200);
  ASSERT_EQ(record().unrecovered.size(), 1U) << "it may have locked a job";
  EXPECT_EQ(record().unrecovered.front().pid, 100);
}

TEST_F(Remembering, LeftOversAreBounded) {
  record().process = known(100);
  std::vector<Process> children;
  for (pid_t pid = 200; pid < 300; ++pid)
    children.push_back(child_of(living(pid), 1, 100));
  see(seen(NoPidFile{}, NoProcess{}, children), 0);
  EXPECT_EQ(record().left_overs.size(), 64U);
}

TEST_F(Remembering, ADeathIsCountedOnce) {
  start(1);
  see(seen(PidInFile{100}, NoProcess{}, kNothing), kMinute);
  see(seen(PidInFile{100}, NoProcess{}, kNothing), kMinute);
  EXPECT_EQ(record().failures.count, 1);
  ASSERT_EQ(record().unrecovered.size(), 1U);
  EXPECT_EQ(record().unrecovered.front().pid, 100);
}

/// Cron may begin the pass of the next minute a moment sooner than this one.
constexpr BootTime kJitter = 5000;

TEST_F(Remembering, TheFirstEarlyDeathIsForgivenTheNextOnesWaitLongerAndLonger) {
  const auto die_early = [this](BootTime at) {
    start(at);
    see(seen(PidInFile{100}, NoProcess{}, kNothing), at + kMinute / 2);
    return record().failures.next_try - (at + kMinute / 2);
  };
  EXPECT_EQ(die_early(kMinute), 0);
  EXPECT_EQ(die_early(10 * kMinute), kMinute - kJitter);
  EXPECT_EQ(die_early(20 * kMinute), 2 * kMinute - kJitter);
  EXPECT_EQ(die_early(30 * kMinute), 4 * kMinute - kJitter);
  for (int more = 0; more < 40; ++more)
    die_early(100 * kMinute * (more + 1));
  EXPECT_EQ(die_early(9000 * kMinute), 30 * kMinute - kJitter) << "never given up for good";
}

TEST_F(Remembering, StayingUpEndsTheCountAndIsToldOnce) {
  record().failures.count = 2;
  start(1);
  EXPECT_TRUE(see(seen(PidInFile{100}, living(100)), 2 * kMinute).empty());
  const auto events = see(seen(PidInFile{100}, living(100)), 2 * kMinute + 1);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events.front().kind, EventKind::recovered);
  EXPECT_EQ(record().failures.count, 0);
}

TEST_F(Remembering, ADeathAfterALongLifeIsNoFailure) {
  start(1);
  see(seen(PidInFile{100}, NoProcess{}, kNothing), 60 * kMinute);
  EXPECT_EQ(record().failures.count, 0);
}

TEST_F(Remembering, AShortBackoffIsNotMadeMuchShorterForTheSakeOfCron) {
  facts_.backoff_first = std::chrono::seconds{10};
  const auto& worker = world_.workers.front();
  remember_failed(record(), worker, {}, {}, facts_, 0);
  remember_failed(record(), worker, {}, {}, facts_, 0);
  EXPECT_EQ(record().failures.next_try, 9000);
}

TEST_F(Remembering, BackoffCanBeTurnedOff) {
  facts_.backoff_first = Duration{0};
  for (int round = 0; round < 5; ++round) {
    start(1);
    see(seen(PidInFile{100}, NoProcess{}, kNothing), 1);
  }
  EXPECT_EQ(record().failures.next_try, 0);
}

TEST_F(Remembering, AWorkerThatDrainedIsToldOnceAndIsNoFailure) {
  start(1);
  record().stops.push_back(asked(100, StopReason::restart, 1000));
  const auto events = see(seen(NoPidFile{}, NoProcess{}, kNothing), 13'000);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events.front().kind, EventKind::drained);
  EXPECT_EQ(record().failures.count, 0);
  EXPECT_TRUE(record().stops.empty());
}

TEST_F(Remembering, NothingIsConcludedFromWhatCannotBeSeen) {
  start(1);
  record().stops.push_back(asked(100));
  const auto before = state_;
  see(hidden(seen(PidInFile{100}, NoProcess{}, kNothing)), kMinute);
  see(seen(PidInFile{100}, Hidden{"Permission denied"}, kNothing), kMinute);
  EXPECT_EQ(state_, before);
}

TEST_F(Remembering, HoldsExpireAndFormerWorkersAreForgotten) {
  state_.holds["a"] = {.by = "x", .reason = "", .since = 0, .until = 10};
  state_.holds["b"] = {.by = "x", .reason = "", .since = 0, .until = {}};
  state_.workers["delayed_job.9"].started_at = 5;
  facts_.wall = 10;
  see(seen(PidInFile{100}, living(100)), 0);
  EXPECT_FALSE(state_.holds.contains("a"));
  EXPECT_TRUE(state_.holds.contains("b"));
  EXPECT_FALSE(state_.workers.contains("delayed_job.9"));
}

TEST_F(Remembering, WhomAHoldWasToStopIsForgottenWhenItIsOver) {
  see(seen(PidInFile{100}, living(100)), 0);
  record().stops = {intended(100, StopReason::stop), intended(200, StopReason::release),
                    asked(300, StopReason::stop)};
  state_.holds[facts_.workers->front().name] = {.by = "x", .reason = "", .since = 0, .until = 10};
  forget_void_stops(state_, *facts_.workers, 9);
  EXPECT_EQ(record().stops.size(), 3U);
  forget_void_stops(state_, *facts_.workers, 10);
  ASSERT_EQ(record().stops.size(), 2U);
  EXPECT_EQ(record().stops.front().process.pid, 200);
}

TEST_F(Remembering, ARestartIsRememberedUntilItsTurnComes) {
  see(seen(PidInFile{100}, living(100)), 0);
  record().roll = RollAsked{.at = facts_.now, .mode = RestartMode::surge};
  see(seen(PidInFile{100}, living(100)), 0);
  EXPECT_FALSE(record().roll);
  EXPECT_EQ(record().to_replace, (ProcessId{100, 5000}));
  EXPECT_TRUE(record().replace_by_surge);
  EXPECT_EQ(world_.plan().decisions.front().steps.size(), 3U) << "an ordinary pass goes on with it";
  start(1);
  EXPECT_FALSE(record().to_replace);
}

// After a reboot somebody else was faster.
TEST_F(Remembering, TheJobsOfAFormerBootAreNotForgottenForItsSuccessor) {
  record().former_pid = 77;
  see(seen(PidInFile{100}, living(100)), kMinute);
  ASSERT_EQ(record().unrecovered.size(), 1U);
  EXPECT_EQ(record().unrecovered.front().pid, 77);
  EXPECT_FALSE(record().former_pid);
}

TEST_F(Remembering, ARestartOfAWorkerWithoutItsPidFileIsNotForgotten) {
  see(seen(NoPidFile{}, NoProcess{}, alive({100})), kMinute);
  record().roll = RollAsked{.at = facts_.now, .mode = {}};
  see(seen(NoPidFile{}, NoProcess{}, alive({100})), kMinute);
  EXPECT_EQ(record().to_replace, (ProcessId{100, 5000}));
}

TEST_F(Remembering, WhatAPlanIntendsStandsInTheStateBeforeItIsDone) {
  see(seen(PidInFile{100}, living(100)), kMinute);
  record().to_replace = ProcessId{100, 5000};
  record().replace_by_surge = true;
  remember_intents(state_, facts_, world_.plan());
  ASSERT_EQ(record().stops.size(), 1U);
  EXPECT_TRUE(record().stops.front().aside);
  EXPECT_FALSE(record().stops.front().asked);
  EXPECT_EQ(record().stops.front().reason, StopReason::restart);
  ASSERT_TRUE(record().start);
  EXPECT_EQ(record().start->pid_before, 100);
  EXPECT_EQ(record().start->since, 6000U) << "ticks of 10 ms";
  remember_asked(record(), {100, 5000}, 2 * kMinute);
  EXPECT_TRUE(record().stops.front().asked);
  EXPECT_EQ(record().stops.front().asked_at, 2 * kMinute);
}

TEST_F(Remembering, AnEndThatWasAskedForIsNoCrash) {
  start(1);
  record().stops.push_back(asked(100));
  see(seen(PidInFile{100}, NoProcess{}, kNothing), kMinute);
  EXPECT_EQ(record().drained_at, kMinute);
  ASSERT_EQ(record().unrecovered.size(), 1U);
  EXPECT_TRUE(record().unrecovered.front().asked);
}

TEST_F(Remembering, AnEndBeforeTheSignalWasSentIsACrash) {
  start(1);
  record().stops.push_back(intended(100));
  EXPECT_TRUE(see(seen(PidInFile{100}, NoProcess{}, kNothing), kMinute).empty());
  EXPECT_FALSE(record().drained_at);
  EXPECT_EQ(record().failures.count, 1);
}

TEST_F(Remembering, EvidenceOfTheDeadIsKeptForAsLongAsTheirPidsMayMislead) {
  start(1);
  see(seen(PidInFile{100}, NoProcess{}, kNothing), kMinute);
  ASSERT_TRUE(record().last);
  EXPECT_EQ(record().last->id, (ProcessId{100, 5000}));
}

TEST_F(Remembering, ListsOfTheDeadAreBounded) {
  for (pid_t pid = 100; pid < 200; ++pid) {
    remember_started(record(), living(pid), app().release.native(), facts_, 0, 1);
    see(seen(PidInFile{pid}, NoProcess{}, kNothing), 600 * kMinute);
  }
  EXPECT_EQ(record().unrecovered.size(), 16U);
  EXPECT_EQ(record().unrecovered.back().pid, 199) << "the latest are kept";
}

TEST_F(Remembering, NoDeadAreKeptWhereNoJobsAreHandedBack) {
  facts_.recover_jobs = false;
  start(1);
  see(seen(PidInFile{100}, NoProcess{}, kNothing), kMinute);
  EXPECT_TRUE(record().unrecovered.empty());
}

TEST_F(Remembering, AWorkerThatIsNoLongerConfiguredBecomesAnOrphanWhileItLives) {
  state_.workers["feed.eu"].process = known(300);
  world_.show(with_argv(300, {"bin/feed"}));
  world_.pass();
  ASSERT_EQ(state_.orphans.size(), 1U);
  EXPECT_EQ(state_.orphans.front().name, "feed.eu");
  world_.end(300);
  world_.pass();
  EXPECT_TRUE(state_.orphans.empty());
}

TEST_F(Remembering, AnOrphanThatWasSetAsideIsRememberedUntilItsFileIsGone) {
  state_.workers["feed.eu"].process = known(300);
  state_.workers["feed.eu"].stops = {set_aside(300)};
  facts_.set_aside_elsewhere = {{.pid_file = "/srv/shop/current/tmp/pids/feed.eu.pid", .pid = 300}};
  world_.show(with_argv(300, {"bin/feed"}));
  world_.pass();
  ASSERT_EQ(state_.orphans.size(), 1U);
  remember_intents(state_, facts_,
                   {.decisions = {},
                    .orphans_to_drain = {{.id = known(300).id, .name = "feed.eu"}},
                    .set_aside_to_forget = {}});
  world_.end(300);
  world_.pass();
  EXPECT_EQ(state_.orphans.size(), 1U) << "or nobody would remove the file";
  facts_.set_aside_elsewhere.clear();
  world_.pass();
  EXPECT_TRUE(state_.orphans.empty());
}

TEST_F(Remembering, FailuresBeyondCountingWaitTheLongestTime) {
  constexpr int kMost = std::numeric_limits<int>::max();
  record().failures.count = kMost;
  start(kMinute);
  see(seen(PidInFile{100}, NoProcess{}, kNothing), kMinute + 1);
  EXPECT_EQ(record().failures.count, kMost);
  EXPECT_EQ(record().failures.next_try, kMinute + 1 + 30 * kMinute - kJitter);
  state_.failed_boots = {.count = kMost,
                         .next_try = 0,
                         .last_error = {},
                         .release = facts_.app.release.native(),
                         .command = {},
                         .restart_file_mtime = {}};
  remember_boot_failed(state_, world_.workers.front(), {}, {}, facts_, 0);
  EXPECT_EQ(state_.failed_boots.next_try, 30 * kMinute - kJitter);
  record().unrecovered = {{.pid = 7, .host = {}, .asked = false, .failures = kMost}};
  remember_hand_back(record(), {.worker = 0, .pid = 7, .host = {}, .trouble = "locked"}, facts_, 0);
  EXPECT_EQ(record().next_recovery, 30 * kMinute - kJitter);
}

TEST_F(Remembering, WhenADeadProcessLivedBoundsWhichJobsAreItsOwn) {
  start(1);
  facts_.wall = 10'000;
  see(seen(PidInFile{100}, NoProcess{}, kNothing), 2 * kMinute);
  const auto& dead = record().unrecovered.front();
  EXPECT_EQ(dead.born, 10'000 - 120 + 50) << "its start time is 5000 ticks of 10 ms";
  EXPECT_EQ(dead.gone, 10'000);
}

TEST_F(Remembering, AHandBackThatFailedIsKnownAndWaitsTwiceAsLongEachTime) {
  facts_.backoff_max = std::chrono::minutes{3};
  record().unrecovered = {{.pid = 7, .host = {}, .asked = true}};
  remember_hand_back(record(), {.worker = 0, .pid = 7, .host = {}, .trouble = "locked"}, facts_, 0);
  EXPECT_FALSE(record().unrecovered.front().asked) << "it left something behind after all";
  EXPECT_EQ(record().unrecovered.front().trouble, "locked");
  EXPECT_EQ(record().next_recovery, kMinute - kJitter);
  remember_hand_back(record(), {.worker = 0, .pid = 7, .host = {}, .trouble = "locked"}, facts_, 0);
  EXPECT_EQ(record().next_recovery, 2 * kMinute - kJitter);
  remember_hand_back(record(), {.worker = 0, .pid = 7, .host = {}, .trouble = "locked"}, facts_, 0);
  EXPECT_EQ(record().next_recovery, 3 * kMinute - kJitter);
  facts_.backoff_max = {};
  remember_hand_back(record(), {.worker = 0, .pid = 7, .host = {}, .trouble = "locked"}, facts_, 0);
  EXPECT_EQ(record().next_recovery, kMinute - kJitter) << "a boot in every pass is too much";
  remember_hand_back(record(), {.worker = 0, .pid = 7, .host = {}, .trouble = {}}, facts_, 0);
  EXPECT_TRUE(record().unrecovered.empty());
}

TEST_F(Remembering, WhomAPidFileNamedBeforeItIsWrittenBackMayHaveLeftAJob) {
  see(seen(PidInFile{99}, NoProcess{}, alive({100})), kMinute);
  remember_intents(state_, facts_, world_.plan());
  ASSERT_EQ(record().unrecovered.size(), 1U);
  EXPECT_EQ(record().unrecovered.front().pid, 99);
}

TEST_F(Remembering, AStartIsOverOnceTheStatusCommandSaysThatItRuns) {
  auto daemon = untitled_daemon("eu");
  daemon.status = {"bin/feed", "status"};
  auto answer = seen(NoPidFile{}, NoProcess{}, kNothing);
  answer.status = StatusAnswer::running;
  World world;
  world.see(daemon, answer);
  world.record().start = BegunStart{.since = 5, .pid_before = 0};
  world.pass();
  EXPECT_FALSE(world.record().start) << "or another's pid in its file would be proved by it";
}

TEST_F(Remembering, TheHostOfADeadProcessIsTheOneItLivedOn) {
  facts_.host = "before";
  start(1);
  facts_.host = "after";
  see(seen(PidInFile{100}, NoProcess{}, kNothing), kMinute);
  ASSERT_EQ(record().unrecovered.size(), 1U);
  EXPECT_EQ(record().unrecovered.front().host, "before");
}

// --- holds without an end
// ------------------------------------------------------------------------------

constexpr WallTime kADay = 24 * 3600;

class Reminding : public testing::Test {
 protected:
  Reminding() {
    world_.see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
    hold();
  }

  void hold(std::optional<WallTime> until = {}) {
    world_.state.holds["delayed_job.2"] = {
        .by = "deploy", .reason = "import", .since = 1000, .until = until};
  }

  /// How often a pass at this time reminds of it.
  std::ptrdiff_t reminders_at(WallTime now) {
    world_.facts.wall = now;
    const auto events = world_.pass();
    return std::ranges::count(events, EventKind::still_held, &Event::kind);
  }

  World world_;
};

TEST_F(Reminding, IsDoneOnceADay) {
  EXPECT_EQ(reminders_at(1000 + kADay - 1), 0);
  EXPECT_TRUE(world_.state.told.empty()) << "nothing is to be written before that";
  EXPECT_EQ(reminders_at(1000 + kADay), 1);
  EXPECT_EQ(reminders_at(1000 + kADay + 60), 0);
  EXPECT_EQ(reminders_at(1000 + 2 * kADay), 1);
  EXPECT_EQ(reminders_at(1000 + 9 * kADay), 1);
}

TEST_F(Reminding, IsOverWithTheHold) {
  EXPECT_EQ(reminders_at(1000 + kADay), 1);
  world_.state.holds.clear();
  EXPECT_EQ(reminders_at(1000 + 3 * kADay), 0);
  EXPECT_TRUE(world_.state.told.empty());
}

TEST_F(Reminding, IsNotDoneOfAHoldThatEndsByItself) {
  hold(1000 + 5 * kADay);
  EXPECT_EQ(reminders_at(1000 + 2 * kADay), 0);
  EXPECT_EQ(reminders_at(1000 + 6 * kADay), 0);
}

TEST_F(Reminding, OfAHoldThatTookTheOthersPlaceBeginsAnew) {
  EXPECT_EQ(reminders_at(1000 + kADay), 1);
  world_.state.holds["delayed_job.2"].since = 1000 + kADay + 100;
  EXPECT_EQ(reminders_at(1000 + 2 * kADay), 0);
  EXPECT_EQ(reminders_at(1000 + 2 * kADay + 100), 1);
}

}  // namespace
}  // namespace bootcheck
