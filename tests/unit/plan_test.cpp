// From states to steps, and how many workers roll at a time.
#include "model/plan.h"

#include "unit/model_fixture.h"

#include <ctime>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> words(const std::vector<Step>& steps) {
  std::vector<std::string> texts;
  for (const auto& step : steps)
    texts.push_back(describe(step));
  return texts;
}

/// One or more workers, what is seen of each, and the plan for them.
class Planning : public testing::Test {
 protected:
  void see(const std::string& identifier, const Seen& seen) { world_.see(identifier, seen); }
  void see_running(const std::string& identifier) {
    const auto pid = static_cast<pid_t>(100 + workers_.size());
    see(identifier, seen(PidInFile{pid}, with_title(pid, "delayed_job." + identifier)));
  }
  void see_again(const Seen& seen) { world_.see_again(0, seen); }
  Plan plan() { return world_.plan(); }
  std::vector<std::string> steps_of_first() { return words(plan().decisions.front().steps); }
  WorkerState state_of_first() { return world_.first().state; }

  void outgrow_their_limit() {
    for (std::size_t at = 0; at < workers_.size(); ++at) {
      workers_[at].limits.memory = 1000;
      facts_.seen[at].memory = 1001;
    }
  }

  int count_asked() {
    int asked = 0;
    for (const auto& decision : plan().decisions) {
      for (const auto& step : decision.steps)
        asked += std::holds_alternative<AskToStop>(step) ? 1 : 0;
    }
    return asked;
  }

  World world_;
  std::vector<Worker>& workers_ = world_.workers;
  Facts& facts_ = world_.facts;
  State& state_ = world_.state;
  static constexpr BootTime kLater = std::numeric_limits<BootTime>::max();
  std::optional<RollAsked>& roll_ = world_.roll;
  Selection& selection_ = world_.selection;
};

constexpr const char* kAsk = "ask pid 100 to finish its job and exit";

// A surge whose successor did not come up: the old process works on.
TEST_F(Planning, TheJobOfALivingWorkerIsNeverHandedBack) {
  auto observation = seen(NoPidFile{}, NoProcess{}, alive({100}));
  observation.set_aside = {{100, living(100)}};
  see("2", observation);
  state_.workers["delayed_job.2"].process = known(100);
  state_.workers["delayed_job.2"].unrecovered = {{.pid = 100, .host = {}, .asked = false}};
  EXPECT_THAT(steps_of_first(), ElementsAre("start it"));
}

TEST_F(Planning, AHeldWorkerThatWasSetAsideIsAskedToStopAsWell) {
  auto observation = seen(NoPidFile{}, NoProcess{}, alive({100}));
  observation.set_aside = {{100, living(100)}};
  see("2", observation);
  state_.holds["delayed_job.2"] = {.by = "deploy", .reason = {}, .since = 0, .until = {}};
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (stop)"));
}

TEST_F(Planning, JobsThatAreLeftOverAreHandedBackAlsoWhileTheirWorkerRuns) {
  see("2", seen(PidInFile{100}, living(100)));
  auto& record = state_.workers["delayed_job.2"];
  record.unrecovered = {{.pid = 77, .host = {}, .asked = false}};
  record.next_recovery = 5000;
  facts_.now = 4999;
  EXPECT_TRUE(is_idle(plan())) << "a boot of the application in every pass is too much";
  facts_.now = 5000;
  EXPECT_THAT(steps_of_first(), ElementsAre("hand back the jobs of pid 77"));
}

TEST_F(Planning, JobsThatAreLeftOverAreHandedBackByEveryBootThatHappensAnyway) {
  see_running("1");
  see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
  auto& record = state_.workers["delayed_job.1"];
  record.unrecovered = {{.pid = 77, .host = {}, .asked = false},
                        {.pid = 78, .host = {}, .asked = true}};
  record.next_recovery = 5000;
  facts_.now = 4999;
  EXPECT_THAT(steps_of_first(),
              ElementsAre("hand back the jobs of pid 77", "hand back the jobs of pid 78"));
  workers_.front().preload = false;
  EXPECT_THAT(steps_of_first(), IsEmpty()) << "it would be a boot of its own";
}

TEST_F(Planning, StopAsksEveryCopyOfAWorkerOnce) {
  see("2", seen(PidInFile{100}, living(100), alive({100, 200, 300})));
  state_.holds["delayed_job.2"] = {.by = "deploy", .reason = {}, .since = 0, .until = {}};
  EXPECT_EQ(count_asked(), 3);
  state_.workers["delayed_job.2"].stops = {asked(100, StopReason::stop),
                                           asked(200, StopReason::stop)};
  EXPECT_THAT(steps_of_first(), ElementsAre("ask pid 300 to finish its job and exit (stop)"));
}

TEST_F(Planning, AWorkerThatDoesNotStayUpIsUnavailable) {
  see("1", seen(NoPidFile{}, NoProcess{}, kNothing));
  see("2", seen(PidInFile{100}, living(100)));
  auto& failures = state_.workers["delayed_job.1"].failures;
  failures = {.count = 3,
              .next_try = 1000,
              .last_error = {},
              .release = app().release.native(),
              .command = command_text(workers_.front().start),
              .restart_file_mtime = {}};
  for (auto& each : workers_)
    each.restart.max_unavailable = {.value = 1, .percent = false};
  roll_ = RollAsked{.at = kLater, .mode = {}};
  EXPECT_EQ(count_asked(), 0) << "or a release that does not start takes down one after another";
}

TEST_F(Planning, NothingForARunningWorker) {
  see("2", seen(PidInFile{100}, living(100)));
  EXPECT_TRUE(is_idle(plan()));
}

TEST_F(Planning, AMissingWorkerIsStarted) {
  see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
  EXPECT_THAT(steps_of_first(), ElementsAre("start it"));
}

TEST_F(Planning, ACrashedWorkerLosesItsPidFileGetsItsJobsBackAndIsStarted) {
  see("2", seen(PidInFile{100}, NoProcess{}, kNothing));
  EXPECT_THAT(steps_of_first(), ElementsAre("remove the pid file (it says 100)",
                                            "hand back the jobs of pid 100", "start it"));
}

