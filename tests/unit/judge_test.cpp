// From who is who to states: every row of the table, holds, back-off, and what an end means.
#include "model/judge.h"

#include "model/outcomes.h"
#include "unit/model_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;
using enum WorkerState;

struct StateRow {
  std::string name;
  Seen seen;
  WorkerState expected;
};

class StateTable : public testing::TestWithParam<StateRow> {};

TEST_P(StateTable, GivesTheState) {
  World world;
  world.see("2", GetParam().seen);
  const auto judgement = world.first();
  EXPECT_EQ(name_of(judgement.state), name_of(GetParam().expected)) << judgement.reason;
}

const std::vector<Process> kStarting{booting(900)};

INSTANTIATE_TEST_SUITE_P(
    Contract, StateTable,
    testing::Values(
        StateRow{"running", seen(PidInFile{100}, living(100)), running},
        StateRow{"running_with_a_prefix",
                 seen(PidInFile{100}, with_title(100, "shop/delayed_job.2")), running},
        StateRow{"running_while_it_boots", seen(PidInFile{100}, booting(100)), running},
        StateRow{"running_in_a_job_that_changed_directory",
                 seen(PidInFile{100}, living_in(100, "/var/tmp")), running},
        StateRow{"missing", seen(NoPidFile{}, NoProcess{}, kNothing), missing},
        StateRow{"crashed", seen(PidInFile{100}, NoProcess{}, kNothing), crashed},
        StateRow{"crashed_zombie", seen(PidInFile{100}, Zombie{}, kNothing), crashed},
        StateRow{"stale_pid_reused", seen(PidInFile{100}, with_title(100, "nginx"), kNothing),
                 stale},
        StateRow{"stale_pid_of_another_worker",
                 seen(PidInFile{100}, with_title(100, "delayed_job.22"), kNothing), stale},
        StateRow{"stale_title_as_a_word_only",
                 seen(PidInFile{100}, with_argv(100, {"vim", "delayed_job.2"}), kNothing), stale},
        StateRow{"stale_thread_id", seen(PidInFile{101}, ThreadOf{100}, kNothing), stale},
        StateRow{"stale_empty_file", seen(GarbagePidFile{"empty"}, NoProcess{}, kNothing), stale},
        StateRow{"lost_pid_file", seen(NoPidFile{}, NoProcess{}, alive({100})), lost},
        StateRow{"lost_garbage_pid_file", seen(GarbagePidFile{"empty"}, NoProcess{}, alive({100})),
                 lost},
        StateRow{"lost_wrong_pid", seen(PidInFile{50}, with_title(50, "nginx"), alive({100})),
                 lost},
        StateRow{"lost_dead_pid", seen(PidInFile{50}, NoProcess{}, alive({100})), lost},
        StateRow{"lost_hides_the_rest", hidden(seen(NoPidFile{}, NoProcess{}, alive({100}))), lost},
        StateRow{"duplicate", seen(PidInFile{100}, living(100), alive({100, 200})), duplicate},
        StateRow{"duplicate_without_a_pid_file", seen(NoPidFile{}, NoProcess{}, alive({100, 200})),
                 duplicate},
        StateRow{"unknown_process_not_readable",
                 seen(PidInFile{100}, Hidden{"Permission denied"}, kNothing), unknown},
        StateRow{"unknown_pid_file_not_readable",
                 seen(UnreadablePidFile{"Permission denied"}, NoProcess{}, kNothing), unknown},
        StateRow{"unknown_proc_hides_processes", hidden(seen(NoPidFile{}, NoProcess{}, kNothing)),
                 unknown},
        StateRow{"unknown_directory_not_shown",
                 seen(NoPidFile{}, NoProcess{}, std::vector{unshown_directory(living(100))}),
                 unknown},
        StateRow{"unknown_not_searched", seen(NoPidFile{}, NoProcess{}), unknown},
        StateRow{"unknown_right_title_wrong_user", seen(PidInFile{100}, of_user(100, 0), kNothing),
                 unknown},
        StateRow{"starting", seen(NoPidFile{}, NoProcess{}, kStarting), starting},
        StateRow{"starting_beside_a_dead_pid", seen(PidInFile{100}, NoProcess{}, kStarting),
                 starting},
        StateRow{"anybodys_until_it_is_in_the_app",
                 seen(NoPidFile{}, NoProcess{}, std::vector{living_in(100, "/")}), missing},
        StateRow{"status_command_says_running",
                 answered(seen(NoPidFile{}, NoProcess{}, kNothing), StatusAnswer::running),
                 running},
        StateRow{"status_command_says_no",
                 answered(seen(NoPidFile{}, NoProcess{}, kNothing), StatusAnswer::not_running),
                 missing},
        StateRow{"status_command_failed",
                 answered(seen(NoPidFile{}, NoProcess{}, kNothing), StatusAnswer::unknown),
                 unknown},
        StateRow{"status_command_contradicts",
                 answered(seen(PidInFile{100}, living(100)), StatusAnswer::not_running), unknown}),
    [](const auto& each) { return each.param.name; });

