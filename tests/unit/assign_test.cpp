// Who is who: every role and every proof, over all workers and processes at once.
#include "model/assign.h"

#include "unit/model_fixture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<pid_t> pids(const std::vector<Process>& processes) {
  std::vector<pid_t> numbers;
  for (const auto& process : processes)
    numbers.push_back(process.id.pid);
  return numbers;
}

pid_t current(const Assigned& assigned) {
  return assigned.current ? assigned.current->id.pid : 0;
}

class Assigning : public testing::Test {
 protected:
  Assigned first() { return world_.assigned().of.front(); }
  World world_;
};

// --- proofs --------------------------------------------------------------------------------------

TEST_F(Assigning, ARecordedProcessIsProvedWhateverItIsCalledNow) {
  world_.see("2", seen(PidInFile{100}, unread(living(100))));
  world_.record().process = known(100);
  EXPECT_EQ(current(first()), 100);
  EXPECT_EQ(first().proof, Proof::record);
}

TEST_F(Assigning, ARecordProvesNoProcessOfAnotherUser) {
  world_.see("2", seen(PidInFile{100}, of_user(100, 0), kNothing));
  world_.record().process = known(100);
  EXPECT_EQ(current(first()), 0);
  EXPECT_THAT(first().doubt, testing::HasSubstr("runs as user 0"));
}

TEST_F(Assigning, ARecordOfAnotherStartTimeProvesNothing) {
  world_.see("2", seen(PidInFile{100}, with_title(100, "ruby"), kNothing));
  world_.record().process = known(100, 4999);
  EXPECT_EQ(current(first()), 0);
  EXPECT_EQ(first().doubt, "");
}

TEST_F(Assigning, ATitleInThePidFileProvesInWhateverDirectoryTheJobIs) {
  world_.see("2", seen(PidInFile{100}, living_in(100, "/var/tmp")));
  EXPECT_EQ(first().proof, Proof::title);
}

TEST_F(Assigning, ATitleUnderAPidKnownToBeReusedHasToBeInsideTheApp) {
  world_.see("2", seen(PidInFile{100}, living_in(100, "/srv/blog"), kNothing));
  world_.record().former_pid = 100;
  EXPECT_EQ(current(first()), 0) << "another application's worker came by the pid after the reboot";
  world_.show(living(100));
  EXPECT_EQ(current(first()), 100);
  world_.show(unshown_directory(living(100)));
  EXPECT_EQ(current(first()), 0);
  EXPECT_NE(first().doubt, "") << "it may be either";
}

TEST_F(Assigning, ATitleUnderThePidOfOneWhoseJobsAreHandedBackHasToBeInsideTheApp) {
  world_.see("2", seen(PidInFile{100}, living_in(100, "/srv/blog"), kNothing));
  world_.record().unrecovered = {{.pid = 99, .host = {}, .asked = false}};
  EXPECT_EQ(current(first()), 100);
  world_.record().unrecovered.front().pid = 100;
  EXPECT_EQ(current(first()), 0);
}

TEST_F(Assigning, WhatIsYoungerThanThePidFileHasToBeInsideTheApp) {
  constexpr std::int64_t kMinute = 60'000'000'000;
  world_.facts.wall = 1'800'000'000;
  const auto born = born_at(living(100).id, world_.facts) * 1'000'000'000;
  for (const auto& another : {living_in(100, "/srv/blog"), booting_in(100, "/srv/blog")}) {
    World world;
    world.facts.wall = world_.facts.wall;
    world.see("2", seen(PidInFile{100}, another, kNothing));
    auto& written = world.facts.seen.front().pid_file_mtime;
    written = born - 2 * kMinute;
    EXPECT_FALSE(world.assigned().of.front().current) << "it may be of an earlier boot";
    EXPECT_THAT(world.assigned().of.front().doubt, testing::HasSubstr("its pid file is older"));
    written = born - kMinute / 10;
    EXPECT_TRUE(world.assigned().of.front().current) << "clocks are not that accurate";
    written = 0;
    EXPECT_TRUE(world.assigned().of.front().current);
    world.facts.seen.front().pid_file_mtime = born - 2 * kMinute;
    world.show(living(100));
    EXPECT_TRUE(world.assigned().of.front().current) << "the clock was set";
  }
}

TEST_F(Assigning, ATitleInThePidFileHasToBeInsideTheAppWhileTheRememberedOneLives) {
  world_.see("2", seen(PidInFile{100}, living_in(100, "/srv/blog"), alive({200})));
  world_.record().process = known(200);
  EXPECT_EQ(current(first()), 200) << "another application's pid was written into it";
  EXPECT_FALSE(first().is_named);
  world_.show(living(100));
  EXPECT_EQ(current(first()), 100);
  EXPECT_THAT(pids(first().duplicates), ElementsAre(200));
}