TEST_F(Planning, NoJobsAreHandedBackWhereTheConfigurationSaysSoOrThePresetHasNone) {
  see("2", seen(PidInFile{100}, NoProcess{}, kNothing));
  facts_.recover_jobs = false;
  EXPECT_THAT(steps_of_first(), ElementsAre("remove the pid file (it says 100)", "start it"));
  facts_.recover_jobs = true;
  workers_.front().preset = "resque";
  EXPECT_THAT(steps_of_first(), ElementsAre("remove the pid file (it says 100)", "start it"));
}

TEST_F(Planning, AStaleFileIsRemovedAndTheStrangerIsLeftAlone) {
  see("2", seen(PidInFile{100}, with_title(100, "nginx"), kNothing));
  EXPECT_THAT(steps_of_first(), ElementsAre("remove the pid file (it says 100)",
                                            "hand back the jobs of pid 100", "start it"));
}

TEST_F(Planning, APidFileThatNamesNoProcessIsRemoved) {
  see("2", seen(GarbagePidFile{"empty"}, NoProcess{}, kNothing));
  EXPECT_THAT(steps_of_first(),
              ElementsAre("remove the pid file (it names no process)", "start it"));
}

TEST_F(Planning, ALostPidFileIsWrittenBackAndNothingStarted) {
  see("2", seen(NoPidFile{}, NoProcess{}, alive({100})));
  EXPECT_THAT(steps_of_first(), ElementsAre("write the pid file back (pid 100)"));
}

TEST_F(Planning, DuplicatesAreReportedAndDrainedOnlyWhenAskedFor) {
  see("2", seen(PidInFile{100}, living(100), alive({100, 200})));
  EXPECT_TRUE(is_idle(plan()));
  facts_.orphan_policy = Orphans::drain;
  EXPECT_THAT(steps_of_first(), ElementsAre("ask pid 200 to finish its job and exit (duplicate)"));
}

TEST_F(Planning, WhatAJobMayHaveForkedIsNotDrainedAsADuplicate) {
  facts_.orphan_policy = Orphans::drain;
  auto worker = living(100);
  auto other = living(200);
  worker.stack = 7'000;
  other.stack = 7'000;
  see("2", seen(PidInFile{100}, worker, std::vector{other}));
  EXPECT_TRUE(is_idle(plan()));
  state_.holds["delayed_job.2"] = {.by = "deploy", .reason = {}, .since = 0, .until = {}};
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (stop)"));
  state_.holds.clear();
  state_.workers["delayed_job.2"].process = known(100);
  state_.workers["delayed_job.2"].beside = {known(200)};
  const auto* const ask = "ask pid 200 to finish its job and exit (duplicate)";
  EXPECT_THAT(steps_of_first(), ElementsAre(ask)) << "that was the worker once";
  state_.workers.clear();
  other.stack = 8'000;
  world_.show(other);
  EXPECT_THAT(steps_of_first(), ElementsAre(ask)) << "that was started for itself";
}

TEST_F(Planning, OfDuplicatesWithoutAPidFileTheOldestIsKept) {
  auto found = alive({100, 200});
  found[1].id.start_time = 1;
  facts_.orphan_policy = Orphans::drain;
  see("2", seen(NoPidFile{}, NoProcess{}, found));
  EXPECT_THAT(steps_of_first(), ElementsAre("write the pid file back (pid 200)",
                                            "ask pid 100 to finish its job and exit (duplicate)"));
}

TEST_F(Planning, UnknownAndStartingWorkersAreLeftAlone) {
  see("2", hidden(seen(PidInFile{100}, NoProcess{}, kNothing)));
  const auto starter = with_argv(900, {"ruby", "bin/delayed_job", "--identifier=3", "start"});
  see("3", seen(NoPidFile{}, NoProcess{}, std::vector{starter}));
  EXPECT_TRUE(is_idle(plan()));
}

TEST_F(Planning, AHeldWorkerIsNotBroughtBackButItsJobsAre) {
  state_.holds["delayed_job.2"] = {.by = "deploy", .reason = "", .since = 0, .until = {}};
  see("2", seen(PidInFile{100}, NoProcess{}, kNothing));
  EXPECT_THAT(steps_of_first(),
              ElementsAre("remove the pid file (it says 100)", "hand back the jobs of pid 100"));
}

TEST_F(Planning, AnExpiredHoldIsNone) {
  state_.holds["delayed_job.2"] = {.by = "deploy", .reason = "", .since = 0, .until = 50};
  see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
  facts_.wall = 49;
  EXPECT_TRUE(is_idle(plan()));
  facts_.wall = 50;
  EXPECT_THAT(steps_of_first(), ElementsAre("start it"));
}

TEST_F(Planning, AFailingWorkerWaitsButItsPidFileAndJobsDoNot) {
  auto& record = state_.workers["delayed_job.2"];
  record.failures = {.count = 2,
                     .next_try = 1000,
                     .last_error = {},
                     .release = app().release.native(),
                     .command = command_text(worker("2").start),
                     .restart_file_mtime = {}};
  see("2", seen(PidInFile{100}, NoProcess{}, kNothing));
  const auto as_expected =
      ElementsAre("remove the pid file (it says 100)", "hand back the jobs of pid 100");
  EXPECT_THAT(steps_of_first(), as_expected);
  state_.holds["delayed_job.2"] = {.by = "deploy", .reason = {}, .since = 0, .until = {}};
  EXPECT_THAT(steps_of_first(), as_expected) << "also where it is held";
}

TEST_F(Planning, AfterARebootTheJobsOfTheFormerProcessAreHandedBack) {
  state_.workers["delayed_job.2"].former_pid = 70;
  see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
  EXPECT_THAT(steps_of_first(), ElementsAre("hand back the jobs of pid 70", "start it"));
}