class Judging : public testing::Test {
 protected:
  World world_;
};

TEST_F(Judging, AWorkerThatWasAskedToStopDrains) {
  world_.see("2", seen(PidInFile{100}, living(100)));
  world_.record().stops = {asked(100)};
  EXPECT_EQ(world_.first().state, draining);
}

TEST_F(Judging, AWorkerThatWasAskedToStopAndHasRemovedItsPidFileIsNotLost) {
  world_.see("2", seen(NoPidFile{}, NoProcess{}, alive({100})));
  world_.record().stops = {asked(100)};
  EXPECT_EQ(world_.first().state, draining);
  EXPECT_EQ(world_.first().process->id.pid, 100);
}

TEST_F(Judging, ARememberedWorkerWithoutAPidFileIsLostWhateverItBears) {
  world_.see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
  world_.show(with_title(100, "ruby in a job"));
  world_.record().process = known(100);
  EXPECT_EQ(world_.first().state, lost);
  EXPECT_EQ(world_.first().proof, Proof::record);
}

TEST_F(Judging, ARememberedWorkerThatCannotBeLookedAtMayLive) {
  world_.see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
  world_.record().process = known(100);
  world_.facts.processes.looks.insert_or_assign(100, Hidden{"Input/output error"});
  EXPECT_EQ(world_.first().state, unknown);
  EXPECT_THAT(world_.first().reason, testing::HasSubstr("pid 100"));
}

TEST_F(Judging, ARememberedWorkerBesideTheOneInThePidFileIsADuplicate) {
  world_.see("2", seen(PidInFile{200}, living(200), alive({200})));
  world_.show(with_title(100, "ruby in a job"));
  world_.record().process = known(100);
  EXPECT_EQ(world_.first().state, duplicate);
  EXPECT_EQ(world_.first().duplicates.front().id.pid, 100);
}

TEST_F(Judging, ASuccessorIsNoDuplicateOfTheWorkerThatWasSetAside) {
  auto both = seen(PidInFile{200}, living(200), alive({100, 200}));
  both.set_aside = {{100, living(100)}};
  world_.see("2", both);
  EXPECT_EQ(world_.first().state, running);
}

TEST_F(Judging, AWorkerThatWasSetAsideIsNotTheWorker) {
  auto old = seen(NoPidFile{}, NoProcess{}, alive({100}));
  old.set_aside = {{100, living(100)}};
  world_.see("2", old);
  EXPECT_EQ(world_.first().state, missing);
}

TEST_F(Judging, AHoldCoversEveryStateAndKeepsWhatIsBeneath) {
  world_.see("2", seen(PidInFile{100}, living(100)));
  world_.state.holds["delayed_job.2"] = {
      .by = "deploy", .reason = "import", .since = 0, .until = {}};
  EXPECT_EQ(world_.first().state, held);
  EXPECT_EQ(world_.first().beneath, running);
  EXPECT_EQ(world_.first().reason, "by deploy: import");
  world_.state.holds["delayed_job.2"].reason.clear();
  EXPECT_EQ(world_.first().reason, "by deploy");
}

TEST_F(Judging, AWorkerThatIsNotEnabledIsHeldByTheConfiguration) {
  world_.see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
  world_.workers.front().enabled = false;
  EXPECT_EQ(world_.first().state, held);
  EXPECT_EQ(world_.first().beneath, missing);
  EXPECT_EQ(world_.first().reason, "disabled in the configuration");
}

