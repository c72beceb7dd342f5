// Whole passes on a machine made of values: no process, no file and no second is real.
#include "config/reader.h"
#include "pass/pass.h"
#include "pass/roll_out.h"
#include "support/memory_machine.h"
#include "system/request_file.h"
#include "system/state_file.h"

#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using testing::_;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;

Config three_workers() {
  ConfigContext context;
  context.root = "/srv/shop/current";
  return std::get<Config>(zero_config({"0", "1", "2"}, context));
}

class PassInMemory : public testing::Test, private RollOutWatcher {
 protected:
  PassInMemory() {
    machine.add_folder("/srv/shop/releases/1");
    machine.link("/srv/shop/current", "/srv/shop/releases/1");
    for (const auto& worker : config.workers)
      workers.push_back(bring_up(worker));
  }

  /// As delayed_job leaves it: a daemon that bears its title, and a pid file.
  ProcessId bring_up(const Worker& worker) {
    const auto id = machine.add_process({worker.process_title}, "/srv/shop/releases/1");
    const auto file = Path("/srv/shop/releases/1/tmp/pids") / worker.pid_file.filename();
    machine.put_file(file, std::to_string(id.pid) + "\n");
    machine.pid_files[id.pid] = file;
    return id;
  }

  PassDone pass() {
    machine.pass_time(std::chrono::minutes{1});
    return std::get<PassDone>(run_pass(context(), {}));
  }

  void deploy(const std::string& release) {
    const Path folder = "/srv/shop/releases/" + release;
    machine.add_folder(folder / "tmp/pids");
    const Path before = machine.link("/srv/shop/current", folder);
    for (const auto& worker : config.workers) {  // the linked folder of Capistrano
      const auto name = worker.pid_file.filename();
      const auto file = before / "tmp/pids" / name;
      if (const auto text = machine.text_of(file))
        machine.put_file(folder / "tmp/pids" / name, *text);
      for (auto& each : machine.pid_files) {
        if (each.second == file) each.second = folder / "tmp/pids" / name;
      }
    }
    for (const char* name : {"bootcheck.state", "bootcheck.lock"}) {
      if (const auto text = machine.text_of(before / "tmp/pids" / name))
        machine.put_file(folder / "tmp/pids" / name, *text);
    }
  }

  static bool is_told(const PassDone& done, EventKind kind) {
    return std::ranges::find(done.events, kind, &Event::kind) != done.events.end();
  }

  std::vector<Event> roll(Duration patience) {
    return std::get<RolledOut>(
               roll_out(context(), {.first = {}, .patience = patience, .must_wait = true}, *this))
        .events;
  }

  void ask(const Ask& what) {
    std::vector<Request> requests;
    for (const auto& worker : config.workers)
      requests.push_back({.worker = worker.name, .what = what});
    post_requests(machine, config.state_file, requests);
  }
  void ask_to_stop() { ask(AskForHold{{.by = "deploy", .reason = {}, .since = 1, .until = {}}}); }
  void ask_to_restart(std::optional<RestartMode> mode = {}) {
    ask(AskForRoll{.boot_id = machine.boot,
                   .roll = {.at = machine.boot_clock().count(), .mode = mode}});
  }

  bool some_are_asked_for() const {
    return machine.text_of("/srv/shop/releases/1/tmp/pids/bootcheck.requests").has_value();
  }

  Context context() { return {config, machine}; }

  Config config = three_workers();
  MemoryMachine machine;
  std::vector<ProcessId> workers;
  int passes = 0;
  std::function<void()> after_pass;

 private:
  void passed(const PassDone&) override {
    ++passes;
    if (after_pass) after_pass();
  }
  void under_way(const StartsUnderWay&) override {}
  void waiting(const std::vector<Draining>&, BootTime) override {}
};

TEST_F(PassInMemory, OverRunningWorkersRemembersThemOnceAndThenWritesNothing) {
  pass();
  machine.writes = 0;
  const auto done = pass();
  EXPECT_EQ(machine.writes, 0);
  EXPECT_THAT(done.events, IsEmpty());
  EXPECT_THAT(machine.signals, IsEmpty());
}

TEST_F(PassInMemory, WritesAllLostPidFilesBackInTheTimeOfOne) {
  pass();
  for (const auto& worker : config.workers)
    machine.remove(Path("/srv/shop/releases/1/tmp/pids") / worker.pid_file.filename());
  const auto began = machine.monotonic_clock();
  const auto done = pass();
  EXPECT_EQ(std::ranges::count(done.events, EventKind::restored, &Event::kind), 3);
  EXPECT_LT(machine.monotonic_clock() - began - std::chrono::minutes{1},
            std::chrono::milliseconds{400});
}