TEST_F(Planning, TheJobsOfAnEarlierBootAreLookedForUnderTheNameThatTheHostHadThen) {
  see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
  auto& record = state_.workers["delayed_job.2"];
  record.former_pid = 100;
  record.unrecovered = {{.pid = 100, .host = "web1", .asked = false}};
  const auto planned = plan();
  const auto& steps = planned.decisions.front().steps;
  const auto recover = std::ranges::find_if(
      steps, [](const Step& step) { return std::holds_alternative<RecoverJobs>(step); });
  ASSERT_NE(recover, steps.end());
  EXPECT_EQ(std::get<RecoverJobs>(*recover).host, "web1");
}

TEST_F(Planning, TheJobsOfOnePidAreLookedForUnderEachNameOfTheHost) {
  see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
  state_.workers["delayed_job.2"].unrecovered = {{.pid = 100, .host = "web1", .asked = false},
                                                 {.pid = 100, .host = "web2", .asked = false}};
  EXPECT_THAT(steps_of_first(), ElementsAre("hand back the jobs of pid 100",
                                            "hand back the jobs of pid 100", "start it"));
}

TEST_F(Planning, WhatIsLockedSinceAnotherOfThatNameHasThePidIsNotHandedBack) {
  auto other = living(100);
  other.cwd = "/srv/another";
  state_.workers["delayed_job.2"].process = known(100, 1);
  see("2", seen(PidInFile{100}, other, std::vector{other}));
  const auto recover_in = [](const Plan& planned) {
    const auto& steps = planned.decisions.front().steps;
    const auto found = std::ranges::find_if(
        steps, [](const Step& step) { return std::holds_alternative<RecoverJobs>(step); });
    return found == steps.end() ? RecoverJobs{} : std::get<RecoverJobs>(*found);
  };
  EXPECT_EQ(recover_in(plan()).pid, 100);
  EXPECT_EQ(recover_in(plan()).pid_taken, born_at(other.id, facts_) - 1);
  other.argv = Argv{"sleep"};
  see_again(seen(PidInFile{100}, other, std::vector{other}));
  EXPECT_EQ(recover_in(plan()).pid, 100);
  EXPECT_EQ(recover_in(plan()).pid_taken, 0);
  see_again(seen(NoPidFile{}, NoProcess{}, std::vector{unread(other)}));
  state_.workers["delayed_job.2"].process.reset();
  state_.workers["delayed_job.2"].unrecovered = {{.pid = 100, .host = {}, .asked = false}};
  EXPECT_EQ(recover_in(plan()).pid, 100);
  EXPECT_EQ(recover_in(plan()).pid_taken, born_at(other.id, facts_) - 1) << "it may bear it";
}

TEST_F(Planning, TheJobsOfALivingWorkerAndOfItsDuplicateAreNeverHandedBack) {
  see("2", seen(PidInFile{100}, living(100), std::vector{living(200)}));
  state_.workers["delayed_job.2"].beside = {known(200)};
  state_.workers["delayed_job.2"].unrecovered = {{.pid = 100, .host = {}, .asked = false},
                                                 {.pid = 200, .host = {}, .asked = false},
                                                 {.pid = 300, .host = {}, .asked = false}};
  EXPECT_THAT(steps_of_first(), ElementsAre("hand back the jobs of pid 300"));
}

// Any of them bears that name.
TEST_F(Planning, WhatIsLockedSinceAnotherHasThePidOfADeadRakeIsNotHandedBack) {
  auto rake = worker("2");
  rake.preset = "jobs_work";
  rake.process_title.clear();
  rake.start = {"bundle", "exec", "rake", "jobs:work"};
  const auto other = with_argv(100, {"/usr/bin/ruby", "/usr/bin/rake", "jobs:work"});
  state_.workers[rake.name].unrecovered = {{.pid = 100, .host = "web1", .asked = false}};
  world_.see(rake, seen(NoPidFile{}, NoProcess{}, std::vector{other}));
  const auto steps = plan().decisions.front().steps;
  const auto recover = std::ranges::find_if(
      steps, [](const Step& step) { return std::holds_alternative<RecoverJobs>(step); });
  ASSERT_NE(recover, steps.end());
  EXPECT_EQ(std::get<RecoverJobs>(*recover).pid_taken, born_at(other.id, facts_) - 1);
}

TEST_F(Planning, RestartAsksEveryRunningWorkerOnce) {
  roll_ = RollAsked{.at = kLater, .mode = {}};
  see("2", seen(PidInFile{100}, living(100)));
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (restart)"));
  state_.workers["delayed_job.2"].stops.push_back(asked(100));
  EXPECT_TRUE(is_idle(plan())) << "it drains already";
}

TEST_F(Planning, ASurgeStartsTheSuccessorBeforeTheOldWorkerIsAsked) {
  roll_ = RollAsked{.at = kLater, .mode = {}};
  roll_->mode = RestartMode::surge;
  see("2", seen(PidInFile{100}, living(100)));
  EXPECT_THAT(steps_of_first(), ElementsAre("set the pid file of pid 100 aside", "start it",
                                            std::string(kAsk) + " (restart)"));
}

TEST_F(Planning, AWorkerThatWasSetAsideIsAskedOnceItsSuccessorRuns) {
  auto observation = seen(PidInFile{200}, living(200));
  observation.set_aside = {{100, living(100)}};
  see("2", observation);
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (restart)"));
  world_.end(200);
  auto alone = seen(NoPidFile{}, NoProcess{}, kNothing);
  alone.set_aside = {{100, living(100)}};
  see_again(alone);
  EXPECT_THAT(steps_of_first(), ElementsAre("start it"))
      << "as long as there is no successor, the old worker works on";
}

TEST_F(Planning, AWorkerThatWasSetAsideIsAskedOnce) {
  auto observation = seen(PidInFile{200}, living(200), alive({300}));
  observation.set_aside = {{100, living(100)}};
  see("2", observation);
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (restart)"))
      << "a successor that runs twice serves as well";
  state_.workers["delayed_job.2"].stops = {asked(100)};
  state_.workers["delayed_job.2"].stops.front().aside = true;
  EXPECT_TRUE(is_idle(plan()));
}