TEST_F(Judging, APidThatASearchDidNotComeAcrossIsGone) {
  world_.see("2", seen(PidInFile{100}, NoProcess{}, kNothing));
  world_.facts.processes.looks.clear();
  EXPECT_EQ(world_.first().state, crashed);
}

// It may be that what the hold is for is still at work.
TEST_F(Judging, AHoldHidesNoProcessThatMayBeTheWorker) {
  auto strange = living(100);
  strange.argv = Argv{"resque-3.0.0: Waiting for mail"};
  world_.see("2", seen(PidInFile{100}, strange));
  world_.workers.front().process_title.clear();
  world_.state.holds["delayed_job.2"] = {.by = "deploy", .reason = "", .since = 0, .until = {}};
  EXPECT_EQ(world_.first().state, held);
  EXPECT_EQ(world_.first().beneath, unknown);
  EXPECT_EQ(world_.first().reason, "by deploy");
  EXPECT_THAT(world_.first().doubt, testing::HasSubstr("pid 100"));
  world_.see_again(0, seen(NoPidFile{}, NoProcess{}, kNothing));
  EXPECT_EQ(world_.first().doubt, "");
}

TEST_F(Judging, BackoffHoldsOnlyForTheReleaseAndCommandThatFailed) {
  world_.see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
  world_.record().failures = {.count = 3,
                              .next_try = 1000,
                              .last_error = {},
                              .release = app().release.native(),
                              .command = command_text(worker("2").start),
                              .restart_file_mtime = {}};
  world_.facts.now = 999;
  EXPECT_EQ(world_.first().state, failing);
  world_.facts.now = 1000;
  EXPECT_EQ(world_.first().state, missing);
  world_.facts.now = 999;
  world_.record().failures.release = "/srv/shop/releases/0";
  EXPECT_EQ(world_.first().state, missing);
  world_.record().failures.release = app().release.native();
  EXPECT_EQ(world_.first().state, failing);
  world_.workers.front().start.emplace_back("--queue=mailers");
  EXPECT_EQ(world_.first().state, missing);
}

TEST_F(Judging, ATouchedRestartFileEndsTheBackoff) {
  world_.see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
  auto& mtime = world_.facts.seen.front().restart_file_mtime;
  mtime = 7;
  remember_failed(world_.record(), worker("2"), {}, 5, world_.facts, 0);
  remember_failed(world_.record(), worker("2"), {}, mtime, world_.facts, 0);
  EXPECT_EQ(world_.first().state, failing);
  mtime = 8;
  EXPECT_EQ(world_.first().state, missing);
  mtime.reset();
  EXPECT_EQ(world_.first().state, failing) << "a look that failed tells nothing";
}

TEST_F(Judging, AnEndThatWasAskedForIsDrainedAndNotCrashed) {
  world_.see("2", seen(PidInFile{100}, NoProcess{}, kNothing));
  world_.record().process = known(100);
  world_.record().stops = {asked(100)};
  EXPECT_EQ(world_.first().state, drained);
  EXPECT_TRUE(world_.first().ended_as_asked);
  world_.record().stops = {intended(100)};
  EXPECT_EQ(world_.first().state, crashed) << "it died before it was asked";
}

TEST_F(Judging, OneThatWasSetAsideAndEndsAsAskedIsNotCrashedWhenThePidFileNamesIt) {
  world_.see("2", seen(PidInFile{100}, NoProcess{}, kNothing));
  world_.record().last = known(200);
  EXPECT_EQ(world_.first().state, crashed);
  world_.record().stops = {asked(100)};
  world_.record().stops.front().aside = true;
  EXPECT_EQ(world_.first().state, missing);
  world_.record().stops.front().process.pid = 300;
  EXPECT_EQ(world_.first().state, crashed) << "it was another that was asked";
}

TEST_F(Judging, DrainedCountsUntilAPassCouldHaveStartedASuccessor) {
  world_.see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
  world_.record().drained_at = 1000;
  world_.facts.now = 121'000;
  EXPECT_EQ(world_.first().state, drained);
  world_.facts.now = 121'001;
  EXPECT_EQ(world_.first().state, missing);
}

TEST_F(Judging, AShellLineWithoutATitleCannotBeToldFromAStranger) {
  auto shell = untitled_daemon("eu");
  shell.start = {"/bin/sh", "-c", "cd /srv && exec bin/feed"};
  world_.see(shell, seen(PidInFile{100}, with_title(100, "feed"), kNothing));
  EXPECT_EQ(world_.first().state, unknown);
  world_.record().former_pid = 100;
  EXPECT_EQ(world_.first().state, stale);
}

