// What is remembered, counted and forgotten between passes.
#include "model/memory.h"

#include "unit/model_fixture.h"

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;

constexpr BootTime kMinute = 60'000;
const Sightings kNothing{};
const char* const kName = "delayed_job.2";

class Remembering : public testing::Test {
 protected:
  Remembering() {
    facts_.app = app();
    facts_.workers = &workers_;
  }

  std::vector<Event> see(const Observation& observation, BootTime now) {
    facts_.seen = {observation};
    facts_.now = now;
    return remember_seen(state_, facts_);
  }

  // 0 would mean that somebody else started it.
  void start(BootTime now) {
    remember_started(state_.workers[kName], living(100), Observation{}, now);
  }
  WorkerRecord& record() { return state_.workers[kName]; }

  std::vector<Worker> workers_{worker("2")};
  Facts facts_;
  State state_;
};

TEST_F(Remembering, AWorkerIsRememberedWhenItIsFirstSeenAndThenNothingChanges) {
  see(seen(PidInFile{100}, living(100)), 0);
  EXPECT_EQ(record().process, (ProcessId{100, 5000}));
  const auto before = state_;
  EXPECT_TRUE(see(seen(PidInFile{100}, living(100)), kMinute).empty());
  EXPECT_EQ(state_, before);
}

TEST_F(Remembering, NothingIsRememberedOfAWorkerThatWasNeverThere) {
  see(seen(NoPidFile{}, NoProcess{}, kNothing), 0);
  EXPECT_TRUE(state_.workers.empty());
}

TEST_F(Remembering, ADeathIsCountedOnce) {
  start(1);
  see(seen(PidInFile{100}, NoProcess{}, kNothing), kMinute);
  see(seen(PidInFile{100}, NoProcess{}, kNothing), kMinute);
  EXPECT_EQ(record().failures.count, 1);
  EXPECT_EQ(record().unrecovered, std::vector<pid_t>{100});
}

TEST_F(Remembering, TheFirstEarlyDeathIsForgivenTheNextOnesWaitLongerAndLonger) {
  const auto die_early = [this](BootTime at) {
    start(at);
    see(seen(PidInFile{100}, NoProcess{}, kNothing), at + kMinute / 2);
    return record().failures.next_try - (at + kMinute / 2);
  };
  EXPECT_EQ(die_early(kMinute), 0);
  EXPECT_EQ(die_early(10 * kMinute), kMinute);
  EXPECT_EQ(die_early(20 * kMinute), 2 * kMinute);
  EXPECT_EQ(die_early(30 * kMinute), 4 * kMinute);
  for (int more = 0; more < 40; ++more)
    die_early(100 * kMinute * (more + 1));
  EXPECT_EQ(die_early(9000 * kMinute), 30 * kMinute) << "never given up for good";
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
  record().stops.push_back({{100, 5000}, 0, 1000, StopReason::restart});
  const auto events = see(seen(NoPidFile{}, NoProcess{}, kNothing), 13'000);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events.front().kind, EventKind::drained);
  EXPECT_EQ(record().failures.count, 0);
  EXPECT_TRUE(record().stops.empty());
}

TEST_F(Remembering, NothingIsConcludedFromWhatCannotBeSeen) {
  start(1);
  record().stops.push_back({{100, 5000}, 0, 0, StopReason::restart});
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

TEST_F(Remembering, ARestartIsRememberedUntilItsTurnComes) {
  facts_.seen = {seen(PidInFile{100}, living(100))};
  Request request;
  request.roll = true;
  request.mode = RestartMode::surge;
  remember_request(state_, facts_, make_plan(facts_, state_, request), request);
  EXPECT_EQ(record().to_replace, (ProcessId{100, 5000}));
  EXPECT_TRUE(record().replace_by_surge);
  const auto plan = make_plan(facts_, state_, {});
  EXPECT_EQ(plan.front().steps.size(), 3U) << "an ordinary pass goes on with it";
  start(1);
  EXPECT_FALSE(record().to_replace);
}

// After a reboot somebody else was faster.
TEST_F(Remembering, TheJobsOfAFormerBootAreNotForgottenForItsSuccessor) {
  record().former_pid = 77;
  see(seen(PidInFile{100}, living(100)), kMinute);
  EXPECT_EQ(record().unrecovered, std::vector<pid_t>{77});
  EXPECT_FALSE(record().former_pid);
}

TEST_F(Remembering, ARestartOfAWorkerWithoutItsPidFileIsNotForgotten) {
  Request request;
  request.roll = true;
  see(seen(NoPidFile{}, NoProcess{}, alive({100})), kMinute);
  const auto plan = make_plan(facts_, state_, request);
  remember_request(state_, facts_, plan, request);
  EXPECT_EQ(record().to_replace, (ProcessId{100, 5000}));
}

}  // namespace
}  // namespace bootcheck
