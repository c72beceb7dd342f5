// Whole passes on a machine made of values: no process, no file and no second is real.
#include "config/reader.h"
#include "pass/pass.h"
#include "pass/roll_out.h"
#include "support/memory_machine.h"

#include <csignal>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
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
    machine.links["/srv/shop/current"] = "/srv/shop/releases/1";
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

  PassDone pass(const PassOptions& options = {}) {
    machine.pass_time(std::chrono::minutes{1});
    return std::get<PassDone>(run_pass(context(), options));
  }

  std::vector<Event> roll(const PassOptions& first, Duration patience) {
    return std::get<std::vector<Event>>(
        roll_out(context(), {.first = first, .patience = patience, .must_wait = true}, *this));
  }

  PassOptions stop_all() {
    PassOptions options;
    options.edit = [this](State& state) {
      for (const auto& worker : config.workers)
        state.holds[worker.name] = {.by = "deploy", .reason = {}, .since = 1, .until = {}};
    };
    return options;
  }

  Context context() { return {config, machine}; }

  Config config = three_workers();
  MemoryMachine machine;
  std::vector<ProcessId> workers;
  int passes = 0;

 private:
  void passed(const PassDone&) override { ++passes; }
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

TEST_F(PassInMemory, AsksEveryWorkerOfAnOldReleaseToStopOnce) {
  pass();
  machine.job = std::chrono::hours{1};
  machine.add_folder("/srv/shop/releases/2/tmp/pids");
  machine.links["/srv/shop/current"] = "/srv/shop/releases/2";
  for (const auto& worker : config.workers) {  // the linked folder of Capistrano
    const auto name = worker.pid_file.filename();
    machine.put_file(Path("/srv/shop/releases/2/tmp/pids") / name,
                     *machine.text_of(Path("/srv/shop/releases/1/tmp/pids") / name));
  }
  pass();
  pass();
  EXPECT_THAT(machine.signals, ElementsAre(Pair(workers[0], SIGTERM), Pair(workers[1], SIGTERM),
                                           Pair(workers[2], SIGTERM)));
  for (const auto& worker : workers)
    EXPECT_TRUE(machine.is_alive(worker.pid));
}

TEST_F(PassInMemory, SignalsNoStrangerThatAPidFileNames) {
  const auto stranger = machine.add_process({"postgres"}, "/var/lib/postgresql");
  machine.put_file("/srv/shop/releases/1/tmp/pids/delayed_job.3.pid",
                   std::to_string(stranger.pid) + "\n");
  PassOptions restart;
  restart.request.roll = true;
  machine.job = std::chrono::hours{1};
  pass(restart);
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

TEST_F(PassInMemory, LeavesTheFieldToAnotherPass) {
  machine.busy = LockHolder{.pid = 77, .held_for = Duration{5000}};
  const auto outcome = run_pass(context(), {});
  EXPECT_EQ(std::get<LockHolder>(outcome).pid, 77);
  EXPECT_EQ(machine.writes, 0);
}

TEST_F(PassInMemory, WritesTheLogWhereItIsToldTo) {
  config.log.to = LogTarget::syslog;
  PassOptions restart;
  restart.request.roll = true;
  machine.job = std::chrono::hours{1};
  pass(restart);
  EXPECT_THAT(machine.syslog, SizeIs(3));
  EXPECT_THAT(machine.syslog.front(), HasSubstr("delayed_job.0"));
  EXPECT_EQ(machine.text_of(config.log.path), std::nullopt);
}

TEST_F(PassInMemory, ARollOutWaitsForTheLastJobAndNoLonger) {
  machine.job = std::chrono::minutes{20};
  const auto before = machine.boot_clock();
  const auto events = roll(stop_all(), std::chrono::hours{1});
  EXPECT_EQ(machine.boot_clock() - before, machine.job);
  EXPECT_EQ(std::ranges::count(events, EventKind::drained, &Event::kind), 3);
  EXPECT_THAT(machine.signals, SizeIs(3));
  for (const auto& worker : workers)
    EXPECT_FALSE(machine.is_alive(worker.pid));
}

TEST_F(PassInMemory, ARollOutEndsWithItsPatience) {
  machine.job = std::chrono::hours{5};
  const auto before = machine.boot_clock();
  roll(stop_all(), std::chrono::minutes{10});
  EXPECT_EQ(machine.boot_clock() - before, std::chrono::minutes{10});
  EXPECT_TRUE(machine.is_alive(workers[0].pid));
}

}  // namespace
}  // namespace bootcheck
