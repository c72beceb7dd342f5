#include "report/explain.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr BootTime kBootNow = 20'000'000;  // ms since boot

struct Scene {
  App app;
  Worker worker;
  Observation seen;
  ProcessTable processes;
  Assigned assigned;
  WorkerRecord record;
  Decision decision;

  Scene() {
    worker.name = "delayed_job.1";
    worker.pid_file = "/srv/shop/tmp/pids/delayed_job.1.pid";
    worker.process_title = "delayed_job.1";
    worker.start = {"bin/delayed_job", "--identifier=1", "start"};
    app.uid = 1000;
    app.release = "/srv/shop/releases/2";
    app.releases_folder = "/srv/shop/releases";
  }

  /// What the pid file says, and the process of that pid.
  void named(pid_t pid, ProcessLook look) {
    seen.pid_file = PidInFile{pid};
    processes.looks.insert_or_assign(pid, std::move(look));
  }

  std::string text(const WorkerRecord* remembered = nullptr, const Hold* hold = nullptr) const {
    const Evidence evidence{.worker = worker,
                            .app = app,
                            .seen = seen,
                            .processes = processes,
                            .assigned = assigned,
                            .record = remembered,
                            .hold = hold,
                            .now = kBootNow,
                            .ticks_per_second = 100};
    return explain(evidence, decision, {});
  }
};

