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

TEST_F(Remembering, TheSessionsOfTheDeadAreKeptWhereProcessesAreHidden) {
  record().process = known(100);
  record().dead_sessions = {77};
  const auto another = born(living(100), 6000);
  see(hidden(seen(NoPidFile{}, NoProcess{}, std::vector{another})), 0);
  EXPECT_EQ(record().dead_sessions, (std::vector<pid_t>{77, 100}));
}

TEST_F(Remembering, OfOneThatWasSetAsideNoJobsAreKeptWhereNoneAreHandedBack) {
  const auto die_aside = [this](const std::optional<KnownProcess>& last) {
    record() = {};
    record().last = last;
    record().stops = {set_aside(100)};
    see(seen(PidInFile{200}, living(200)), kMinute);
    EXPECT_TRUE(record().stops.empty());
    return record().unrecovered.size();
  };
  facts_.host = "web2";
  EXPECT_EQ(die_aside(std::nullopt), 1U);
  EXPECT_EQ(record().unrecovered.front().host, "web2");
  auto another = known(90);
  another.host = "web1";
  EXPECT_EQ(die_aside(another), 1U);
  EXPECT_EQ(record().unrecovered.front().host, "web2") << "and not that of another one";
  facts_.recover_jobs = false;
  EXPECT_EQ(die_aside(another), 0U);
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

TEST_F(Remembering, OfOneThatHasLostItsPlaceTheEndIsNotedAsThatOfTheWorker) {
  const auto end_beside = [this](const WorkerRecord& before) {
    record() = before;
    record().beside = {known(100)};
    world_.forget_processes();
    world_.show(living(200));
    world_.end(100);
    world_.pass();
    EXPECT_TRUE(record().beside.empty());
  };
  WorkerRecord before;
  before.last = known(90);
  end_beside(before);
  EXPECT_EQ(record().last->id.pid, 90) << "nobody has had its place since";
  EXPECT_FALSE(record().unrecovered.front().asked);
  before.process = known(200);
  before.stops = {asked(100)};
  end_beside(before);
  EXPECT_EQ(record().last->id.pid, 100);
  EXPECT_TRUE(record().unrecovered.front().asked);
  before.stops = {intended(100)};
  end_beside(before);
  EXPECT_FALSE(record().unrecovered.front().asked);
  facts_.recover_jobs = false;
  end_beside(before);
  EXPECT_TRUE(record().unrecovered.empty());
}

TEST_F(Remembering, OneThatComesBackIntoThePidFileIsKnown) {
  record().process = known(100);
  record().beside = {known(200)};
  record().beside.front().release = "/srv/shop/releases/1";
  see(seen(PidInFile{200}, living(200), alive({100})), 0);
  EXPECT_EQ(record().process->id.pid, 200);
  EXPECT_EQ(record().process->release, "/srv/shop/releases/1");
  ASSERT_EQ(record().beside.size(), 1U);
  EXPECT_EQ(record().beside.front().id.pid, 100);
}

TEST_F(Remembering, WhatAnEarlierVersionDidNotKeepIsAdded) {
  record().process = known(100);
  record().process->release.clear();
  record().process->session = 0;
  facts_.seen.front().restart_file_mtime = 5;
  see(seen(PidInFile{100}, living(100)), 0);
  EXPECT_EQ(record().process->release, app().release.native());
  EXPECT_EQ(record().process->session, 100);
  EXPECT_EQ(record().restart_file_mtime, 5);
  facts_.seen.front().restart_file_mtime = 6;
  see(seen(PidInFile{100}, living(100)), 0);
  EXPECT_EQ(record().restart_file_mtime, 5) << "or nobody would see that it was touched";
}

TEST_F(Remembering, OnlyAReleaseThatAWorkerIsSeenInIsItsOwn) {
  auto elsewhere = living_in(100, "/var/tmp");
  see(seen(PidInFile{100}, elsewhere), 0);
  EXPECT_EQ(record().process->release, "");
  record() = {};
  elsewhere.cwd.reset();
  see(seen(PidInFile{100}, elsewhere), 0);
  EXPECT_EQ(record().process->release, "");
  record() = {};
  see(seen(PidInFile{100}, living(100)), 0);
  EXPECT_EQ(record().process->release, app().release.native());
}

// A pass was killed before it could say that it had started it.
TEST_F(Remembering, WhatAStartHasBroughtUpIsKnownByWhenItBegan) {
  record().start = BegunStart{.since = 4000, .pid_before = 0};
  record().started_at = 7;
  see(seen(PidInFile{100}, booting(100)), 0);
  EXPECT_EQ(record().process->begun, 4000U);
  EXPECT_FALSE(record().start);
  EXPECT_EQ(record().started_at, 7);
  record() = {};
  record().started_at = 7;
  see(seen(PidInFile{100}, living(100)), 0);
  EXPECT_EQ(record().process->begun, 0U);
  EXPECT_EQ(record().started_at, 0) << "somebody else has started it";
}

TEST_F(Remembering, AStartUnderWayIsNotTheWorker) {
  record().roll = RollAsked{.at = 0, .mode = {}};
  see(seen(NoPidFile{}, NoProcess{}, std::vector{booting(900)}), 0);
  EXPECT_FALSE(record().process);
  EXPECT_TRUE(record().roll) << "it is not known yet which code it has";
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

TEST_F(Remembering, StayingUpAfterOneFailureIsNotTold) {
  record().failures.count = 1;
  start(1);
  EXPECT_TRUE(see(seen(PidInFile{100}, living(100)), 2 * kMinute + 1).empty());
  EXPECT_EQ(record().failures.count, 0);
}

TEST_F(Remembering, WhatSomebodyElseHasStartedEndsNoCount) {
  record().failures.count = 2;
  see(seen(PidInFile{100}, living(100)), 60 * kMinute);
  EXPECT_EQ(record().failures.count, 2);
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

TEST_F(Remembering, OnlyWhatAHoldAloneIntendedIsVoid) {
  auto aside = intended(100, StopReason::stop);
  aside.aside = true;
  const auto stays = [this](const StopRequest& stop) {
    record().stops = {stop};
    record().by_command = stop;
    forget_void_stops(state_, world_.workers, 0);
    EXPECT_EQ(record().stops.empty(), !record().by_command);
    return !record().stops.empty();
  };
  EXPECT_FALSE(stays(intended(100, StopReason::stop)));
  EXPECT_TRUE(stays(asked(100, StopReason::stop)));
  EXPECT_TRUE(stays(intended(100, StopReason::memory)));
  EXPECT_TRUE(stays(aside));
  world_.workers.front().enabled = false;
  EXPECT_TRUE(stays(intended(100, StopReason::stop))) << "it is held by the configuration";
  state_.workers.clear();
  forget_void_stops(state_, world_.workers, 0);
  EXPECT_TRUE(state_.workers.empty());
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

TEST_F(Remembering, ARestartMeansTheProcessThatServedWhenItWasAskedFor) {
  const auto is_to_replace = [this](BootTime asked_at) {
    record().roll = RollAsked{.at = asked_at, .mode = {}};
    record().to_replace.reset();
    see(seen(PidInFile{100}, living(100)), kMinute);
    return record().to_replace.has_value();
  };
  constexpr BootTime kBorn = 50'000;  // 5000 ticks of 10 ms
  EXPECT_FALSE(is_to_replace(kBorn - 1));
  EXPECT_TRUE(is_to_replace(kBorn));
  record().process->begun = 4000;
  EXPECT_FALSE(is_to_replace(39'999));
  EXPECT_TRUE(is_to_replace(40'000)) << "its start had begun with the code of before";
  record().stops = {set_aside(100)};
  EXPECT_FALSE(is_to_replace(kBorn)) << "it is to go anyway";
}

TEST_F(Remembering, WhenAnotherBeganSaysNothingOfAWorkerWithoutItsPidFile) {
  record().process = known(90);
  record().process->begun = 1;
  record().roll = RollAsked{.at = 49'999, .mode = {}};
  world_.forget_processes();
  world_.see_again(0, seen(NoPidFile{}, NoProcess{}, alive({100})));
  facts_.processes.looks.insert_or_assign(90, Hidden{"Input/output error"});
  facts_.now = kMinute;
  world_.pass();
  EXPECT_FALSE(record().roll);
  EXPECT_FALSE(record().to_replace) << "it was born since";
}

// After a reboot somebody else was faster.
TEST_F(Remembering, TheJobsOfAFormerBootAreNotForgottenForItsSuccessor) {
  record().former_pid = 77;
  see(seen(PidInFile{100}, living(100)), kMinute);
  ASSERT_EQ(record().unrecovered.size(), 1U);
  EXPECT_EQ(record().unrecovered.front().pid, 77);
  EXPECT_FALSE(record().former_pid);
}

TEST_F(Remembering, TheJobsOfAFormerBootAreNoneWhereItsSuccessorHasItsPidOrNoneAreHandedBack) {
  record().former_pid = 100;
  see(seen(PidInFile{100}, living(100)), kMinute);
  EXPECT_TRUE(record().unrecovered.empty());
  EXPECT_FALSE(record().former_pid);
  record() = {};
  record().former_pid = 77;
  facts_.recover_jobs = false;
  see(seen(PidInFile{100}, living(100)), kMinute);
  EXPECT_TRUE(record().unrecovered.empty());
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
  const auto die = [this] {
    start(1);
    see(seen(PidInFile{100}, NoProcess{}, kNothing), kMinute);
    return record().unrecovered.size();
  };
  facts_.recover_jobs = false;
  EXPECT_EQ(die(), 0U);
  facts_.recover_jobs = true;
  world_.workers.front().preset = "resque";
  EXPECT_EQ(die(), 0U);
  world_.workers.front().preset = "delayed_job";
  EXPECT_EQ(die(), 1U);
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

TEST_F(Remembering, AnOrphanThatWasNotSetAsideIsForgottenAtItsEndWhateverFilesThereAre) {
  facts_.set_aside_elsewhere = {{.pid_file = "/srv/shop/current/tmp/pids/feed.eu.pid", .pid = 300}};
  state_.orphans = {{.name = "feed.eu", .process = known(300).id, .stop = asked(300)}};
  world_.end(300);
  world_.pass();
  EXPECT_TRUE(state_.orphans.empty());
}

TEST_F(Remembering, AnOrphanIsToBeAskedAlsoWhereNobodyKnewIt) {
  facts_.wall = 1000;
  remember_intents(state_, facts_,
                   {.decisions = {},
                    .orphans_to_drain = {{.id = known(300).id, .name = "delayed_job.7"}},
                    .set_aside_to_forget = {}});
  ASSERT_EQ(state_.orphans.size(), 1U);
  EXPECT_EQ(state_.orphans.front().name, "delayed_job.7");
  EXPECT_EQ(state_.orphans.front().stop->at, 1000);
  EXPECT_FALSE(state_.orphans.front().stop->asked);
  EXPECT_FALSE(state_.orphans.front().stop->aside);
  const auto before = state_;
  remember_intents(state_, facts_,
                   {.decisions = {},
                    .orphans_to_drain = {{.id = known(300).id, .name = "delayed_job.7"}},
                    .set_aside_to_forget = {}});
  EXPECT_EQ(state_, before) << "once";
}

TEST_F(Remembering, TheSessionOfOneThatIsToBeAskedIsKnownWhereItIsSeen) {
  facts_.workers = &world_.workers;
  world_.show(living(100));
  Plan plan;
  plan.decisions.resize(1);
  plan.decisions.front().steps = {AskToStop{{100, 5000}}, AskToStop{{200, 5000}}};
  remember_intents(state_, facts_, plan);
  ASSERT_EQ(record().stops.size(), 2U);
  EXPECT_EQ(record().stops.front().session, 100);
  EXPECT_EQ(record().stops.back().session, 0);
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

TEST_F(Remembering, WhomAPidFileNamedBeforeItIsWrittenBackMayLiveWhereItIsNotSeen) {
  const auto dead_after = [this](const Seen& seen) {
    record() = {};
    see(seen, kMinute);
    remember_intents(state_, facts_, world_.plan());
    return record().unrecovered.size();
  };
  EXPECT_EQ(dead_after(seen(NoPidFile{}, NoProcess{}, alive({100}))), 0U) << "it named nobody";
  EXPECT_EQ(dead_after(seen(PidInFile{99}, Hidden{"Input/output error"}, alive({100}))), 0U);
  see(seen(PidInFile{99}, NoProcess{}, alive({100})), kMinute);
  const auto plan = world_.plan();
  facts_.processes.looks.erase(99);
  remember_intents(state_, facts_, plan);
  EXPECT_TRUE(record().unrecovered.empty()) << "nobody has looked";
  facts_.recover_jobs = false;
  EXPECT_EQ(dead_after(seen(PidInFile{99}, NoProcess{}, alive({100}))), 0U);
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

TEST_F(Remembering, TheHostOfADeadOneThatWasSetAsideIsTheOneItLivedOn) {
  facts_.host = "before";
  start(1);
  facts_.host = "after";
  record().stops = {set_aside(100)};
  record().stops.front().asked = true;
  see(seen(PidInFile{100}, NoProcess{}, kNothing), kMinute);
  ASSERT_EQ(record().unrecovered.size(), 1U) << "noted once";
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
  world_.state.told["delayed_job.2 crashed"] = {};
  EXPECT_EQ(reminders_at(1000 + 3 * kADay), 0);
  EXPECT_EQ(world_.state.told.size(), 1U) << "of other problems nothing is forgotten";
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