// A daemon that takes a title is of no use before that; of any other one nothing more will be seen.
TEST_F(Planning, AWorkerThatWasSetAsideIsAskedOnceItsSuccessorMayHaveBooted) {
  const auto is_asked = [](const Worker& worker, const Process& old, const Process& successor) {
    World world;
    auto observation = seen(PidInFile{200}, successor);
    observation.set_aside = {{100, old}};
    world.see(worker, observation);
    world.record().stops = {set_aside(100)};
    return !is_idle(world.plan());
  };
  EXPECT_FALSE(is_asked(worker("2"), living(100), booting(200)));
  auto titled = worker("2");
  titled.foreground = true;
  EXPECT_TRUE(is_asked(titled, living(100), booting(200)));
  auto untitled = worker("2");
  untitled.process_title.clear();
  const Argv short_option = {"ruby", "bin/delayed_job", "-i", "2", "start"};
  EXPECT_TRUE(is_asked(untitled, living(100), with_argv(200, short_option)));
  const Argv line = {"bin/feed", "eu"};
  EXPECT_TRUE(is_asked(untitled_daemon("eu"), with_argv(100, line), with_argv(200, line)));
}

TEST_F(Planning, TheFileOfOneThatMayLiveUnseenStays) {
  auto observation = seen(PidInFile{200}, living(200));
  observation.set_aside = {{100, Hidden{"Input/output error"}}};
  see("2", observation);
  EXPECT_TRUE(is_idle(plan()));
  facts_.processes.looks.erase(100);
  EXPECT_TRUE(is_idle(plan())) << "nobody has looked";
  world_.end(100);
  EXPECT_FALSE(is_idle(plan()));
}

TEST_F(Planning, AWorkerThatDiedAsideGetsItsJobsBack) {
  auto observation = seen(PidInFile{200}, living(200));
  observation.set_aside = {{100, NoProcess{}}};
  see("2", observation);
  EXPECT_THAT(steps_of_first(), ElementsAre("hand back the jobs of pid 100",
                                            "remove what is left of pid 100, which has drained"));
}

TEST_F(Planning, NoJobsAreHandedBackByAFileWhileThatPidBearsTheTitle) {
  auto observation = seen(PidInFile{200}, living(200));
  observation.set_aside = {{100, living_in(100, "/srv/blog")}};
  see("2", observation);
  EXPECT_TRUE(is_idle(plan())) << "it may be of an older release";
  observation.set_aside = {{200, living(200)}};
  see_again(observation);
  EXPECT_THAT(steps_of_first(), ElementsAre("remove what is left of pid 200, which has drained"))
      << "it serves";
  state_.workers["delayed_job.2"].process = known(200);
  observation.set_aside = {{100, child_of(living(100), 200, 200)}};
  see_again(observation);
  EXPECT_THAT(steps_of_first(), ElementsAre("hand back the jobs of pid 100",
                                            "remove what is left of pid 100, which has drained"))
      << "a child of it has come by that pid";
  observation.set_aside = {{100, with_argv(100, {"vim"})}};
  see_again(observation);
  EXPECT_THAT(steps_of_first(), ElementsAre("hand back the jobs of pid 100",
                                            "remove what is left of pid 100, which has drained"));
}

// Under a pid that a file says as well, and that may be the worker's by a clock that was set.
TEST_F(Planning, NoJobsAreHandedBackByAFileWhileNobodyCanTellWhetherTheWorkerRuns) {
  const auto outside = living_in(100, "/tmp");
  auto observation = seen(PidInFile{100}, outside, kNothing);
  facts_.wall = 1'800'000'000;
  see("2", observation);
  observation.set_aside = {{100, outside}};
  see_again(observation);
  facts_.seen.front().pid_file_mtime = (born_at(outside.id, facts_) - 60) * 1'000'000'000;
  EXPECT_TRUE(is_idle(plan()));
}

TEST_F(Planning, TheFileOfOneThatWasSetAsideGoesAlsoWhereItsWorkerIsNotConfiguredAnyMore) {
  see("2", seen(PidInFile{200}, living(200)));
  const SetAsideFile file{.pid_file = "/srv/shop/current/tmp/pids/feed.eu.pid", .pid = 100};
  facts_.set_aside_elsewhere = {file, {.pid_file = file.pid_file, .pid = 101}};
  state_.orphans = {{.name = "feed.eu", .process = known(100).id, .stop = set_aside(100)}};
  world_.show(with_argv(100, {"bin/feed", "eu"}));
  EXPECT_THAT(plan().set_aside_to_forget, IsEmpty()) << "it is finishing its job";
  world_.end(100);
  EXPECT_THAT(plan().set_aside_to_forget, ElementsAre(file)) << "and no file of anybody else's";
  state_.orphans.front().stop->aside = false;
  EXPECT_THAT(plan().set_aside_to_forget, IsEmpty());
  state_.orphans.front().stop.reset();
  EXPECT_THAT(plan().set_aside_to_forget, IsEmpty());
}

// Each was compared with all those before it.
TEST_F(Planning, VeryManyFilesOfTheDeadTakeNoLongTime) {
  auto observation = seen(PidInFile{200}, living(200));
  constexpr pid_t kMany = 100'000;
  for (pid_t pid = 1000; pid < 1000 + kMany; ++pid)
    observation.set_aside.emplace_back(pid, NoProcess{});
  see("2", observation);
  const auto began = std::clock();
  EXPECT_EQ(plan().decisions.front().steps.size(), 2U * kMany);
  EXPECT_LT((std::clock() - began) / CLOCKS_PER_SEC, 3);
}

TEST_F(Planning, AnotherReleaseIsOutOfDateAndAForeignDirectoryIsNot) {
  see("2", seen(PidInFile{100}, living_in(100, "/srv/shop/releases/1")));
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (release)"));
  world_.show(living_in(100, "/var/tmp"));
  EXPECT_TRUE(is_idle(plan()));
  world_.show(living_in(100, "/srv/shop/releases/1"));
  workers_.front().restart.on_release = false;
  EXPECT_TRUE(is_idle(plan()));
}

