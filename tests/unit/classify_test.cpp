// Every row of the contract's state table, and every combination of what can be seen.
#include "model/classify.h"

#include "unit/model_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;
using enum WorkerState;

struct Row {
  std::string name;
  Observation seen;
  WorkerState expected;
};

class StateTable : public testing::TestWithParam<Row> {};

TEST_P(StateTable, GivesTheState) {
  const auto judgement = classify(worker("2"), app(), GetParam().seen, Memory{});
  EXPECT_EQ(name_of(judgement.state), name_of(GetParam().expected)) << judgement.reason;
}

const Sightings kNothing{};
const Sightings kStarting{.alive = {}, .starting = {booting(900)}};

INSTANTIATE_TEST_SUITE_P(
    Contract, StateTable,
    testing::Values(
        Row{"running", seen(PidInFile{100}, living(100)), running},
        Row{"running_with_a_prefix", seen(PidInFile{100}, with_title(100, "shop/delayed_job.2")),
            running},
        Row{"running_while_it_boots", seen(PidInFile{100}, booting(100)), running},
        Row{"running_in_a_job_that_changed_directory",
            seen(PidInFile{100}, living_in(100, "/var/tmp")), running},
        Row{"missing", seen(NoPidFile{}, NoProcess{}, kNothing), missing},
        Row{"crashed", seen(PidInFile{100}, NoProcess{}, kNothing), crashed},
        Row{"crashed_zombie", seen(PidInFile{100}, Zombie{}, kNothing), crashed},
        Row{"stale_pid_reused", seen(PidInFile{100}, with_title(100, "nginx"), kNothing), stale},
        Row{"stale_pid_of_another_worker",
            seen(PidInFile{100}, with_title(100, "delayed_job.22"), kNothing), stale},
        Row{"stale_title_as_a_word_only",
            seen(PidInFile{100}, with_argv(100, {"vim", "delayed_job.2"}), kNothing), stale},
        Row{"stale_thread_id", seen(PidInFile{101}, ThreadOf{100}, kNothing), stale},
        Row{"stale_empty_file", seen(GarbagePidFile{"empty"}, NoProcess{}, kNothing), stale},
        Row{"lost_pid_file", seen(NoPidFile{}, NoProcess{}, alive({100})), lost},
        Row{"lost_garbage_pid_file", seen(GarbagePidFile{"empty"}, NoProcess{}, alive({100})),
            lost},
        Row{"lost_wrong_pid", seen(PidInFile{50}, with_title(50, "nginx"), alive({100})), lost},
        Row{"lost_dead_pid", seen(PidInFile{50}, NoProcess{}, alive({100})), lost},
        Row{"lost_hides_the_rest", hidden(seen(NoPidFile{}, NoProcess{}, alive({100}))), lost},
        Row{"duplicate", seen(PidInFile{100}, living(100), alive({100, 200})), duplicate},
        Row{"duplicate_without_a_pid_file", seen(NoPidFile{}, NoProcess{}, alive({100, 200})),
            duplicate},
        Row{"unknown_process_not_readable",
            seen(PidInFile{100}, Hidden{"Permission denied"}, kNothing), unknown},
        Row{"unknown_pid_file_not_readable",
            seen(UnreadablePidFile{"Permission denied"}, NoProcess{}, kNothing), unknown},
        Row{"unknown_proc_hides_processes", hidden(seen(NoPidFile{}, NoProcess{}, kNothing)),
            unknown},
        Row{"unknown_not_searched", seen(NoPidFile{}, NoProcess{}), unknown},
        Row{"unknown_right_title_wrong_user", seen(PidInFile{100}, of_user(100, 0), kNothing),
            unknown},
        Row{"starting", seen(NoPidFile{}, NoProcess{}, kStarting), starting},
        Row{"starting_beside_a_dead_pid", seen(PidInFile{100}, NoProcess{}, kStarting), starting},
        Row{"status_command_says_running",
            answered(seen(NoPidFile{}, NoProcess{}, kNothing), StatusAnswer::running), running},
        Row{"status_command_says_no",
            answered(seen(NoPidFile{}, NoProcess{}, kNothing), StatusAnswer::not_running), missing},
        Row{"status_command_failed",
            answered(seen(NoPidFile{}, NoProcess{}, kNothing), StatusAnswer::unknown), unknown},
        Row{"status_command_contradicts",
            answered(seen(PidInFile{100}, living(100)), StatusAnswer::not_running), unknown}),
    [](const auto& each) { return each.param.name; });

