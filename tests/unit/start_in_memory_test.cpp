// Starting workers on a machine made of values.
#include "act/start.h"
#include "observe/observe.h"
#include "support/memory_machine.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class StartInMemory : public testing::Test {
 protected:
  StartInMemory() {
    machine.add_folder("/srv/shop");
    config.root = "/srv/shop";
    config.launcher = Launcher::direct;
  }

  void add_foreground(const std::string& name) {
    auto& worker = config.workers.emplace_back();
    worker.name = name;
    worker.pid_file = "/srv/shop/tmp/pids/" + name + ".pid";
    worker.start = {"/srv/shop/bin/" + name};
    worker.working_directory = "/srv/shop";
    worker.foreground = true;
    orders.push_back({.worker = config.workers.size() - 1, .start = true, .recover = {}});
  }

  /// A command that hangs, and never writes its pid file.
  void add_hanging(const std::string& name, Duration start_timeout) {
    add_foreground(name);
    config.workers.back().foreground = false;
    config.workers.back().start_timeout = start_timeout;
  }

  StartReport start() {
    const Context context(config, machine);
    const auto app = locate_app(context, state);
    Preloaders preloaders(machine);
    const StartContext starting{.run = context,
                                .app = app,
                                .state = state,
                                .preloaders = preloaders,
                                .to_boot = {},
                                .booted = [](const auto&) { return std::vector<StartOrder>(); },
                                .running = running,
                                .ended =
                                    [this](const std::vector<std::size_t>& workers) {
                                      std::vector<StartOrder> again;
                                      for (const auto worker : workers) {
                                        ended.push_back(worker);
                                        again.push_back({worker, true, {}});
                                        machine.remove(config.workers[worker].pid_file);
                                      }
                                      return again;
                                    },
                                .up = [](const auto&) {}};
    return start_workers(starting, orders);
  }

  MemoryMachine machine;
  Config config;
  State state;
  std::vector<StartOrder> orders;
  std::vector<RunningWorker> running;
  std::vector<std::size_t> ended;
};

TEST_F(StartInMemory, WorkersThatStayInTheForegroundTakeTheStartSecondsOnce) {
  for (int count = 0; count < 50; ++count)
    add_foreground("feed-" + std::to_string(count));
  const auto began = machine.monotonic_clock();
  const auto report = start();
  EXPECT_EQ(machine.monotonic_clock() - began, 500ms);
  ASSERT_THAT(report.results, SizeIs(50));
  for (const auto& result : report.results) {
    ASSERT_TRUE(result.process);
    EXPECT_EQ(machine.text_of(config.workers[result.worker].pid_file),
              std::to_string(result.process->id.pid) + "\n");
  }
}

TEST_F(StartInMemory, AWorkerThatEndsWhileAnotherHangsIsStartedAtOnce) {
  add_hanging("hang", 5min);
  add_foreground("feed");
  orders.pop_back();
  const auto feed = machine.add_process(config.workers[1].start, "/srv/shop");
  running = {{.worker = 1, .process = feed}};
  machine.job = 1min;
  machine.send_signal(feed, SIGTERM);
  const auto began = machine.monotonic_clock();
  const auto report = start();
  EXPECT_THAT(ended, ElementsAre(1U));
  ASSERT_THAT(machine.launched, SizeIs(2));
  const auto& again = report.results.back();
  ASSERT_TRUE(again.process);
  EXPECT_EQ(again.process->id.start_time, static_cast<std::uint64_t>((began + 1min).count()))
      << "and not when the other has failed";
  EXPECT_FALSE(report.results.front().process);
}

TEST_F(StartInMemory, ACommandThatHangsIsEndedAfterItsTime) {
  add_hanging("hang", 90s);
  const auto began = machine.monotonic_clock();
  const auto report = start();
  EXPECT_EQ(machine.monotonic_clock() - began, 90s);
  EXPECT_THAT(machine.signals, SizeIs(1));
  EXPECT_EQ(std::get<NotSeen>(report.results.front().failure.cause).within, 90s);
}

TEST_F(StartInMemory, AWorkerThatSomebodyElseHasStartedIsLeftAlone) {
  add_foreground("feed");
  const auto feed = machine.add_process(config.workers[0].start, "/srv/shop");
  machine.put_file(config.workers[0].pid_file, std::to_string(feed.pid) + "\n");
  const auto report = start();
  EXPECT_THAT(machine.launched, IsEmpty());
  EXPECT_EQ(report.results.front().is_now, WorkerState::running);
}

}  // namespace
}  // namespace bootcheck
