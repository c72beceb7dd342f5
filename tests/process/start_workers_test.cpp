// What starting many workers asks of the machine.
#include "act/start.h"
#include "launch/host.h"
#include "observe/observe.h"
#include "process/small_app_test.h"
#include "system/identity.h"

namespace bootcheck {
namespace {

/// The real one, which counts.
class CountingMachine final : public LinuxMachine {
 public:
  std::unique_ptr<Launches> launches() override { return linux_launches(proc()); }

  using Machine::scan;
  void scan(uid_t uid, const std::unordered_set<pid_t>& but, const IsCandidate& is_candidate,
            const Visit& visit) override {
    ++scans;
    LinuxMachine::scan(uid, but, is_candidate, visit);
  }
  PidFile read_pid_file(const Path& path) override {
    ++pid_files_read;
    return LinuxMachine::read_pid_file(path);
  }

  int scans = 0;
  int pid_files_read = 0;
};

/// A pass works in the application's folder, and whoever works there is ended with the application.
struct LeavesTheFolder {
  LeavesTheFolder() = default;
  LeavesTheFolder(const LeavesTheFolder&) = delete;
  LeavesTheFolder& operator=(const LeavesTheFolder&) = delete;
  ~LeavesTheFolder() { boost::filesystem::current_path("/"); }
};

TEST(StartingManyWorkers, ScansTheProcessesForAllOfThemAndNotForEach) {
  constexpr std::size_t kMany = 60;
  const test::SmallApp app;
  const LeavesTheFolder leaves;
  Config config;
  config.root = app.root();
  config.launcher = Launcher::direct;
  config.parallel_starts = 2;
  std::vector<StartOrder> orders;
  for (std::size_t at = 0; at < kMany; ++at) {
    auto& worker = config.workers.emplace_back();
    worker.name = "sleeper." + std::to_string(at);
    worker.pid_file = app.pid_file(worker.name);
    worker.start = {"/bin/sleep", "1000"};
    worker.working_directory = app.root();
    worker.foreground = true;
    orders.push_back({.worker = at, .start = true, .recover = {}});
  }
  expect_children_as(Identity::of_this_process());
  CountingMachine machine;
  const Context context(config, machine);
  const State state;
  const auto place = locate_app(context, state);
  std::size_t told = 0;
  Preloaders preloaders(machine);
  const StartContext start{.run = context,
                           .app = place,
                           .state = state,
                           .preloaders = preloaders,
                           .to_boot = {},
                           .booted = [](const auto&) { return std::vector<StartOrder>(); },
                           .running = {},
                           .ended = [](const auto&) { return std::vector<StartOrder>(); },
                           .up = [&](const auto& up) { told += up.size(); }};
  const auto report = start_workers(start, orders);
  EXPECT_EQ(report.results.size(), kMany);
  for (const auto& result : report.results)
    EXPECT_TRUE(result.process) << result.worker;
  EXPECT_EQ(told, kMany);
  // A scan serves for a second at least: on however slow a machine there are fewer than workers.
  EXPECT_LT(machine.scans, 10);
  EXPECT_LT(machine.pid_files_read, static_cast<int>(kMany * 20));
}

}  // namespace
}  // namespace bootcheck