TEST_F(Assigning, TheSuccessorOfASurgeThatHasBegunIsTheWorkerWhereverItsJobIs) {
  world_.see("2", seen(PidInFile{200}, living_in(200, "/var/tmp"), alive({100})));
  world_.record().process = known(100);
  world_.record().stops = {set_aside(100)};
  EXPECT_EQ(current(first()), 0) << "nobody has started it";
  world_.record().start = BegunStart{.since = 5000, .pid_before = 100};
  EXPECT_EQ(current(first()), 200);
  EXPECT_THAT(pids(first().surged), ElementsAre(100));
}

TEST_F(Assigning, AChildInThePidFileIsNotItsParentThatLives) {
  world_.see("2", seen(PidInFile{200}, child_of(living(200), 100, 100), alive({100})));
  world_.record().process = known(100);
  EXPECT_EQ(current(first()), 100);
  EXPECT_FALSE(first().is_named);
  EXPECT_THAT(first().duplicates, IsEmpty());
}

TEST_F(Assigning, AChildInThePidFileIsNotItsParentThatWasAskedToStop) {
  world_.see("2", seen(PidInFile{200}, child_of(living(200), 100, 100), alive({100})));
  world_.record().process = known(100);
  world_.record().stops = {asked(100)};
  EXPECT_EQ(current(first()), 100);
  EXPECT_FALSE(first().is_named);
}

TEST_F(Assigning, AChildOfADeadOneInThePidFileIsNotTheWorkerThatLives) {
  const auto child = child_of(with_argv(200, {"bin/feed", "eu"}), 1, 90);
  world_.see(feed("eu"),
             seen(PidInFile{200}, child, std::vector{with_argv(100, {"bin/feed", "eu"})}));
  world_.record().process = known(100);
  world_.record().dead_sessions = {90};
  EXPECT_EQ(current(first()), 100);
  EXPECT_FALSE(first().is_named);
  EXPECT_THAT(first().duplicates, IsEmpty());
}

TEST_F(Assigning, WhoeverLeadsItsSessionIsTheWorkerAndNotAnOlderChild) {
  world_.see(
      "2", seen(NoPidFile{}, NoProcess{}, std::vector{child_of(living(100), 1, 50), living(200)}));
  EXPECT_EQ(current(first()), 200);
  EXPECT_THAT(pids(first().duplicates), ElementsAre(100));
}

TEST_F(Assigning, AChildThatCameByThePidOfBeforeIsNotTheWorker) {
  world_.see("2", seen(PidInFile{100}, child_of(living(100), 90, 90), std::vector{living(90)}));
  world_.record().former_pid = 100;
  EXPECT_EQ(current(first()), 90);
}

TEST_F(Assigning, AStartCommandInThePidFileProves) {
  world_.see("2", seen(PidInFile{100}, booting(100)));
  EXPECT_EQ(first().proof, Proof::start_command);
}

TEST_F(Assigning, AStartCommandIsNotTheWorkerWhileTheOneThatIsRememberedLives) {
  world_.see("2", seen(PidInFile{100}, booting(100), std::vector{living(90)}));
  world_.record().process = known(90);
  EXPECT_EQ(current(first()), 90);
}

// A pass was killed before it could remember it, and it has changed its command line since.
TEST_F(Assigning, AForegroundProgramIsProvedByThePidThatItsChildHasWritten) {
  auto worker = untitled_daemon("eu");
  worker.foreground = true;
  worker.process_title = "feed";
  world_.see(worker, seen(PidInFile{100}, with_argv(100, {"feed: idle"}), kNothing));
  EXPECT_EQ(first().proof, Proof::none);
  world_.record().start = BegunStart{.since = 5000, .pid_before = 0};
  EXPECT_EQ(first().proof, Proof::birth);
  world_.record().start->since = 5001;
  EXPECT_EQ(first().proof, Proof::none) << "it is older than the start";
}

TEST_F(Assigning, ADaemonWithoutATitleIsProvedByItsBirthDuringOurStart) {
  world_.see(untitled_daemon("eu"),
             seen(PidInFile{100}, with_argv(100, {"sh", "-c", "noisy"}), kNothing));
  EXPECT_EQ(current(first()), 0);
  EXPECT_NE(first().doubt, "") << "without a start of ours nobody can tell";
  world_.record().start = BegunStart{.since = 5000, .pid_before = 0};
  EXPECT_EQ(first().proof, Proof::birth);
  world_.record().start = BegunStart{.since = 5001, .pid_before = 0};
  EXPECT_EQ(current(first()), 0) << "born before our start";
  world_.record().start = BegunStart{.since = 5000, .pid_before = 100};
  EXPECT_EQ(current(first()), 0) << "the pid file said so before our start";
  world_.record().start = BegunStart{.since = 5000, .pid_before = 0};
  world_.record().failures.last_error.cause = CameAndWent{.pid = 100, .within = Duration{500}};
  EXPECT_EQ(first().proof, Proof::birth) << "a look that failed may have said that it went";
  world_.record().start = BegunStart{.since = 5, .pid_before = 0};
  world_.workers.front().start_timeout = Duration{1000};
  EXPECT_EQ(current(first()), 0) << "born when our start was over";
}