TEST_F(Planning, ATouchedRestartFileRollsWorkersThatWereSeenBefore) {
  see("2", seen(PidInFile{100}, living(100)));
  facts_.seen.front().restart_file_mtime = 7;
  EXPECT_TRUE(is_idle(plan())) << "seen for the first time";
  auto& record = state_.workers["delayed_job.2"];
  record.process = known(100);
  record.restart_file_mtime = 6;
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (restart_file)"));
  record.restart_file_mtime = 7;
  EXPECT_TRUE(is_idle(plan()));
  facts_.seen.front().restart_file_mtime = 0;
  EXPECT_TRUE(is_idle(plan())) << "a missing file asks for nothing";
  facts_.seen.front().restart_file_mtime = 8;
  EXPECT_FALSE(is_idle(plan()));
  workers_.front().restart.on_restart_file = false;
  EXPECT_TRUE(is_idle(plan())) << "the configuration says so";
}

TEST_F(Planning, LimitsDrain) {
  see("2", seen(PidInFile{100}, living(100)));
  workers_.front().limits.memory = 1000;
  facts_.seen.front().memory = 1001;
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (memory)"));
  facts_.seen.front().memory = 1000;
  EXPECT_TRUE(is_idle(plan()));
  facts_.seen.front().memory.reset();
  EXPECT_TRUE(is_idle(plan())) << "it was not read";
  workers_.front().limits.age = Duration{1000};
  facts_.now = 50'000 + 1001;  // it started 5000 ticks of 10 ms after boot
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (age)"));
  facts_.now = 50'000 + 1000;
  EXPECT_TRUE(is_idle(plan()));
}

TEST_F(Planning, AWorkerThatWasAskedToStopIsUnavailableAlsoWhenItCannotBeJudged) {
  see("1", seen(UnreadablePidFile{"Input/output error"}, NoProcess{}, kNothing));
  see("2", seen(PidInFile{100}, living(100)));
  for (auto& each : workers_)
    each.restart.max_unavailable = {.value = 1, .percent = false};
  roll_ = RollAsked{.at = kLater, .mode = {}};
  EXPECT_EQ(count_asked(), 1) << "one of which nothing is known holds nobody up";
  state_.workers["delayed_job.1"].drained_at = 1;
  EXPECT_EQ(count_asked(), 0);
  state_.workers["delayed_job.1"] = {};
  state_.workers["delayed_job.1"].failures.count = 1;
  EXPECT_EQ(count_asked(), 0);
  state_.workers["delayed_job.1"] = {};
  state_.workers["delayed_job.1"].last = known(99);
  EXPECT_EQ(count_asked(), 0) << "it has ended, and its failures were forgotten by `start`";
  state_.workers["delayed_job.1"] = {};
  state_.workers["delayed_job.1"].start = BegunStart{.since = 1, .pid_before = 0};
  EXPECT_EQ(count_asked(), 0) << "its start has begun, and it was not seen since";
}

TEST_F(Planning, WhatIsRememberedOfAWorkerThatCannotBeJudgedSaysWhetherItIsDown) {
  see("1", seen(UnreadablePidFile{"Input/output error"}, NoProcess{}, kNothing));
  see("2", seen(PidInFile{100}, living(100)));
  for (auto& each : workers_)
    each.restart.max_unavailable = {.value = 1, .percent = false};
  workers_.back().limits.memory = 1000;
  facts_.seen.back().memory = 1001;
  EXPECT_EQ(count_asked(), 1) << "nothing is remembered";
  auto& record = state_.workers["delayed_job.1"];
  const auto asked_with = [&](const WorkerRecord& remembered) {
    record = remembered;
    return count_asked();
  };
  WorkerRecord each;
  EXPECT_EQ(asked_with(each), 1);
  each.last = known(98);
  each.process = known(99);
  EXPECT_EQ(asked_with(each), 1) << "another has followed the one that has ended";
  each.stops = {asked(99)};
  EXPECT_EQ(asked_with(each), 0);
  each.stops.clear();
  each.by_command = asked(0);
  EXPECT_EQ(asked_with(each), 0);
}

TEST_F(Planning, AWorkerThatHasLostItsPidFileServes) {
  see("1", seen(NoPidFile{}, NoProcess{}, std::vector{with_title(99, "delayed_job.1")}));
  see("2", seen(PidInFile{100}, living(100)));
  for (auto& each : workers_)
    each.restart.max_unavailable = {.value = 1, .percent = false};
  workers_.back().limits.memory = 1000;
  facts_.seen.back().memory = 1001;
  EXPECT_EQ(count_asked(), 1);
}

TEST_F(Planning, AHeldWorkerIsNoLossOfCapacity) {
  see("1", seen(NoPidFile{}, NoProcess{}, kNothing));
  see("2", seen(PidInFile{100}, living(100)));
  for (auto& each : workers_)
    each.restart.max_unavailable = {.value = 1, .percent = false};
  roll_ = RollAsked{.at = kLater, .mode = {}};
  EXPECT_EQ(count_asked(), 0);
  state_.holds["delayed_job.1"] = {.by = "deploy", .reason = {}, .since = 0, .until = {}};
  EXPECT_EQ(count_asked(), 1);
}

TEST_F(Planning, ALookForTheJobsOfTheDeadIsNoPartOfARoll) {
  see_running("1");
  see("2", seen(PidInFile{100}, living(100)));
  state_.workers["delayed_job.1"].unrecovered = {{.pid = 76, .host = {}, .asked = false}};
  state_.workers["delayed_job.2"].unrecovered = {{.pid = 77, .host = {}, .asked = true}};
  roll_ = RollAsked{.at = kLater, .mode = {}};
  const auto decision = plan().decisions.back();
  ASSERT_EQ(decision.rolling_steps, 1U);
  ASSERT_EQ(decision.steps.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<AskToStop>(decision.steps.back()))
      << "or it would be asked before its application has booted";
}