// --- every combination ---------------------------------------------------------------------------

std::vector<PidFile> all_pid_files() {
  return {NoPidFile{}, GarbagePidFile{"empty"}, UnreadablePidFile{"Permission denied"},
          PidInFile{100}};
}

/// Each with whether it speaks for a life of delayed_job.2, maybe out of sight.
std::vector<std::pair<ProcessLook, bool>> all_looks() {
  return {{NoProcess{}, false},   {Zombie{}, false},
          {ThreadOf{99}, false},  {Hidden{"Permission denied"}, true},
          {living(100), true},    {with_title(100, "nginx"), false},
          {of_user(100, 0), true}};
}

std::vector<std::pair<std::optional<std::vector<Process>>, bool>> all_searches() {
  return {{std::nullopt, true},
          {kNothing, false},
          {alive({200}), true},
          {alive({200, 300}), true},
          {std::vector{unshown_directory(living(200))}, true},
          {std::vector{with_title(200, "nginx")}, false},
          {kStarting, true}};
}

std::vector<std::pair<std::optional<StatusAnswer>, bool>> all_answers() {
  return {{std::nullopt, false},
          {StatusAnswer::running, true},
          {StatusAnswer::not_running, false},
          {StatusAnswer::unknown, true}};
}

// Whatever is seen, a worker is only ever called absent, and so started, when nothing at all speaks
// for its being alive or being out of sight.
TEST(Judge, EveryCombinationIsAbsentOnlyWhenNothingSpeaksForLife) {
  for (const auto& file : all_pid_files()) {
    for (const auto& [look, look_speaks] : all_looks()) {
      for (const auto& [found, search_speaks] : all_searches()) {
        for (const auto& [answer, answer_speaks] : all_answers()) {
          for (const bool proc_hidden : {false, true}) {
            World world;
            auto each = seen(file, look, found);
            each.status = answer;
            each.hidden = proc_hidden;
            world.see("2", each);
            const auto judgement = world.first();
            const bool named = std::holds_alternative<PidInFile>(file);
            const bool speaks = (named && look_speaks) || search_speaks || answer_speaks ||
                                proc_hidden || std::holds_alternative<UnreadablePidFile>(file);
            EXPECT_EQ(wants_start(judgement.state), !speaks) << name_of(judgement.state);
            EXPECT_EQ(judgement.state == unknown, !judgement.reason.empty());
          }
        }
      }
    }
  }
}

TEST(LateSuccessor, OfOneThatEndedAsAskedMakesItNoCrash) {
  World world;
  world.see("2", seen(PidInFile{100}, NoProcess{}, kNothing));
  world.facts.now = 1'000'000;
  world.record().last = known(100);
  EXPECT_EQ(world.first().state, WorkerState::crashed);
  world.record().drained_at = 1;
  EXPECT_EQ(world.first().state, WorkerState::missing);
  world.record().last = known(99);
  EXPECT_EQ(world.first().state, WorkerState::crashed) << "it is another one's pid";
  world.record().last.reset();
  EXPECT_EQ(world.first().state, WorkerState::crashed) << "whose pid it is nobody knows";
}

TEST(MayBeForked, IsWhatHasTheStackOfAWorkerThatIsNotRememberedItself) {
  auto duplicate = living(200);
  duplicate.stack = 7'000;
  Judgement judgement;
  EXPECT_FALSE(may_be_forked(duplicate, judgement, nullptr)) << "there is no worker";
  judgement.process = living(100);
  EXPECT_FALSE(may_be_forked(duplicate, judgement, nullptr));
  judgement.process->stack = 7'000;
  EXPECT_TRUE(may_be_forked(duplicate, judgement, nullptr));
  WorkerRecord record;
  EXPECT_TRUE(may_be_forked(duplicate, judgement, &record));
  record.beside = {known(200)};
  EXPECT_FALSE(may_be_forked(duplicate, judgement, &record));
  duplicate.stack = judgement.process->stack = 0;
  EXPECT_FALSE(may_be_forked(duplicate, judgement, nullptr)) << "the kernel shows neither";
}

}  // namespace
}  // namespace bootcheck