TEST_F(Assigning, WhatAnotherWorkerHasForkedIsNoDaemonWithoutATitle) {
  const auto child = child_of(with_argv(100, {"sh", "-c", "job"}), 200, 200);
  world_.see(untitled_daemon("eu"), seen(PidInFile{100}, child, alive({200})));
  world_.see("2", seen(PidInFile{200}, living(200), kNothing));
  world_.record().start = BegunStart{.since = 5000, .pid_before = 0};
  auto& other = world_.state.workers["delayed_job.2"];
  other.process = known(200);
  EXPECT_EQ(current(first()), 0) << "born during its start, but to a worker that lives";
  EXPECT_EQ(first().doubt, "") << "nor may it be the daemon";
  world_.facts.processes.looks[200] = NoProcess{};
  other.process.reset();
  other.last = known(200);
  other.last->session = 200;
  EXPECT_EQ(current(first()), 0) << "left behind by one that has ended";
}

TEST_F(Assigning, AProgramThatChangedItsTitleMayBeWhereItWasToldToWork) {
  auto worker = feed("eu");
  worker.working_directory = "/var/lib/shop";
  auto process = with_argv(100, {"feed 7.1 [0 of 5 busy]"});
  process.cwd = "/var/lib/shop";
  world_.see(worker, seen(PidInFile{100}, process, kNothing));
  EXPECT_NE(first().doubt, "") << "or there would soon be two";
  process.cwd = "/var/lib/blog";
  world_.show(process);
  EXPECT_EQ(first().doubt, "");
}

TEST_F(Assigning, AReusedPidIsNoDaemonWithoutATitle) {
  world_.see(untitled_daemon("eu"), seen(PidInFile{100}, with_argv(100, {"vim"}), kNothing));
  world_.record().process = known(100, 4000);
  EXPECT_EQ(current(first()), 0);
  EXPECT_EQ(first().doubt, "") << "the daemon that had the pid has ended";
  world_.record().process.reset();
  world_.record().last = known(100, 4000);
  EXPECT_EQ(first().doubt, "") << "also when a pass has noted its death";
}

TEST_F(Assigning, ASearchProvesByUserTitleAndDirectory) {
  world_.see("2", seen(NoPidFile{}, NoProcess{}, alive({100})));
  EXPECT_EQ(first().proof, Proof::scan);
  EXPECT_FALSE(first().is_named);
  for (const auto& stranger : {of_user(100, 0), living_in(100, "/srv/blog"),
                               with_title(100, "delayed_job.22"), with_argv(100, {"vim"})}) {
    world_.show(stranger);
    EXPECT_EQ(current(first()), 0);
    EXPECT_EQ(first().doubt, "");
  }
}

TEST_F(Assigning, AProcessWhoseDirectoryIsNotShownIsADoubt) {
  world_.see("2", seen(NoPidFile{}, NoProcess{}, std::vector{unshown_directory(living(100))}));
  EXPECT_EQ(current(first()), 0);
  EXPECT_THAT(first().doubt, testing::HasSubstr("pid 100"));
}

// The kernel shows it as `(unreachable)/srv/shop/current`.
TEST_F(Assigning, AProcessThatWorksOutsideOfOurRootIsNotTheWorker) {
  auto outside = living(100);
  outside.cwd.reset();
  world_.see("2", seen(NoPidFile{}, NoProcess{}, std::vector{outside}));
  EXPECT_EQ(current(first()), 0);
  EXPECT_EQ(first().doubt, "");
}

TEST_F(Assigning, AWorkerThatHasNotYetChangedBackIntoTheAppIsComingUp) {
  world_.see("2", seen(NoPidFile{}, NoProcess{}, std::vector{living_in(100, "/")}));
  EXPECT_FALSE(first().starting) << "it may be any application's";
  world_.record().start = BegunStart{.since = 5000, .pid_before = 0};
  ASSERT_TRUE(first().starting);
  EXPECT_EQ(first().starting->id.pid, 100);
  world_.record().start = BegunStart{.since = 5001, .pid_before = 0};
  EXPECT_FALSE(first().starting) << "born before our start";
}