TEST_F(Planning, NoMoreThanMaxUnavailableAreDownAtATime) {
  for (const char* identifier : {"2", "3", "4", "5"}) {
    see_running(identifier);
    workers_.back().restart.max_unavailable = {.value = 50, .percent = true};
  }
  outgrow_their_limit();
  EXPECT_EQ(count_asked(), 2);
  world_.end(100);
  see_again(seen(NoPidFile{}, NoProcess{}, kNothing));
  EXPECT_EQ(count_asked(), 1) << "a missing worker counts";
  for (auto& worker : workers_)
    worker.restart.max_unavailable = {.value = 1, .percent = true};
  EXPECT_EQ(count_asked(), 0);
  see_again(seen(PidInFile{100}, living(100)));
  outgrow_their_limit();
  EXPECT_EQ(count_asked(), 1) << "one may always roll";
}

TEST_F(Planning, NoMoreThanMaxSurgeAreKeptBesideTheirSuccessors) {
  for (const char* identifier : {"2", "3", "4"}) {
    see_running(identifier);
    workers_.back().restart.mode = RestartMode::surge;
    workers_.back().restart.max_surge = {.value = 2, .percent = false};
  }
  outgrow_their_limit();
  EXPECT_EQ(count_asked(), 2);
}

TEST_F(Planning, OneIsAskedAtATimeUntilASuccessorStaysUp) {
  for (const char* identifier : {"2", "3", "4", "5"})
    see_running(identifier);
  for (auto& [name, record] : state_.workers)
    record = {};
  for (pid_t pid = 100; pid < 104; ++pid) {
    auto& record = state_.workers["delayed_job." + std::to_string(pid - 98)];
    record.process = known(pid);
    record.process->release = "/srv/shop/releases/0";
  }
  EXPECT_EQ(count_asked(), 1);
  auto& first = state_.workers["delayed_job.2"];
  first.stops = {asked(100, StopReason::release, facts_.now)};
  EXPECT_EQ(count_asked(), 0) << "it may be gone in a moment";
  facts_.now += workers_.front().restart.settle.count();
  EXPECT_EQ(count_asked(), 1) << "it has a job; another one may be idle";
  first.stops.clear();
  first.process = known(100);
  EXPECT_EQ(count_asked(), 3) << "the code has proved itself";
  first.stops = {set_aside(100)};
  EXPECT_EQ(state_of_first(), WorkerState::running);
  EXPECT_EQ(count_asked(), 2) << "it is to go itself, and nobody knows yet what follows it";
}

TEST_F(Planning, NobodyElseIsAskedWhileTheFirstSuccessorComesUp) {
  for (const char* identifier : {"1", "2"})
    see_running(identifier);
  roll_ = RollAsked{.at = kLater, .mode = {}};
  EXPECT_EQ(count_asked(), 1);
  world_.end(100);
  const auto starter = with_argv(900, {"ruby", "bin/delayed_job", "--identifier=1", "start"});
  see_again(seen(NoPidFile{}, NoProcess{}, std::vector{starter}));
  EXPECT_EQ(state_of_first(), WorkerState::starting);
  EXPECT_EQ(count_asked(), 0);
}

TEST_F(Planning, NobodyElseIsAskedWhileTheFirstSuccessorDoesNotStayUp) {
  for (const char* identifier : {"2", "3"})
    see_running(identifier);
  roll_ = RollAsked{.at = kLater, .mode = {}};
  world_.end(100);
  see_again(seen(NoPidFile{}, NoProcess{}, kNothing));
  EXPECT_EQ(count_asked(), 0) << "it is started now";
  state_.workers["delayed_job.2"].failures = {.count = 3,
                                              .next_try = facts_.now + 1000,
                                              .last_error = {},
                                              .release = app().release.native(),
                                              .command = command_text(workers_.front().start),
                                              .restart_file_mtime = {}};
  EXPECT_EQ(count_asked(), 0);
}

TEST_F(Planning, WhoseReleaseDoesNotBootIsLeftAloneUntilTheNextTry) {
  see("2", seen(PidInFile{100}, living(100)));
  roll_ = RollAsked{.at = kLater, .mode = {}};
  state_.failed_boots = {.count = 1,
                         .next_try = facts_.now + 1,
                         .last_error = {},
                         .release = app().release.native(),
                         .command = {},
                         .restart_file_mtime = 0};
  EXPECT_EQ(count_asked(), 0);
  EXPECT_TRUE(waits_for_a_boot(plan()));
  workers_.front().restart.boot = BootOrder::after;
  EXPECT_EQ(count_asked(), 1) << "whether it boots is not asked then";
  workers_.front().restart.boot = BootOrder::before;
  facts_.seen.front().restart_file_mtime = 5;
  EXPECT_EQ(count_asked(), 1) << "the restart file was touched";
  facts_.seen.front().restart_file_mtime = 0;
  state_.failed_boots.release = "/srv/shop/releases/0";
  EXPECT_EQ(count_asked(), 1) << "another release";
  state_.failed_boots.release = app().release.native();
  ++facts_.now;
  EXPECT_EQ(count_asked(), 1) << "its time has come";
}

TEST_F(Planning, OnlySelectedWorkersAreAsked) {
  for (const char* identifier : {"2", "3"})
    see_running(identifier);
  roll_ = RollAsked{.at = kLater, .mode = {}};
  selection_ = {false, true};
  EXPECT_EQ(count_asked(), 1);
}

TEST_F(Planning, StopAsksAHeldWorkerAndNeverItsStartCommand) {
  state_.holds["delayed_job.2"] = {.by = "deploy", .reason = "", .since = 0, .until = {}};
  see("2", seen(PidInFile{100}, living(100)));
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (stop)"));
  world_.forget_processes();
  see_again(seen(NoPidFile{}, NoProcess{}, std::vector{booting(900)}));
  EXPECT_THAT(steps_of_first(), IsEmpty());
}