TEST_F(PassInMemory, AsksEveryWorkerOfAnOldReleaseToStopOnce) {
  pass();
  machine.job = std::chrono::hours{1};
  deploy("2");
  for (int count = 0; count < 5; ++count)
    pass();
  EXPECT_THAT(machine.signals, ElementsAre(Pair(workers[0], SIGTERM), Pair(workers[1], SIGTERM),
                                           Pair(workers[2], SIGTERM)));
  for (const auto& worker : workers)
    EXPECT_TRUE(machine.is_alive(worker.pid));
}

TEST_F(PassInMemory, ReplacesAllWorkersThatAreIdleByOneBootOfTheNewRelease) {
  pass();
  deploy("2");
  machine.job = std::chrono::seconds{1};
  const auto done = pass();
  EXPECT_THAT(machine.launched, SizeIs(1));
  EXPECT_EQ(machine.launched.front().working_directory, "/srv/shop/current");
  EXPECT_THAT(machine.signals, SizeIs(3));
  EXPECT_EQ(std::ranges::count(done.events, EventKind::started, &Event::kind), 3);
  EXPECT_EQ(std::ranges::count(done.events, EventKind::drained, &Event::kind), 3);
  EXPECT_TRUE(is_idle(done.seen.plan) || !is_told(pass(), EventKind::asked_to_stop));
}

TEST_F(PassInMemory, SaysAtMostHowLongADrainTookThatNobodyWatched) {
  const auto is_at_most = [](const PassDone& done) {
    const auto drained = std::ranges::find(done.events, EventKind::drained, &Event::kind);
    EXPECT_NE(drained, done.events.end());
    return std::get<Stopping>(drained->detail).is_at_most;
  };
  pass();
  deploy("2");
  machine.job = std::chrono::seconds{1};
  EXPECT_FALSE(is_at_most(pass())) << "it was waited for";
  deploy("3");
  machine.job = std::chrono::minutes{5};
  pass();
  machine.pass_time(std::chrono::minutes{10});
  EXPECT_TRUE(is_at_most(pass()));
}

TEST_F(PassInMemory, AsksNobodyWhileTheReleaseDoesNotBoot) {
  pass();
  deploy("2");
  machine.boots = false;
  EXPECT_TRUE(is_told(pass(), EventKind::boot_failed));
  EXPECT_THAT(machine.signals, IsEmpty());
  EXPECT_THAT(machine.launched, SizeIs(1));
  machine.pass_time(std::chrono::seconds{-30});
  EXPECT_TRUE(is_told(pass(), EventKind::boot_failed)) << "it is not forgotten";
  EXPECT_THAT(machine.launched, SizeIs(1)) << "it was tried half a minute ago";
  EXPECT_FALSE(has_errors(pass().events)) << "the deploy may be under way";
  EXPECT_THAT(machine.launched, SizeIs(2));
  for (int count = 0; count < 3; ++count)
    pass();
  EXPECT_THAT(machine.launched, SizeIs(3));
  EXPECT_TRUE(has_errors(pass().events));
  deploy("3");
  machine.boots = true;
  machine.job = std::chrono::hours{1};
  EXPECT_FALSE(is_told(pass(), EventKind::boot_failed));
  EXPECT_THAT(machine.launched, SizeIs(4)) << "another release is tried at once";
  EXPECT_THAT(machine.signals, SizeIs(1));
}

TEST_F(PassInMemory, EndsWhereNobodyElseCanBeReplacedAnyMore) {
  pass();
  deploy("2");
  machine.job = std::chrono::seconds{1};
  int count = 0;
  const PassOptions options{.selection = {}, .passed = [&](const PassDone& done) {
                              if (is_told(done, EventKind::drained))
                                machine.unwritable = config.state_file;
                              if (++count > 10)
                                throw std::runtime_error("one pass follows the other without end");
                            }};
  machine.pass_time(std::chrono::minutes{1});
  EXPECT_NO_THROW(run_pass(context(), options));
  EXPECT_THAT(machine.signals, SizeIs(1)) << "what cannot be written down is not begun";
}

TEST_F(PassInMemory, RollsOutWhereWhatIsIntendedCouldNotBeWrittenDownAtFirst) {
  pass();
  ask_to_restart();
  machine.unwritable = config.state_file;
  after_pass = [this] { machine.unwritable.clear(); };
  roll(std::chrono::minutes{10});
  EXPECT_THAT(machine.signals, SizeIs(3));
  EXPECT_FALSE(some_are_asked_for());
}

TEST_F(PassInMemory, BootsAfterwardsWhereItIsToldTo) {
  for (auto& worker : config.workers)
    worker.restart.boot = BootOrder::after;
  pass();
  deploy("2");
  machine.job = std::chrono::hours{1};
  pass();
  EXPECT_THAT(machine.launched, IsEmpty());
  EXPECT_THAT(machine.signals, SizeIs(1));
}