// --- one process, one name -----------------------------------------------------------------------

TEST_F(Assigning, WorkersOfOneCommandLineShareNoProcess) {
  auto one = feed("eu");
  auto two = feed("eu");
  two.name = "feed.us";
  const auto process = with_argv(100, {"bin/feed", "eu"});
  world_.see(one, seen(NoPidFile{}, NoProcess{}, std::vector{process}));
  world_.see(two, seen(NoPidFile{}, NoProcess{}, kNothing));
  EXPECT_EQ(current(world_.assigned().of[0]), 100);
  EXPECT_EQ(current(world_.assigned().of[1]), 0);
  world_.show(with_argv(200, {"bin/feed", "eu"}));
  EXPECT_EQ(current(world_.assigned().of[1]), 200);
  world_.show(with_argv(300, {"bin/feed", "eu"}));
  EXPECT_THAT(pids(world_.assigned().orphans), ElementsAre(300)) << "nobody can say whose it is";
  EXPECT_THAT(world_.assigned().of[0].duplicates, IsEmpty());
}

TEST_F(Assigning, TwoPidFilesWithOnePidAreOneWorkers) {
  auto one = feed("eu");
  auto two = feed("eu");
  two.name = "feed.us";
  const auto process = with_argv(100, {"bin/feed", "eu"});
  world_.see(one, seen(PidInFile{100}, process, kNothing));
  world_.see(two, seen(PidInFile{100}, process, kNothing));
  EXPECT_EQ(current(world_.assigned().of[0]), 100);
  EXPECT_EQ(current(world_.assigned().of[1]), 0);
  world_.record(1).process = known(100);
  EXPECT_EQ(current(world_.assigned().of[0]), 0);
  EXPECT_EQ(current(world_.assigned().of[1]), 100) << "it is remembered as the second one's";
}

// --- further roles -------------------------------------------------------------------------------

TEST_F(Assigning, ThePidFileDecidesBetweenTwoAndTheRememberedOneIsADuplicate) {
  world_.see("2", seen(PidInFile{200}, living(200)));
  world_.show(unread(living(100)));
  world_.record().process = known(100);
  EXPECT_EQ(current(first()), 200);
  EXPECT_THAT(pids(first().duplicates), ElementsAre(100));
}

TEST_F(Assigning, OfSeveralFoundTheOldestIsTheWorker) {
  world_.see("2", seen(NoPidFile{}, NoProcess{}, std::vector{living(100), born(living(200), 7)}));
  EXPECT_EQ(current(first()), 200);
  EXPECT_THAT(pids(first().duplicates), ElementsAre(100));
}

TEST_F(Assigning, WhatIsRememberedAsSetAsideIsSurgedWithOrWithoutItsFile) {
  world_.see("2", seen(NoPidFile{}, NoProcess{}, alive({100})));
  world_.record().process = known(100);
  world_.record().stops = {set_aside(100)};
  EXPECT_THAT(pids(first().surged), ElementsAre(100));
  EXPECT_EQ(current(first()), 0);
}

TEST_F(Assigning, WhatIsNamedInASetAsideFileIsSurgedIfItBearsTheTitle) {
  auto observation = seen(PidInFile{200}, living(200));
  observation.set_aside = {{100, living(100)}, {300, with_title(300, "nginx")}};
  world_.see("2", observation);
  EXPECT_THAT(pids(first().surged), ElementsAre(100));
}

TEST_F(Assigning, ThePidFileWinsOverAnOldFileThatSaysSetAside) {
  auto observation = seen(PidInFile{100}, living(100));
  observation.set_aside = {{100, living(100)}};
  world_.see("2", observation);
  EXPECT_EQ(current(first()), 100);
  EXPECT_THAT(first().surged, IsEmpty());
}

TEST_F(Assigning, AnOldFileThatSaysSetAsideNamesNoChildThatHasComeByThatPid) {
  auto observation = seen(PidInFile{200}, living(200));
  observation.set_aside = {{100, child_of(living(100), 200, 200)}};
  world_.see("2", observation);
  world_.record().process = known(200);
  EXPECT_THAT(first().surged, IsEmpty());
}

TEST_F(Assigning, TheForkOfAJobIsNobody) {
  auto processes = alive({100, 200, 300});
  processes[1] = child_of(processes[1], 100, 100);
  processes[2] = child_of(processes[2], 1, 100);  // its parent has ended
  world_.see("2", seen(PidInFile{100}, processes[0], processes));
  EXPECT_THAT(first().duplicates, IsEmpty());
  EXPECT_THAT(world_.assigned().orphans, IsEmpty());
}