TEST(Classify, ARecordedProcessIsProvedWhateverItIsCalledNow) {
  WorkerRecord record;
  record.process = ProcessId{100, 5000};
  auto observation = seen(PidInFile{100}, with_title(100, "ruby"));
  const auto judgement =
      classify(worker("2"), app(), observation, {.record = &record, .hold = nullptr, .now = 0});
  EXPECT_EQ(judgement.state, running);
  EXPECT_EQ(judgement.proof, Proof::record);
}

TEST(Classify, ARecordOfAnotherStartTimeProvesNothing) {
  WorkerRecord record;
  record.process = ProcessId{100, 4999};
  const auto observation = seen(PidInFile{100}, with_title(100, "ruby"), kNothing);
  EXPECT_EQ(
      classify(worker("2"), app(), observation, {.record = &record, .hold = nullptr, .now = 0})
          .state,
      stale);
}

TEST(Classify, AWorkerThatWasAskedToStopDrains) {
  WorkerRecord record;
  record.stops.push_back({ProcessId{100, 5000}, 1, 1, StopReason::restart});
  const auto judgement = classify(worker("2"), app(), seen(PidInFile{100}, living(100)),
                                  {.record = &record, .hold = nullptr, .now = 0});
  EXPECT_EQ(judgement.state, draining);
}

TEST(Classify, AWorkerThatWasAskedToStopAndHasRemovedItsPidFileIsNotLost) {
  WorkerRecord record;
  record.stops.push_back({ProcessId{100, 5000}, 1, 1, StopReason::restart});
  auto judgement = classify(worker("2"), app(), seen(NoPidFile{}, NoProcess{}, alive({100})),
                            {.record = &record, .hold = nullptr, .now = 0});
  EXPECT_EQ(judgement.state, draining);
  EXPECT_EQ(judgement.process->id.pid, 100);
}

TEST(Classify, ARememberedWorkerWithoutAPidFileIsLostWhateverItBears) {
  auto observation = seen(NoPidFile{}, NoProcess{}, kNothing);
  observation.remembered = with_title(100, "ruby in a job");
  const auto judgement = classify(worker("2"), app(), observation, {});
  EXPECT_EQ(judgement.state, lost);
  EXPECT_EQ(judgement.proof, Proof::record);
}

TEST(Classify, ARememberedWorkerBesideTheOneInThePidFileIsADuplicate) {
  auto observation = seen(PidInFile{200}, living(200), alive({200}));
  observation.remembered = with_title(100, "ruby in a job");
  const auto judgement = classify(worker("2"), app(), observation, {});
  EXPECT_EQ(judgement.state, duplicate);
  EXPECT_EQ(judgement.others.front().id.pid, 100);
}

TEST(DropForks, LeavesWorkersAndNotTheirChildren) {
  Sightings sightings{.alive = {living(100), living(200), living(300)}, .starting = {}};
  sightings.alive[1].parent = 100;
  sightings.alive[2].parent = 1;
  drop_forks(sightings);
  ASSERT_EQ(sightings.alive.size(), 2U);
  EXPECT_EQ(sightings.alive[0].id.pid, 100);
  EXPECT_EQ(sightings.alive[1].id.pid, 300);
}

TEST(Classify, ASuccessorIsNoDuplicateOfTheWorkerThatWasSetAside) {
  auto observation = seen(PidInFile{200}, living(200), alive({100, 200}));
  observation.set_aside.push_back({100, living(100)});
  EXPECT_EQ(classify(worker("2"), app(), observation, {}).state, running);
}

TEST(Classify, AWorkerThatWasSetAsideIsNotTheWorker) {
  auto observation = seen(NoPidFile{}, NoProcess{}, alive({100}));
  observation.set_aside.push_back({100, living(100)});
  EXPECT_EQ(classify(worker("2"), app(), observation, {}).state, missing);
}