TEST_F(PassInMemory, SignalsNoStrangerThatAPidFileNames) {
  const auto stranger = machine.add_process({"postgres"}, "/var/lib/postgresql");
  machine.put_file("/srv/shop/releases/1/tmp/pids/delayed_job.3.pid",
                   std::to_string(stranger.pid) + "\n");
  ask_to_restart();
  machine.job = std::chrono::hours{1};
  for (int count = 0; count < 3; ++count)
    pass();
  EXPECT_THAT(machine.signals, SizeIs(3));
  for (const auto& [process, signal] : machine.signals)
    EXPECT_NE(process, stranger);
}

TEST_F(PassInMemory, TouchesNothingWhereProcessesAreHidden) {
  for (const auto& worker : workers)
    machine.end_process(worker.pid);
  machine.hides_processes = true;
  const auto done = pass();
  EXPECT_THAT(done.seen.plan.decisions, SizeIs(3));
  for (const auto& decision : done.seen.plan.decisions)
    EXPECT_EQ(decision.judgement.state, WorkerState::unknown);
  EXPECT_THAT(machine.signals, IsEmpty());
  EXPECT_TRUE(machine.text_of("/srv/shop/releases/1/tmp/pids/delayed_job.0.pid").has_value());
}

TEST_F(PassInMemory, StartsNobodyAndKeepsTheStateWhereWhatIsRememberedCannotBeRead) {
  ask_to_stop();
  pass();
  machine.pass_time(std::chrono::minutes{1});
  for (const auto& worker : workers)
    machine.end_process(worker.pid);
  const auto before = machine.text_of(config.state_file);
  for (const auto& file :
       {config.state_file, holds_path(config.state_file), requests_path(config.state_file)}) {
    machine.unreadable = file;
    EXPECT_THROW(pass(), std::system_error);
  }
  EXPECT_EQ(machine.text_of(config.state_file), before);
  EXPECT_THAT(machine.launched, IsEmpty());
}

TEST_F(PassInMemory, LeavesTheFieldToAnotherPass) {
  machine.busy = LockHolder{.pid = 77, .held_for = Duration{5000}};
  const auto outcome = run_pass(context(), {});
  EXPECT_EQ(std::get<LockHolder>(outcome).pid, 77);
  EXPECT_EQ(machine.writes, 0);
}

TEST_F(PassInMemory, WritesTheLogWhereItIsToldTo) {
  config.log.to = LogTarget::syslog;
  ask_to_restart();
  machine.job = std::chrono::hours{1};
  for (int count = 0; count < 3; ++count)
    pass();
  EXPECT_THAT(machine.syslog, SizeIs(3));
  EXPECT_THAT(machine.syslog.front(), HasSubstr("delayed_job.0"));
  EXPECT_EQ(machine.text_of(config.log.path), std::nullopt);
}

TEST_F(PassInMemory, ARollOutWaitsForTheLastJobAndNoLonger) {
  machine.job = std::chrono::minutes{20};
  const auto before = machine.boot_clock();
  ask_to_stop();
  const auto events = roll(std::chrono::hours{1});
  EXPECT_EQ(machine.boot_clock() - before, machine.job);
  EXPECT_EQ(std::ranges::count(events, EventKind::drained, &Event::kind), 3);
  EXPECT_THAT(machine.signals, SizeIs(3));
  for (const auto& worker : workers)
    EXPECT_FALSE(machine.is_alive(worker.pid));
}

TEST_F(PassInMemory, ARollOutEndsWithItsPatience) {
  machine.job = std::chrono::hours{5};
  const auto before = machine.boot_clock();
  ask_to_stop();
  roll(std::chrono::minutes{10});
  EXPECT_EQ(machine.boot_clock() - before, std::chrono::minutes{10});
  EXPECT_TRUE(machine.is_alive(workers[0].pid));
}

TEST_F(PassInMemory, WhatWasAskedForIsDoneByWhicheverPassComesNext) {
  pass();
  ask_to_stop();
  machine.busy = LockHolder{.pid = 77, .held_for = Duration{5000}};
  EXPECT_TRUE(std::holds_alternative<LockHolder>(run_pass(context(), {})));
  EXPECT_TRUE(some_are_asked_for());
  EXPECT_EQ(take_snapshot(context()).plan.decisions.front().judgement.state, WorkerState::held)
      << "what waits for a pass counts already";
  machine.busy.reset();
  const auto done = pass();
  EXPECT_FALSE(some_are_asked_for());
  EXPECT_THAT(machine.signals, SizeIs(3));
  EXPECT_THAT(done.seen.state.holds, SizeIs(3));
}