TEST_F(Assigning, TheForkOfAWorkerWithoutAPidFileIsNoSecondOne) {
  auto processes = alive({100, 200});
  processes[1] = born(child_of(processes[1], 100, 100), 5001);
  world_.see("2", seen(NoPidFile{}, NoProcess{}, processes));
  EXPECT_EQ(current(first()), 100);
  EXPECT_THAT(first().duplicates, IsEmpty());
}

TEST_F(Assigning, AChildInsideTheApplicationOfOneOutsideIsAReasonToDoubt) {
  auto processes = alive({100, 200});
  processes[0].cwd = "/tmp";
  processes[1] = born(child_of(processes[1], 100, 100), 5001);
  world_.see("2", seen(NoPidFile{}, NoProcess{}, processes));
  EXPECT_EQ(current(first()), 0) << "a child is not its parent";
  EXPECT_THAT(first().doubt, testing::HasSubstr("its parent does, too"));
  world_.see_again(0, seen(PidInFile{100}, processes[0], processes));
  EXPECT_EQ(current(first()), 100);
  EXPECT_EQ(first().doubt, "");
}

TEST_F(Assigning, WhatWasOnceALeftOverIsOneUntilItsEnd) {
  const auto child = child_of(with_argv(200, {"bin/feed", "eu"}), 1, 100);
  world_.see(feed("eu"), seen(PidInFile{200}, child, std::vector{child}));
  EXPECT_EQ(current(first()), 200);
  world_.record().left_overs = {child.id};  // its parent is two deaths ago
  EXPECT_EQ(current(first()), 0) << "whatever the pid file says";
  EXPECT_THAT(pids(first().left_overs), ElementsAre(200));
  world_.record().left_overs = {{.pid = 200, .start_time = 4999}};
  EXPECT_EQ(current(first()), 200) << "its pid has been given to another one";
}

TEST_F(Assigning, ALeftOverOfTwoWorkersIsGivenToOne) {
  auto two = feed("eu");
  two.name = "feed.us";
  const auto child = child_of(with_argv(200, {"bin/feed", "eu"}), 1, 100);
  world_.see(feed("eu"), seen(NoPidFile{}, NoProcess{}, std::vector{child}));
  world_.see(two, seen(NoPidFile{}, NoProcess{}, kNothing));
  for (const std::size_t at : {0U, 1U})
    world_.record(at).left_overs = {child.id};
  EXPECT_THAT(pids(world_.assigned().of[0].left_overs), ElementsAre(200));
  EXPECT_THAT(world_.assigned().of[1].left_overs, IsEmpty());
}

// Sessions of another pid namespace are shown as 0.
TEST_F(Assigning, ProcessesWhoseSessionsAreNotShownShareNone) {
  world_.see("2", seen(PidInFile{100}, child_of(living(100), 1, 0),
                       std::vector{child_of(living(200), 1, 0)}));
  world_.record().last = known(90);
  world_.record().last->session = 0;
  world_.end(90);
  EXPECT_THAT(pids(first().duplicates), ElementsAre(200));
  EXPECT_THAT(first().left_overs, IsEmpty());
}

TEST_F(Assigning, AChildOfAnEarlierDeadOneIsALeftOver) {
  const auto child = child_of(with_argv(200, {"bin/feed", "eu"}), 1, 90);
  world_.see(feed("eu"), seen(NoPidFile{}, NoProcess{}, std::vector{child}));
  EXPECT_EQ(current(first()), 200);
  world_.record().dead_sessions = {90, 80};
  EXPECT_EQ(current(first()), 0);
  EXPECT_THAT(pids(first().left_overs), ElementsAre(200));
  world_.show(with_argv(90, {"screen"}));
  EXPECT_EQ(current(first()), 200) << "the number has been given to another session";
}

TEST_F(Assigning, AChildOfOneThatMayLiveUnseenIsNobody) {
  const auto child = child_of(with_argv(200, {"bin/feed", "eu"}), 1, 100);
  world_.see(feed("eu"), hidden(seen(NoPidFile{}, NoProcess{}, std::vector{child})));
  world_.record().process = known(100);
  EXPECT_EQ(current(first()), 0);
  EXPECT_THAT(pids(first().left_overs), IsEmpty());
  EXPECT_NE(first().doubt, "");
}

TEST_F(Assigning, AChildThatBearsTheStartCommandOfItsParentIsNoStart) {
  auto worker = feed("eu");
  worker.foreground = false;
  const auto parent = with_argv(100, {"bin/feed", "eu"});
  auto surged = seen(NoPidFile{}, NoProcess{},
                     std::vector{parent, child_of(with_argv(200, {"bin/feed", "eu"}), 100, 100)});
  surged.set_aside = {{100, parent}};
  world_.see(worker, surged);
  world_.record().process = known(100);
  EXPECT_THAT(pids(first().surged), ElementsAre(100));
  EXPECT_FALSE(first().starting) << "or no successor would ever be started";
}