Process process(pid_t pid) {
  Process made;
  made.id = {.pid = pid, .start_time = 895'600};
  made.uid = 1000;
  made.cwd = "/srv/shop/releases/2";
  made.argv = Argv{"delayed_job.1"};
  return made;
}

TEST(Explain, ARunningWorkerFactByFact) {
  Scene scene;
  scene.named(123, process(123));
  scene.record.process =
      KnownProcess{.id = process(123).id, .session = 0, .release = {}, .host = {}};
  scene.record.started_at = kBootNow - 11'044'000;
  scene.decision.judgement.state = WorkerState::running;
  scene.decision.judgement.proof = Proof::record;
  scene.decision.judgement.process = process(123);
  EXPECT_EQ(scene.text(&scene.record),
            "delayed_job.1\n"
            "  pid file      /srv/shop/tmp/pids/delayed_job.1.pid says 123\n"
            "  process       123 is alive\n"
            "  user          user 1000, as it should be\n"
            "  command line  \"delayed_job.1\", the worker's title\n"
            "  directory     /srv/shop/releases/2, in the present release\n"
            "  age           up 3h 04m, start time 895600, as recorded\n"
            "  /proc         not searched for it\n"
            "  record        pid 123, start time 895600; bootcheck started it 3h 04m ago\n"
            "  so it is      running, pid 123: pid, start time and boot id are the recorded ones\n"
            "  next pass     nothing\n");
}

TEST(Explain, AStalePidFileOfAStranger) {
  Scene scene;
  auto stranger = process(123);
  stranger.uid = 0;
  stranger.cwd = "/root";
  stranger.argv = Argv{"vi", "a b\x1b[2J"};
  scene.named(123, stranger);
  scene.processes.searched = true;
  scene.decision.judgement.state = WorkerState::stale;
  scene.decision.steps = {RemovePidFile{123}, StartWorker{}};
  EXPECT_EQ(scene.text(),
            "delayed_job.1\n"
            "  pid file      /srv/shop/tmp/pids/delayed_job.1.pid says 123\n"
            "  process       123 is alive\n"
            "  user          user 0, while the workers run as user 1000\n"
            "  command line  \"vi a b\\x1b[2J\", not the worker's title \"delayed_job.1\"\n"
            "  directory     /root, outside the app\n"
            "  age           up 3h 04m, start time 895600\n"
            "  /proc         searched: no other process bears its title in the app's folders\n"
            "  record        nothing is remembered of it\n"
            "  so it is      stale\n"
            "  next pass     remove the pid file (it says 123); start it\n");
}

struct LookCase {
  ProcessLook look;
  const char* expected;
};

TEST(Explain, EveryKindOfProcess) {
  const LookCase cases[] = {
      {NoProcess{}, "  process    5 does not exist\n"},
      {Zombie{}, "  process    5 is a zombie: it has ended\n"},
      {ThreadOf{4}, "  process    5 is no process but a thread of 4\n"},
      {Hidden{"hidepid"}, "  process    5 cannot be looked at: hidepid\n"},
  };
  for (const auto& each : cases) {
    Scene scene;
    scene.named(5, each.look);
    EXPECT_THAT(scene.text(), HasSubstr(each.expected));
  }
}

struct FileCase {
  PidFile file;
  const char* expected;
};

TEST(Explain, EveryKindOfPidFile) {
  const FileCase cases[] = {
      {NoPidFile{}, "delayed_job.1.pid is not there\n"},
      {GarbagePidFile{"it is empty"}, "delayed_job.1.pid names no process: it is empty\n"},
      {UnreadablePidFile{"Permission denied"},
       "delayed_job.1.pid cannot be read: Permission denied\n"},
  };
  for (const auto& each : cases) {
    Scene scene;
    scene.seen.pid_file = each.file;
    EXPECT_THAT(scene.text(), HasSubstr(each.expected));
    EXPECT_THAT(scene.text(), Not(HasSubstr("  process "))) << "no pid, no process to speak of";
  }
}

TEST(Explain, ALostWorkerThatWasFound) {
  Scene scene;
  auto found = process(7);
  found.cwd = "/srv/shop/releases/1";
  scene.processes.searched = true;
  scene.assigned.current = found;
  scene.decision.judgement.state = WorkerState::lost;
  scene.decision.judgement.proof = Proof::scan;
  scene.decision.judgement.process = found;
  scene.decision.steps = {RestorePidFile{{.pid = 7}}};
  const auto text = scene.text();
  EXPECT_THAT(text, HasSubstr("  /proc         searched: found it as pid 7\n"));
  EXPECT_THAT(text, HasSubstr("/srv/shop/releases/1, in another release of the app\n"));
  EXPECT_THAT(text,
              HasSubstr("lost, pid 7: found in /proc by user, title and working directory\n"));
  EXPECT_THAT(text, HasSubstr("  next pass     write the pid file back (pid 7)\n"));
}

TEST(Explain, AHiddenProcSaysWhatItMeans) {
  Scene scene;
  scene.processes.hidden = true;
  scene.decision.judgement.reason = "/proc hides processes";
  EXPECT_THAT(scene.text(), HasSubstr("hides processes (pid 1 is not visible)"));
  EXPECT_THAT(scene.text(), HasSubstr("so it is   unknown: /proc hides processes\n"));
}

TEST(Explain, DuplicatesAndStartsUnderWay) {
  Scene scene;
  scene.processes.searched = true;
  scene.assigned.duplicates = {process(7), process(8)};
  scene.assigned.starting = process(9);
  scene.decision.judgement.state = WorkerState::duplicate;
  scene.decision.judgement.duplicates = {process(7), process(8)};
  const auto text = scene.text();
  EXPECT_THAT(text, HasSubstr("searched: found it as pids 7, 8\n"));
  EXPECT_THAT(text, HasSubstr("a start of it is under way: pid 9\n"));
  EXPECT_THAT(text, HasSubstr("duplicate; further ones: pids 7, 8\n"));
}

TEST(Explain, WhatIsRememberedOfAFailingWorker) {
  Scene scene;
  scene.record.former_pid = 44;
  scene.record.stops = {
      {.process = {5, 6}, .at = 1795415101, .reason = StopReason::release, .asked = true}};
  scene.record.to_replace = ProcessId{5, 6};
  scene.record.unrecovered = {{.pid = 5, .host = {}, .asked = false},
                              {.pid = 44, .host = {}, .asked = false}};
  scene.record.failures.count = 3;
  scene.record.failures.next_try = kBootNow + 240'000;
  scene.record.failures.last_error = {Exited{1}, "LoadError\nfrom x.rb", {}};
  const auto text = scene.text(&scene.record);
  EXPECT_THAT(text, HasSubstr("no process of this boot; pid 44 before the reboot\n"));
  EXPECT_THAT(text, HasSubstr("pid 5 at 2026-11-23T06:25:01Z after a new release\n"));
  EXPECT_THAT(text, HasSubstr("  to replace     pid 5, as restart asked\n"));
  EXPECT_THAT(text, HasSubstr("those of pid 5, 44 are not handed back yet\n"));
  EXPECT_THAT(text, HasSubstr("  back-off       3 failures in a row, next try in 4m 00s; the last: "
                              "its start command exited with 1: LoadError | from x.rb\n"));
  scene.record.failures.next_try = kBootNow;
  EXPECT_THAT(scene.text(&scene.record), HasSubstr("in a row, its waiting time is over; the last"));
}

TEST(Explain, AHoldAndWhatIsBeneathIt) {
  Scene scene;
  const Hold hold{.by = "deploy", .reason = "import", .since = 1795415101, .until = {}};
  scene.decision.judgement.state = WorkerState::held;
  scene.decision.judgement.beneath = WorkerState::missing;
  scene.decision.judgement.reason = "by deploy: import";
  const auto text = scene.text(nullptr, &hold);
  EXPECT_THAT(text, HasSubstr("held by deploy since 2026-11-23T06:25:01Z: import\n"));
  EXPECT_THAT(text, HasSubstr("held (missing): by deploy: import\n"));
}

TEST(Explain, WhatItsStatusCommandAnswered) {
  Scene scene;
  EXPECT_THAT(scene.text(), Not(HasSubstr("status command")));
  const std::pair<StatusAnswer, const char*> cases[] = {
      {StatusAnswer::running, "says it runs\n"},
      {StatusAnswer::not_running, "says it does not run\n"},
      {StatusAnswer::unknown, "failed or did not answer in time\n"}};
  for (const auto& [answer, expected] : cases) {
    scene.seen.status = answer;
    EXPECT_THAT(scene.text(), HasSubstr(std::string("status command  ") + expected));
  }
}

TEST(FormatPlan, IsALineAWorker) {
  std::vector<Worker> workers(2);
  workers[0].name = "delayed_job.1";
  workers[1].name = "b";
  Plan plan;
  plan.decisions.resize(2);
  plan.decisions[0].judgement.state = WorkerState::running;
  plan.decisions[1].worker = 1;
  plan.decisions[1].judgement.state = WorkerState::crashed;
  plan.decisions[1].steps = {RemovePidFile{5}, RecoverJobs{.pid = 5, .host = {}, .asked = false},
                             StartWorker{}};
  Facts facts;
  facts.workers = &workers;
  facts.seen.resize(2);
  EXPECT_EQ(format_plan(facts, plan, {}),
            "delayed_job.1  running  nothing\n"
            "b              crashed  remove the pid file (it says 5); hand back the jobs of pid 5; "
            "start it\n");
  plan.decisions[0].waits = Waits::for_a_boot;
  plan.decisions[1].waits = Waits::for_its_turn;
  plan.decisions[1].steps.clear();
  EXPECT_EQ(format_plan(facts, plan, {}),
            "delayed_job.1  running  nothing: it is to be replaced, but the application does not "
            "boot (see status)\n"
            "b              crashed  nothing: it is to be replaced once its turn comes\n");
}

TEST(FormatPlan, SaysWhoIsAskedWhetherItIsReady) {
  std::vector<Worker> workers(3);
  for (auto& worker : workers)
    worker.ready = {"/bin/sh", "-c", "pg_isready -q"};
  Facts facts;
  facts.workers = &workers;
  facts.seen.resize(3);
  facts.seen[0].ready = facts.seen[2].ready = LaunchOutcome(Exited{0});
  facts.seen[1].ready = LaunchOutcome(Exited{2});
  Plan plan;
  plan.decisions.resize(3);
  for (std::size_t at = 0; at < 3; ++at)
    plan.decisions[at].worker = at;
  plan.decisions[0].steps = {StartWorker{}};
  plan.decisions[1].waits = Waits::until_ready;
  EXPECT_EQ(
      format_plan(facts, plan, {}),
      "  unknown  ask `pg_isready -q` (it says ready); start it\n"
      "  unknown  ask `pg_isready -q` (it ended with 2); nothing: it waits until it is ready\n"
      "  unknown  nothing\n");
}

}  // namespace
}  // namespace bootcheck