TEST_F(PassInMemory, ARestartIsAboutWhoServedWhenItWasAskedFor) {
  pass();
  machine.end_process(workers[0].pid);
  ask_to_restart();
  machine.pass_time(std::chrono::seconds{1});
  const auto successor = bring_up(config.workers[0]);
  machine.job = std::chrono::hours{1};
  pass();
  EXPECT_THAT(machine.signals, Contains(Pair(workers[1], SIGTERM)));
  EXPECT_THAT(machine.signals, Contains(Pair(workers[2], SIGTERM)));
  EXPECT_THAT(machine.signals, Not(Contains(Pair(successor, _))));
}

TEST_F(PassInMemory, ARestartAskedForInAnotherBootIsVoid) {
  pass();
  ask_to_restart();
  machine.boot = "boot-2";
  pass();
  EXPECT_THAT(machine.signals, IsEmpty());
  EXPECT_FALSE(some_are_asked_for());
}

TEST_F(PassInMemory, KeepsARequestUntilTheStateHasIt) {
  pass();
  ask_to_stop();
  machine.remove(config.state_file);
  machine.add_folder("/srv/shop/releases/1/tmp/pids/bootcheck.state");  // so it cannot be replaced
  pass();
  EXPECT_THAT(machine.signals, IsEmpty());
  EXPECT_TRUE(some_are_asked_for());
}

TEST_F(PassInMemory, TouchesNothingThatAnotherHostKeepsInTheSameFolder) {
  config.log.to = LogTarget::syslog;
  pass();
  machine.host = "web2";
  machine.boot = "boot-of-web2";
  for (const auto& worker : workers)
    machine.end_process(worker.pid);  // pids of web1, which mean nothing here
  machine.writes = 0;
  const auto done = pass();
  EXPECT_EQ(machine.writes, 0);
  EXPECT_THAT(machine.launched, IsEmpty());
  ASSERT_THAT(done.events, SizeIs(1));
  EXPECT_EQ(done.events.front().kind, EventKind::foreign_state);
  EXPECT_TRUE(has_errors(done.events));
  for (const auto& decision : take_snapshot(context()).plan.decisions)
    EXPECT_EQ(decision.judgement.state, WorkerState::unknown);
}

TEST_F(PassInMemory, TouchesNothingThatAnotherContainerKeepsInTheSameFolder) {
  pass();
  machine.space = 2;
  EXPECT_EQ(pass().events.front().kind, EventKind::foreign_state);
}

TEST_F(PassInMemory, TakesOverFromAHostThatHasBeenSilentForLong) {
  pass();
  machine.host = "web2";
  machine.boot = "boot-of-web2";
  machine.pass_time(std::chrono::hours{1});
  pass();
  for (const auto& event : pass().events)
    EXPECT_NE(event.kind, EventKind::foreign_state) << "now it is this host's";
}

TEST_F(PassInMemory, KnowsItsStateAfterTheHostWasRenamedOrRebooted) {
  pass();
  machine.host = "renamed";
  EXPECT_THAT(pass().events, IsEmpty());
  machine.boot = "boot-2";
  for (const auto& event : pass().events)
    EXPECT_NE(event.kind, EventKind::foreign_state);
}

TEST_F(PassInMemory, SaysThatTheKernelRanOutOfMemoryBeforeAWorkerWasGone) {
  const auto kills = [this](const std::string& count) {
    machine.put_file("/proc/vmstat", "nr_free_pages 7\noom_kill " + count + "\nswap_ra 0\n");
  };
  const auto crash_of = [](const PassDone& done) {
    const auto crash = std::ranges::find(done.events, EventKind::crashed, &Event::kind);
    return crash == done.events.end() ? OfProcess{} : std::get<OfProcess>(crash->detail);
  };
  kills("5");
  pass();
  const auto counted_at = machine.wall_now();
  kills("7");
  EXPECT_FALSE(is_told(pass(), EventKind::crashed));
  machine.end_process(workers[0].pid);
  EXPECT_EQ(crash_of(pass()).oom_kills, (OomKills{2, counted_at}));
  machine.end_process(workers[1].pid);
  const auto next = crash_of(pass());
  EXPECT_EQ(next.pid, workers[1].pid);
  EXPECT_FALSE(next.oom_kills) << "those two were told of";
}

TEST_F(PassInMemory, StartsNothingWhileTheHostShutsDown) {
  pass();
  machine.end_process(workers[1].pid);
  machine.shuts_down = true;
  const auto done = pass();
  EXPECT_THAT(machine.launched, IsEmpty());
  EXPECT_EQ(std::ranges::count(done.events, EventKind::host_stopping, &Event::kind), 1);
  EXPECT_FALSE(has_errors(done.events));
}

}  // namespace
}  // namespace bootcheck