TEST_F(Assigning, WhoeverLeadsASessionIsNobodysLeftOver) {
  world_.see("2", seen(NoPidFile{}, NoProcess{}, alive({100})));
  world_.record().last = known(100, 4000);
  world_.record().dead_sessions = {100};
  EXPECT_EQ(current(first()), 100) << "it came by the pid of the one before";
}

TEST_F(Assigning, AChildOfADuplicateThatWasAskedToStopIsALeftOver) {
  const auto child = child_of(with_argv(200, {"bin/feed", "eu"}), 1, 150);
  world_.see(feed("eu"),
             seen(PidInFile{100}, with_argv(100, {"bin/feed", "eu"}), std::vector{child}));
  EXPECT_THAT(pids(first().duplicates), ElementsAre(200));
  world_.record().stops = {asked(150)};
  world_.record().stops.front().session = 150;
  world_.end(150);
  EXPECT_THAT(pids(first().duplicates), IsEmpty());
  EXPECT_THAT(pids(first().left_overs), ElementsAre(200));
}

TEST_F(Assigning, ThoseBeforeAreDuplicatesForAsLongAsTheyLive) {
  world_.see(untitled_daemon("eu"), seen(PidInFile{200}, with_argv(200, {"bin/feed", "eu"}),
                                         std::vector{with_argv(100, {"bin/feed", "eu"}),
                                                     with_argv(101, {"bin/feed", "eu"})}));
  world_.record().process = known(200);
  world_.record().beside = {known(100), known(101)};
  EXPECT_EQ(current(first()), 200);
  EXPECT_THAT(pids(first().duplicates), ElementsAre(100, 101)) << "and no start under way";
}

TEST_F(Assigning, OneOfThoseBeforeTakesThePlaceOfTheDead) {
  world_.see(untitled_daemon("eu"),
             seen(PidInFile{200}, NoProcess{}, std::vector{with_argv(100, {"bin/feed", "eu"})}));
  world_.record().process = known(200);
  world_.record().beside = {known(100)};
  EXPECT_EQ(current(first()), 100);
  EXPECT_FALSE(first().is_named);
}

TEST_F(Assigning, AChildOfADeadWorkerIsALeftOverAndNotTheWorker) {
  const auto child = child_of(with_argv(200, {"bin/feed", "eu"}), 1, 100);
  world_.see(feed("eu"), seen(PidInFile{100}, NoProcess{}, std::vector{child}));
  world_.record().process = known(100);
  EXPECT_EQ(current(first()), 0);
  EXPECT_THAT(pids(first().left_overs), ElementsAre(200));
  world_.record().process.reset();
  world_.record().last = known(100);
  EXPECT_THAT(pids(first().left_overs), ElementsAre(200)) << "also when its death is noted";
}

TEST_F(Assigning, AStartOfSeveralIsAStartOfEachThatIsMissing) {
  const auto starter = with_argv(900, {"ruby", "-", "bin/delayed_job", "--", "--identifier=1",
                                       "start", "--", "--identifier=2", "start"});
  world_.see("1", seen(NoPidFile{}, NoProcess{}, std::vector{starter}));
  world_.see("2", seen(NoPidFile{}, NoProcess{}, kNothing));
  world_.see("3", seen(NoPidFile{}, NoProcess{}, kNothing));
  const auto assignment = world_.assigned();
  EXPECT_TRUE(assignment.of[0].starting);
  EXPECT_TRUE(assignment.of[1].starting);
  EXPECT_FALSE(assignment.of[2].starting);
}

// --- orphans -------------------------------------------------------------------------------------

class OrphanTitles : public testing::TestWithParam<std::pair<const char*, bool>> {};

TEST_P(OrphanTitles, AreThoseOfDelayedJobThatNobodyNamed) {
  World world;
  world.see("1", seen(PidInFile{1000}, with_title(1000, "delayed_job.1")));
  world.see("2", seen(PidInFile{1001}, living(1001)));
  world.show(with_title(100, GetParam().first));
  EXPECT_EQ(!world.assigned().orphans.empty(), GetParam().second) << GetParam().first;
}

INSTANTIATE_TEST_SUITE_P(
    Titles, OrphanTitles,
    testing::Values(std::pair("delayed_job", true), std::pair("delayed_job.0", true),
                    std::pair("delayed_job.3", true), std::pair("delayed_job.reports", true),
                    std::pair("delayed_job.22", true), std::pair("app/delayed_job.3", true),
                    std::pair("a/b/delayed_job", true), std::pair("delayed_job.1", false),
                    std::pair("delayed_job.2", false), std::pair("app/delayed_job.2", false),
                    std::pair("delayed_job.3_monitor", false),
                    std::pair("delayed_job_monitor", false), std::pair("delayed_jobs.3", false),
                    std::pair("my_delayed_job.3", false), std::pair("delayed_job.3/x", false),
                    std::pair("nginx", false), std::pair("", false), std::pair("/", false)));