TEST(Classify, AHoldCoversEveryStateAndKeepsWhatIsBeneath) {
  const Hold hold{.by = "deploy", .reason = "import", .since = 0, .until = {}};
  const auto judgement = classify(worker("2"), app(), seen(PidInFile{100}, living(100)),
                                  {.record = nullptr, .hold = &hold, .now = 0});
  EXPECT_EQ(judgement.state, held);
  EXPECT_EQ(judgement.beneath, running);
  EXPECT_EQ(judgement.reason, "by deploy: import");
}

TEST(Classify, BackoffHoldsOnlyForTheReleaseAndCommandThatFailed) {
  WorkerRecord record;
  record.failures = {.count = 3,
                     .next_try = 1000,
                     .last_error = {},
                     .release = app().release.native(),
                     .command = command_text(worker("2").start)};
  const auto absent = seen(NoPidFile{}, NoProcess{}, kNothing);
  EXPECT_EQ(
      classify(worker("2"), app(), absent, {.record = &record, .hold = nullptr, .now = 999}).state,
      failing);
  EXPECT_EQ(
      classify(worker("2"), app(), absent, {.record = &record, .hold = nullptr, .now = 1000}).state,
      missing);
  record.failures.release = "/srv/shop/releases/0";
  EXPECT_EQ(
      classify(worker("2"), app(), absent, {.record = &record, .hold = nullptr, .now = 999}).state,
      missing);
}

TEST(Classify, AShellLineWithoutATitleCannotBeToldFromAStranger) {
  auto shell = worker("2");
  shell.preset.clear();
  shell.process_title.clear();
  shell.start = {"/bin/sh", "-c", "cd /srv && exec bin/feed"};
  const auto observation = seen(PidInFile{100}, with_title(100, "feed"), kNothing);
  EXPECT_EQ(classify(shell, app(), observation, {}).state, unknown);
  WorkerRecord before_reboot;
  before_reboot.former_pid = 100;
  EXPECT_EQ(
      classify(shell, app(), observation, {.record = &before_reboot, .hold = nullptr, .now = 0})
          .state,
      stale);
}

// Every pid file x every process x every result of the search x every answer: whatever is seen, a
// worker is only ever called absent when nothing at all speaks for its being alive or being out of
// sight.
TEST(Classify, EveryCombinationIsAbsentOnlyWhenNothingSpeaksForLife) {
  int combinations = 0;
  for (const auto& file : all_pid_files()) {
    for (const auto& process : all_looks()) {
      for (const auto& sightings : all_sightings()) {
        for (const auto answer :
             {std::optional<StatusAnswer>(), std::optional(StatusAnswer::running),
              std::optional(StatusAnswer::not_running), std::optional(StatusAnswer::unknown)}) {
          for (const bool proc_hidden : {false, true}) {
            Observation each;
            each.pid_file = file;
            if (std::holds_alternative<PidInFile>(file)) each.named = process;
            each.sightings = sightings;
            each.status = answer;
            each.proc_hidden = proc_hidden;
            const auto judgement = classify(worker("2"), app(), each, {});
            const bool absent = judgement.state == missing || judgement.state == crashed ||
                                judgement.state == stale;
            const bool in_sight =
                sightings && (!sightings->alive.empty() || !sightings->starting.empty());
            const bool proved = proof_of_named(worker("2"), app(), each, nullptr) != Proof::none;
            const bool out_of_sight =
                proc_hidden || !sightings || std::holds_alternative<UnreadablePidFile>(file) ||
                std::holds_alternative<Hidden>(each.named) || is_foreign_worker(each.named);
            const bool other_answer =
                answer == StatusAnswer::running || answer == StatusAnswer::unknown;
            EXPECT_EQ(absent, !in_sight && !proved && !out_of_sight && !other_answer)
                << name_of(judgement.state);
            if (judgement.state == unknown) {
              EXPECT_NE(judgement.reason, "");
            }
            ++combinations;
          }
        }
      }
    }
  }
  EXPECT_EQ(combinations, 4 * 7 * 5 * 4 * 2);
}

}  // namespace
}  // namespace bootcheck
