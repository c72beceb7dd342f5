// Workers that wait until their `ready` command says that what they need is there.
#include "model/readiness.h"

#include "unit/model_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;
using testing::ElementsAre;
using testing::IsEmpty;

class Readiness : public testing::Test {
 protected:
  using Whom = std::vector<std::size_t>;

  void see(Worker worker, const Seen& seen) {
    worker.ready = {"pg_isready"};
    world_.see(worker, seen);
  }
  void see(const std::string& identifier, const Seen& seen) { see(worker(identifier), seen); }
  void see_missing(const std::string& identifier) {
    see(identifier, seen(NoPidFile{}, NoProcess{}, kNothing));
  }
  void see_running(const std::string& identifier) {
    const auto pid = static_cast<pid_t>(100 + world_.workers.size());
    see(identifier, seen(PidInFile{pid}, with_title(pid, "delayed_job." + identifier)));
  }
  void ask_for_restart() { world_.roll = RollAsked{.at = 60'000, .mode = {}}; }
  void answer(const LaunchOutcome& outcome) {
    for (auto& seen : facts_.seen)
      seen.ready = outcome;
  }
  std::vector<std::string> steps(std::size_t at = 0) {
    std::vector<std::string> words;
    const auto plan = world_.plan();
    for (const auto& step : plan.decisions[at].steps)
      words.push_back(describe(step));
    return words;
  }
  Waits waits(std::size_t at = 0) { return world_.plan().decisions[at].waits; }
  Whom whom_to_ask(const Selection& among = {}) {
    const auto plan = world_.plan();
    return bootcheck::whom_to_ask(plan, facts_, among);
  }
  void remember(const Selection& among = {}) {
    const auto plan = world_.plan();
    remember_readiness(world_.state, facts_, plan, among);
  }
  std::optional<BootTime>& since(std::size_t at = 0) { return world_.record(at).not_ready_since; }

  World world_;
  Facts& facts_ = world_.facts;
};

// --- who is asked --------------------------------------------------------------------------------

TEST_F(Readiness, WhoRunsIsNotAsked) {
  see_running("1");
  EXPECT_THAT(whom_to_ask(), IsEmpty());
}

TEST_F(Readiness, WhoIsToBeStartedIsAsked) {
  see_missing("1");
  see_running("2");
  EXPECT_THAT(whom_to_ask(), ElementsAre(0));
  world_.workers[0].ready.clear();
  EXPECT_THAT(whom_to_ask(), IsEmpty()) << "it has nothing to be asked";
}

TEST_F(Readiness, NobodyIsAskedTwiceInOnePass) {
  see_missing("1");
  facts_.seen[0].ready = Exited{1};
  EXPECT_THAT(whom_to_ask(), IsEmpty());
}

TEST_F(Readiness, OnlyThoseThatThePassIsAboutAreAsked) {
  see_missing("1");
  see_missing("2");
  EXPECT_THAT(whom_to_ask({false, true}), ElementsAre(1));
  world_.selection = {true, false};
  EXPECT_THAT(whom_to_ask(), ElementsAre(0));
}

TEST_F(Readiness, WhoIsHeldDownIsNotAsked) {
  see_missing("1");
  world_.state.holds["delayed_job.1"] = {.by = "deploy", .reason = {}, .since = 0, .until = {}};
  EXPECT_THAT(whom_to_ask(), IsEmpty());
}

TEST_F(Readiness, WhoIsToBeReplacedIsAskedWithThoseThatWaitForTheirTurn) {
  facts_.now = 100'000;
  see_running("1");
  see_running("2");
  ask_for_restart();
  EXPECT_THAT(whom_to_ask(), ElementsAre(0, 1)) << "one at a time, but which one?";
  for (auto& each : world_.workers)
    each.restart.max_unavailable = {.value = 1, .percent = false};
  see_missing("3");
  world_.workers.back().ready.clear();
  EXPECT_THAT(whom_to_ask(), IsEmpty()) << "it is nobody's turn";
}

TEST_F(Readiness, WhoStaysIsNotAskedWithThoseThatAreReplaced) {
  see_running("1");
  see_running("2");
  world_.workers[0].limits.memory = 1000;
  facts_.seen[0].memory = 1001;
  EXPECT_THAT(whom_to_ask(), ElementsAre(0));
}

TEST_F(Readiness, WhoWasSurgedAwayIsAskedToStopAnyway) {
  auto surged = seen(PidInFile{200}, with_title(200, "delayed_job.1"));
  surged.set_aside = {{100, with_title(100, "delayed_job.1")}, {300, NoProcess{}}};
  see("1", surged);
  answer(Exited{1});
  EXPECT_THAT(steps(), ElementsAre("ask pid 100 to finish its job and exit (restart)"))
      << "what a start would hand back, and the file that tells of it, are left";
}

TEST_F(Readiness, WhoWasSurgedAwayFromOneThatOnlyItsStatusCommandKnowsIsAskedAsWell) {
  auto by_status = feed("1");
  by_status.status = {"bin/feed", "status"};
  auto surged = answered(seen(NoPidFile{}, NoProcess{}, kNothing), StatusAnswer::running);
  surged.set_aside = {{100, with_argv(100, {"bin/feed", "1"})}};
  see(by_status, surged);
  answer(Exited{1});
  EXPECT_THAT(steps(), ElementsAre("ask pid 100 to finish its job and exit (restart)"));
}

TEST_F(Readiness, WhoseJobsAreHandedBackIsAskedForTheSakeOfTheBoot) {
  see_running("1");
  world_.record().unrecovered = {{.pid = 77, .host = {}, .asked = false}};
  EXPECT_THAT(whom_to_ask(), ElementsAre(0));
}

TEST_F(Readiness, AStopThatWasIntendedForASuccessorIsAskedFor) {
  see_running("1");
  world_.record().process = known(100);
  world_.record().stops = {intended(100, StopReason::release)};
  EXPECT_THAT(whom_to_ask(), ElementsAre(0));
  world_.record().stops = {intended(100, StopReason::stop)};
  EXPECT_THAT(whom_to_ask(), IsEmpty()) << "nobody is to follow it";
}

TEST_F(Readiness, WhoIsReplacedByItsStopCommandIsAskedAsWell) {
  auto by_status = feed("1");
  by_status.status = {"bin/feed", "status"};
  by_status.stop = {"bin/feed", "stop"};
  see(by_status, answered(seen(NoPidFile{}, NoProcess{}, kNothing), StatusAnswer::running));
  EXPECT_THAT(whom_to_ask(), IsEmpty());
  world_.record().replace_by_command = true;
  EXPECT_THAT(whom_to_ask(), ElementsAre(0));
  answer(Exited{1});
  EXPECT_THAT(steps(), IsEmpty());
  EXPECT_EQ(waits(), Waits::until_ready);
  answer(Exited{0});
  EXPECT_THAT(steps(), ElementsAre("run its stop command (restart)"));
}

TEST_F(Readiness, AStopCommandThatWasIntendedForASuccessorIsAskedFor) {
  auto by_status = feed("1");
  by_status.status = {"bin/feed", "status"};
  by_status.stop = {"bin/feed", "stop"};
  see(by_status, answered(seen(NoPidFile{}, NoProcess{}, kNothing), StatusAnswer::running));
  world_.record().by_command = intended(0, StopReason::restart);
  EXPECT_THAT(whom_to_ask(), ElementsAre(0));
  answer(Exited{1});
  EXPECT_THAT(steps(), IsEmpty());
  world_.record().by_command->reason = StopReason::stop;
  EXPECT_THAT(steps(), ElementsAre("run its stop command (stop)"));
}

TEST(AskTheSame, HasTheSameCommandPlaceAndEnvironment) {
  const auto one = worker("1");
  auto other = worker("2");
  EXPECT_TRUE(ask_the_same(one, other));
  other.ready = {"up"};
  EXPECT_FALSE(ask_the_same(one, other));
  other = worker("2");
  other.env["PGHOST"] = "b";
  EXPECT_FALSE(ask_the_same(one, other));
  other = worker("2");
  other.working_directory = "/srv/b";
  EXPECT_FALSE(ask_the_same(one, other));
}

// --- what waits ----------------------------------------------------------------------------------

TEST_F(Readiness, AnythingButZeroMeansThatAWorkerIsNotStarted) {
  see_missing("1");
  for (const LaunchOutcome& outcome :
       {LaunchOutcome(Exited{1}), LaunchOutcome(KilledBySignal{9}), LaunchOutcome(TimedOut{}),
        LaunchOutcome(NotStarted{"no such program"})}) {
    answer(outcome);
    EXPECT_THAT(steps(), IsEmpty());
    EXPECT_EQ(waits(), Waits::until_ready);
    EXPECT_EQ(world_.plan().decisions[0].judgement.state, WorkerState::missing);
  }
  answer(Exited{0});
  EXPECT_THAT(steps(), ElementsAre("start it"));
  EXPECT_EQ(waits(), Waits::no);
}

TEST_F(Readiness, ThePidFileOfADeadWorkerStaysWithItsJobs) {
  see("2", seen(PidInFile{100}, NoProcess{}, kNothing));
  answer(Exited{1});
  EXPECT_THAT(steps(), IsEmpty());
  answer(Exited{0});
  EXPECT_THAT(steps(), ElementsAre("remove the pid file (it says 100)",
                                   "hand back the jobs of pid 100", "start it"));
}

TEST_F(Readiness, NobodyIsReplaced) {
  facts_.now = 100'000;
  see_running("1");
  ask_for_restart();
  answer(Exited{1});
  EXPECT_THAT(steps(), IsEmpty());
  EXPECT_EQ(waits(), Waits::until_ready);
  answer(Exited{0});
  EXPECT_THAT(steps(), ElementsAre("ask pid 100 to finish its job and exit (restart)"));
}

TEST_F(Readiness, TheTurnGoesToOneThatIsReady) {
  facts_.now = 100'000;
  see_running("1");
  see_running("2");
  ask_for_restart();
  facts_.seen[0].ready = Exited{1};
  facts_.seen[1].ready = Exited{0};
  EXPECT_EQ(waits(0), Waits::until_ready);
  EXPECT_THAT(steps(1), ElementsAre("ask pid 101 to finish its job and exit (restart)"));
}

TEST_F(Readiness, ASurgeWaitsAlsoWhereAPassBeforeIntendedIt) {
  see_running("2");
  world_.record().process = known(100);
  world_.record().stops = {set_aside(100)};
  answer(Exited{1});
  EXPECT_THAT(steps(), IsEmpty());
  answer(Exited{0});
  EXPECT_EQ(steps().size(), 3U);
}

TEST_F(Readiness, JobsAreNotHandedBackByTheBootOfAnother) {
  see_running("1");
  world_.record().unrecovered = {{.pid = 77, .host = {}, .asked = false}};
  world_.record().next_recovery = 5000;
  see_missing("2");
  facts_.seen[0].ready = Exited{1};
  facts_.seen[1].ready = Exited{0};
  EXPECT_THAT(steps(0), IsEmpty());
  EXPECT_THAT(steps(1), ElementsAre("start it"));
}

TEST_F(Readiness, WhoIsToBeDownIsAskedToStopAnyway) {
  see_running("1");
  world_.record().unrecovered = {{.pid = 77, .host = {}, .asked = false}};
  world_.state.holds["delayed_job.1"] = {.by = "deploy", .reason = {}, .since = 0, .until = {}};
  answer(Exited{1});
  EXPECT_THAT(steps(), ElementsAre("ask pid 100 to finish its job and exit (stop)"));
}

TEST_F(Readiness, KillAfterWaitsForNothing) {
  see_running("1");
  world_.workers[0].kill_after = Duration{1};
  world_.record().process = known(100);
  world_.record().stops = {asked(100)};
  world_.record().unrecovered = {{.pid = 77, .host = {}, .asked = false}};
  facts_.now = 1000;
  answer(Exited{1});
  EXPECT_THAT(steps(), ElementsAre("kill pid 100 (kill_after is over)"));
}

// --- what is remembered --------------------------------------------------------------------------

TEST_F(Readiness, TheTimeCountsFromTheFirstPassThatHadToWait) {
  see_missing("1");
  answer(Exited{1});
  facts_.now = 1000;
  remember();
  EXPECT_EQ(since(), 1000);
  facts_.now = 61'000;
  remember();
  EXPECT_EQ(since(), 1000);
  const auto waiting = not_ready(world_.plan().decisions[0], facts_, world_.state);
  EXPECT_EQ(waiting, (NotReady{{"pg_isready"}, Exited{1}, Duration{60'000}}));
  EXPECT_TRUE(waits_until_ready(world_.state, "delayed_job.1"));
  answer(Exited{0});
  remember();
  EXPECT_EQ(since(), std::nullopt);
  EXPECT_FALSE(not_ready(world_.plan().decisions[0], facts_, world_.state));
}

TEST_F(Readiness, OfWhoWasNotAskedNothingIsSaid) {
  see_missing("1");
  Decision decision;
  decision.waits = Waits::until_ready;
  facts_.workers = &world_.workers;
  EXPECT_FALSE(not_ready(decision, facts_, world_.state));
  answer(Exited{1});
  facts_.now = 1000;
  EXPECT_EQ(not_ready(decision, facts_, world_.state),
            (NotReady{{"pg_isready"}, Exited{1}, Duration{0}}))
      << "it has begun to wait now";
  EXPECT_FALSE(waits_until_ready(world_.state, "delayed_job.1"));
  world_.record().started_at = 1;
  EXPECT_FALSE(waits_until_ready(world_.state, "delayed_job.1"));
}

TEST_F(Readiness, WhoDoesNotWaitAnyMoreIsForgotten) {
  see_running("1");
  since() = 1000;
  remember();
  EXPECT_EQ(since(), std::nullopt) << "somebody has started it by hand";
}

TEST_F(Readiness, APassThatIsAboutOthersForgetsNothing) {
  see_running("1");
  since() = 1000;
  remember({false});
  EXPECT_EQ(since(), 1000);
  world_.selection = {false};
  remember();
  EXPECT_EQ(since(), 1000);
  world_.selection.clear();
  facts_.doubt = "another host";
  remember();
  EXPECT_EQ(since(), 1000);
}

TEST_F(Readiness, AnIdlePassChangesNothing) {
  see_running("1");
  remember();
  EXPECT_EQ(world_.state, State{});
}

TEST_F(Readiness, AWaitCountsAsNoFailure) {
  see_missing("1");
  answer(Exited{1});
  for (facts_.now = 1000; facts_.now < 1'000'000; facts_.now += 60'000) {
    world_.pass();
    remember();
  }
  EXPECT_EQ(world_.record().failures, Failures{});
}

}  // namespace
}  // namespace bootcheck