TEST_F(Planning, NobodyIsKilledUnlessTheConfigurationSaysSo) {
  auto& record = state_.workers["delayed_job.2"];
  record.stops.push_back(asked(100, StopReason::restart, 1000));
  see("2", seen(PidInFile{100}, living(100)));
  facts_.now = 1'000'000'000;
  EXPECT_TRUE(is_idle(plan()));
  workers_.front().kill_after = Duration{5000};
  EXPECT_THAT(steps_of_first(), ElementsAre("kill pid 100 (kill_after is over)"));
  facts_.now = 6000;
  EXPECT_TRUE(is_idle(plan()));
}

TEST_F(Planning, NobodyIsKilledWhoWasNotAsked) {
  see("2", seen(PidInFile{100}, living(100)));
  workers_.front().kill_after = Duration{5000};
  facts_.now = 1'000'000'000;
  auto& record = state_.workers["delayed_job.2"];
  record.stops = {intended(100, StopReason::restart)};
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (restart)"));
  record.stops.clear();
  state_.holds["delayed_job.2"] = {.by = "deploy", .reason = {}, .since = 0, .until = {}};
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (stop)"));
}

TEST_F(Planning, TimeInWhichTheHostSleptIsNoReasonToKillOrToReplace) {
  constexpr BootTime kNight = 8 * 3600 * 1000;
  see("2", seen(PidInFile{100}, living(100)));
  workers_.front().kill_after = Duration{5000};
  workers_.front().limits.age = Duration{1000};
  auto& record = state_.workers["delayed_job.2"];
  record.process = known(100);
  facts_.now = 50'000 + kNight + 1000;
  facts_.suspended = kNight;
  EXPECT_TRUE(is_idle(plan())) << "it started 50 s after boot";
  record.stops = {asked(100, StopReason::restart, 50'000 - 4000)};
  EXPECT_TRUE(is_idle(plan())) << "it has had 5 s to finish its job";
  facts_.now += 1;
  EXPECT_THAT(steps_of_first(), ElementsAre("kill pid 100 (kill_after is over)"));
  record.stops.front().suspended = kNight;
  facts_.now += kNight;
  facts_.suspended += kNight;
  record.stops.front().asked_at += kNight;
  EXPECT_THAT(steps_of_first(), ElementsAre("kill pid 100 (kill_after is over)"))
      << "it was asked after the first night";
  record.stops.clear();
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (age)"));
  record.process->suspended = kNight;
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (age)"))
      << "it had slept before that worker was born";
}

// --- what a pass that was ended left undone
// -------------------------------------------------------

TEST_F(Planning, ARequestThatWasWrittenButNotSentIsSent) {
  see("2", seen(PidInFile{100}, living(100)));
  state_.workers["delayed_job.2"].stops = {intended(100, StopReason::memory)};
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (memory)"));
}

TEST_F(Planning, ARequestIsNotSentToOneThatCannotBeSeen) {
  see("2", seen(PidInFile{100}, living(100)));
  facts_.processes.looks.insert_or_assign(300, Hidden{"Input/output error"});
  state_.workers["delayed_job.2"].stops = {intended(300)};
  EXPECT_TRUE(is_idle(plan()));
}

TEST_F(Planning, ARequestIsNotSentToOneThatRunsAsAnotherUser) {
  see("2", seen(NoPidFile{}, NoProcess{}, std::vector{of_user(100, 0)}));
  state_.workers["delayed_job.2"].process = known(100);
  state_.workers["delayed_job.2"].stops = {intended(100)};
  EXPECT_EQ(state_of_first(), WorkerState::unknown);
  EXPECT_TRUE(is_idle(plan()));
}

TEST_F(Planning, ASurgeOfOneThatIsNotTheWorkerIsNotBegun) {
  see("2", seen(NoPidFile{}, NoProcess{}, std::vector{of_user(100, 0)}));
  state_.workers["delayed_job.2"].process = known(100);
  state_.workers["delayed_job.2"].stops = {set_aside(100)};
  EXPECT_TRUE(is_idle(plan())) << "it runs as another user";
  see_again(seen(PidInFile{200}, living(200)));
  EXPECT_TRUE(is_idle(plan())) << "another one is the worker";
}

TEST_F(Planning, ASurgeIsBegunByOneOfTwoThatRememberTheSameProcess) {
  for (const char* identifier : {"1", "2"}) {
    see(identifier, seen(NoPidFile{}, NoProcess{}, alive({100})));
    state_.workers[workers_.back().name].stops = {set_aside(100)};
  }
  const auto planned = plan();
  EXPECT_THAT(planned.decisions.front().judgement.surged, testing::SizeIs(1));
  EXPECT_THAT(words(planned.decisions.back().steps), ElementsAre("start it"));
  world_.see_again(1, seen(PidInFile{200}, living(200)));
  EXPECT_THAT(plan().decisions.back().steps, IsEmpty()) << "that one is not to be set aside";
}

TEST_F(Planning, ASurgeThatWasWrittenButNotBegunIsDone) {
  see("2", seen(PidInFile{100}, living(100)));
  state_.workers["delayed_job.2"].process = known(100);
  state_.workers["delayed_job.2"].stops = {set_aside(100)};
  EXPECT_THAT(steps_of_first(), ElementsAre("set the pid file of pid 100 aside", "start it",
                                            std::string(kAsk) + " (restart)"));
}

TEST_F(Planning, ASurgeThatWasWrittenButNotBegunIsAStopUnderAHold) {
  see("2", seen(PidInFile{100}, living(100)));
  state_.holds["delayed_job.2"] = {.by = "deploy", .reason = {}, .since = 0, .until = {}};
  state_.workers["delayed_job.2"].process = known(100);
  state_.workers["delayed_job.2"].stops = {set_aside(100)};
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (stop)"));
  state_.workers["delayed_job.2"].stops.front().asked = true;
  EXPECT_TRUE(is_idle(plan())) << "it was asked, and its pid file has been written back since";
}

TEST_F(Planning, TheOldWorkerOfASurgeIsAskedWhenItsSuccessorComesUpLate) {
  auto late = seen(NoPidFile{}, NoProcess{}, alive({100}));
  late.set_aside = {{100, living(100)}};
  see("2", late);
  state_.workers["delayed_job.2"].process = known(100);
  state_.workers["delayed_job.2"].stops = {set_aside(100)};
  EXPECT_THAT(steps_of_first(), ElementsAre("start it"));
  late = seen(PidInFile{200}, living(200));
  late.set_aside = {{100, living(100)}};
  see_again(late);
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (restart)"));
}

TEST_F(Planning, AHoldDrainsWhateverItFindsInAnyPass) {
  state_.holds["delayed_job.2"] = {.by = "deploy", .reason = "", .since = 0, .until = {}};
  see("2", seen(PidInFile{100}, living(100)));
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (stop)"));
  state_.workers["delayed_job.2"].stops = {asked(100, StopReason::stop)};
  EXPECT_TRUE(is_idle(plan())) << "once";
}

TEST_F(Planning, ADuplicateIsRolledLikeAnyOther) {
  see("2", seen(PidInFile{100}, living(100), alive({200})));
  workers_.front().restart.mode = RestartMode::surge;
  roll_ = RollAsked{.at = kLater, .mode = {}};
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (restart)"))
      << "the other one takes its place";
}

TEST_F(Planning, ARememberedReleaseDecidesWhateverTheWorkingDirectoryIs) {
  see("2", seen(PidInFile{100}, living_in(100, "/srv/shop/shared")));
  state_.workers["delayed_job.2"].process = known(100);
  EXPECT_TRUE(is_idle(plan()));
  state_.workers["delayed_job.2"].process->release = "/srv/shop/releases/1";
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (release)"));
}

TEST_F(Planning, WhereNoReleaseIsRememberedTheWorkingDirectoryDecides) {
  see("2", seen(PidInFile{100}, living_in(100, "/srv/shop/releases/1")));
  state_.workers["delayed_job.2"].process = known(100);
  EXPECT_TRUE(is_idle(plan()));
  state_.workers["delayed_job.2"].process->release.clear();
  EXPECT_THAT(steps_of_first(), ElementsAre(std::string(kAsk) + " (release)"));
  world_.show(unread(living(100)));
  EXPECT_TRUE(is_idle(plan())) << "it was not read";
}

// --- orphans -------------------------------------------------------------------------------------

class OrphansToDrain : public Planning {
 protected:
  OrphansToDrain() {
    see("2", seen(PidInFile{1000}, living(1000)));
    world_.show(with_title(100, "delayed_job.3"));
    world_.show(with_title(200, "delayed_job.4"));
    facts_.orphan_policy = Orphans::drain;
  }
  std::vector<pid_t> pids() {
    std::vector<pid_t> pids;
    for (const auto& orphan : plan().orphans_to_drain)
      pids.push_back(orphan.id.pid);
    return pids;
  }
  void note_asked(const ProcessId& process) {
    auto stop = asked(process.pid, StopReason::orphan);
    stop.process = process;
    state_.orphans.push_back({.name = "delayed_job.x", .process = process, .stop = stop});
  }
};

TEST_F(OrphansToDrain, AreAllOfThem) {
  EXPECT_THAT(pids(), ElementsAre(100, 200));
}

TEST_F(OrphansToDrain, AreNoneUnlessThePolicySaysSo) {
  facts_.orphan_policy = Orphans::warn;
  EXPECT_THAT(pids(), IsEmpty());
  facts_.orphan_policy = Orphans::ignore;
  EXPECT_THAT(pids(), IsEmpty());
}

TEST_F(OrphansToDrain, AreAskedOnceEach) {
  note_asked({100, 5000});
  EXPECT_THAT(pids(), ElementsAre(200));
  note_asked({200, 5000});
  EXPECT_THAT(pids(), IsEmpty());
}

TEST_F(OrphansToDrain, AreThoseToBeAskedWhateverThePolicyIs) {
  note_asked({100, 5000});
  state_.orphans.front().stop->asked = false;
  facts_.orphan_policy = Orphans::warn;
  EXPECT_THAT(pids(), ElementsAre(100));
  EXPECT_FALSE(is_idle(plan()));
  state_.orphans.front().stop.reset();
  EXPECT_THAT(pids(), IsEmpty());
  EXPECT_TRUE(is_idle(plan()));
}

TEST_F(OrphansToDrain, AnotherProcessUnderThePidOfOneThatWasAskedIsAnother) {
  note_asked({100, 4999});
  EXPECT_THAT(pids(), ElementsAre(100, 200));
}

TEST(OrphanName, IsTheOneOfTheConfigurationOrWhatItBears) {
  State state;
  const auto process = with_argv(100, {"bin/feed", "eu"});
  EXPECT_EQ(orphan_name(state, process), "bin/feed");
  EXPECT_EQ(orphan_name(state, unread(process)), "pid 100");
  EXPECT_EQ(orphan_name(state, with_argv(100, {})), "pid 100");
  state.orphans = {{.name = {}, .process = process.id, .stop = std::nullopt}};
  EXPECT_EQ(orphan_name(state, process), "bin/feed");
  state.orphans.front().name = "feed.eu";
  EXPECT_EQ(orphan_name(state, process), "feed.eu");
}

TEST_F(Planning, StartsCanBeLeftOutOfAPlan) {
  see("1", seen(NoPidFile{}, NoProcess{}, kNothing));
  see("2", seen(PidInFile{100}, living(100)));
  see("3", seen(NoPidFile{}, NoProcess{}, kNothing));
  state_.holds["delayed_job.2"] = {.by = "deploy", .reason = {}, .since = 0, .until = {}};
  facts_.seen.back().ready = Exited{1};
  auto planned = plan();
  EXPECT_TRUE(starts_anything(planned));
  EXPECT_TRUE(waits_until_ready(planned));
  leave_out_starts(planned);
  EXPECT_FALSE(starts_anything(planned));
  EXPECT_FALSE(waits_until_ready(planned));
  EXPECT_THAT(words(planned.decisions[1].steps), ElementsAre(std::string(kAsk) + " (stop)"));
}

}  // namespace
}  // namespace bootcheck