TEST_F(Assigning, AnOrphanRunsAsTheUserOfTheWorkersInsideTheApp) {
  world_.see("2", seen(PidInFile{1000}, living(1000)));
  const auto orphan = with_title(100, "delayed_job.3");
  const auto in = [&](const Path& directory) {
    auto process = orphan;
    process.cwd = directory;
    world_.show(process);
    return !world_.assigned().orphans.empty();
  };
  EXPECT_TRUE(in("/srv/shop/releases/2"));
  EXPECT_TRUE(in("/srv/shop/releases/1")) << "a removed release as well";
  EXPECT_FALSE(in("/srv/shop"));
  EXPECT_FALSE(in("/srv/shop2/releases/1"));
  EXPECT_FALSE(in("/"));
  world_.show(unshown_directory(orphan));
  EXPECT_THAT(world_.assigned().orphans, IsEmpty());
  auto stranger = orphan;
  stranger.uid = 0;
  world_.show(stranger);
  EXPECT_THAT(world_.assigned().orphans, IsEmpty());
}

TEST_F(Assigning, ThereIsNoOrphanWhereNoDelayedJobIsConfigured) {
  world_.see(feed("eu"), seen(NoPidFile{}, NoProcess{}, kNothing));
  world_.show(with_title(100, "delayed_job.3"));
  EXPECT_THAT(world_.assigned().orphans, IsEmpty());
}

TEST_F(Assigning, AProgramThatWasConfiguredOnceIsAnOrphanWhileItLives) {
  world_.see("2", seen(PidInFile{1000}, living(1000)));
  world_.show(unread(with_argv(100, {"bin/feed"})));
  world_.state.orphans.push_back({.name = "feed.eu", .process = {100, 5000}, .stop = std::nullopt});
  EXPECT_THAT(pids(world_.assigned().orphans), ElementsAre(100));
  world_.show(born(with_argv(100, {"vim"}), 6000));
  EXPECT_THAT(world_.assigned().orphans, IsEmpty()) << "another process under its pid";
  world_.show(of_user(100, 0));
  EXPECT_THAT(world_.assigned().orphans, IsEmpty()) << "it has changed its user";
}

TEST_F(Assigning, AProgramThatHasGotAnotherNameIsNoOrphan) {
  world_.see("2", seen(PidInFile{100}, living(100)));
  world_.state.orphans.push_back(
      {.name = "delayed_job.two", .process = {100, 5000}, .stop = std::nullopt});
  EXPECT_EQ(current(first()), 100);
  EXPECT_THAT(world_.assigned().orphans, IsEmpty());
}

// --- what a search looks at ----------------------------------------------------------------------

TEST(MayConcern, TitlesOfDelayedJobAndCommandsOfTheWorkers) {
  const std::vector<Worker> workers = {worker("2"), feed("eu")};
  for (const Argv& line : {Argv{"delayed_job.2"},
                           {"delayed_job.7"},
                           {"bin/feed", "eu"},
                           {"ruby", "bin/delayed_job", "--identifier=2", "start"}})
    EXPECT_TRUE(may_concern(workers, line)) << line.front();
  for (const Argv& line :
       {Argv{"vim"}, {"bin/feed", "us"}, {"ruby", "bin/delayed_job", "--identifier=7", "start"}})
    EXPECT_FALSE(may_concern(workers, line)) << line.back();
}

// --- random worlds -------------------------------------------------------------------------------

/// A small generator of its own, so that a seed means the same everywhere.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 2 + 1) {}
  std::uint64_t below(std::uint64_t limit) {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return (state_ >> 33U) % limit;
  }
  bool one_in(std::uint64_t count) { return below(count) == 0; }

 private:
  std::uint64_t state_;
};

Process random_process(Dice& dice, pid_t pid) {
  static const std::vector<Argv> kLines = {
      {"delayed_job.1"}, {"delayed_job.2"},
      {"delayed_job.3"}, {"bin/feed", "eu"},
      {"nginx"},         {"ruby", "bin/delayed_job", "--identifier=2", "start"}};
  static const std::vector<Path> kFolders = {"/srv/shop/releases/2", "/srv/shop/releases/1",
                                             "/srv/blog", "/"};
  auto process = born(with_argv(pid, kLines[dice.below(kLines.size())]), 1 + dice.below(5));
  process.cwd = kFolders[dice.below(kFolders.size())];
  process.uid = dice.one_in(5) ? 0 : 1000;
  process.parent = dice.one_in(3) ? static_cast<pid_t>(100 + dice.below(8)) : 1;
  process.session = dice.one_in(3) ? static_cast<pid_t>(100 + dice.below(8)) : pid;
  if (dice.one_in(8)) process = unshown_directory(process);
  if (dice.one_in(8)) process = unread(process);
  return process;
}

void remember_something(Dice& dice, WorkerRecord& record) {
  const auto some = [&] {
    return known(static_cast<pid_t>(100 + dice.below(8)), 1 + dice.below(5));
  };
  if (dice.one_in(2)) record.process = some();
  if (dice.one_in(3)) record.last = some();
  if (dice.one_in(3)) record.beside = {some()};
  if (dice.one_in(4)) record.former_pid = static_cast<pid_t>(100 + dice.below(8));
  if (dice.one_in(4)) {
    auto stop = dice.one_in(2) ? asked(100) : set_aside(100);
    stop.process = record.process ? record.process->id : some().id;
    record.stops.push_back(stop);
  }
}

World random_world(std::uint64_t seed) {
  Dice dice(seed);
  World world;
  for (const auto& worker :
       {fixture::worker("1"), fixture::worker("2"), feed("eu"), untitled_daemon("eu")}) {
    const auto pid = static_cast<pid_t>(100 + dice.below(8));
    const PidFile file = dice.one_in(4) ? PidFile(NoPidFile{}) : PidFile(PidInFile{pid});
    world.see(worker, seen(file, NoProcess{}));
    remember_something(dice, world.state.workers[worker.name]);
    if (dice.one_in(4))
      world.facts.seen.back().set_aside.push_back(static_cast<pid_t>(100 + dice.below(8)));
  }
  for (pid_t pid = 100; pid < 108; ++pid) {
    if (dice.one_in(3)) {
      world.end(pid);
    } else {
      world.show(random_process(dice, pid));
    }
  }
  world.facts.processes.searched = !dice.one_in(4);
  return world;
}

std::vector<Process> all_of(const Assigned& assigned) {
  std::vector<Process> all;
  if (assigned.current) all.push_back(*assigned.current);
  for (const auto* more : {&assigned.duplicates, &assigned.surged, &assigned.left_overs})
    all.insert(all.end(), more->begin(), more->end());
  return all;
}

TEST(RandomWorlds, NoProcessIsGivenTwiceNorAnyOfAnotherUser) {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    auto world = random_world(seed);
    const auto assignment = world.assigned();
    std::vector<pid_t> given = pids(assignment.orphans);
    for (const auto& assigned : assignment.of) {
      for (const auto& process : all_of(assigned)) {
        given.push_back(process.id.pid);
        ASSERT_EQ(process.uid, 1000U) << "seed " << seed;
      }
    }
    std::ranges::sort(given);
    ASSERT_EQ(std::ranges::adjacent_find(given), given.end()) << "seed " << seed;
  }
}

// A stranger: neither its record nor its command line makes it the worker's.
TEST(RandomWorlds, NoStrangerIsEverGiven) {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    auto world = random_world(seed);
    const auto assignment = world.assigned();
    for (std::size_t at = 0; at < world.workers.size(); ++at) {
      const auto& worker = world.workers[at];
      const auto& record = world.state.workers[worker.name];
      for (const auto& process : all_of(assignment.of[at])) {
        const bool recorded = (record.process && record.process->id == process.id) ||
                              std::ranges::find(record.beside, process.id, &KnownProcess::id) !=
                                  record.beside.end() ||
                              find_stop(&record, process.id) != nullptr;
        const bool looks_like_it = process.argv && (bears_title(*process.argv, worker) ||
                                                    is_start_of(*process.argv, worker));
        ASSERT_TRUE(recorded || looks_like_it) << "seed " << seed << " " << worker.name;
      }
    }
  }
}

// What was not read may make a worker doubtful, but never absent: reading it gives the same worker.
TEST(RandomWorlds, WhatIsUnreadIsNoContradiction) {
  for (std::uint64_t seed = 1; seed <= 20'000; ++seed) {
    auto world = random_world(seed);
    const auto before = world.assigned();
    for (auto& [pid, look] : world.facts.processes.looks) {
      auto* process = std::get_if<Process>(&look);
      if (process != nullptr) *process = unread(*process);
    }
    const auto after = world.assigned();
    for (std::size_t at = 0; at < world.workers.size(); ++at) {
      if (before.of[at].proof != Proof::record) continue;
      ASSERT_TRUE(after.of[at].current) << "seed " << seed;
      ASSERT_EQ(after.of[at].current->id, before.of[at].current->id) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace bootcheck
