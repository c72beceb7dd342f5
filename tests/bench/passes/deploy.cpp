#include "passes/scenes.h"
#include "support/files.h"
#include "support/wait_until.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <thread>

#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>

#include <sys/wait.h>

namespace bootcheck::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kWorkers = 12;

/// One worker of a deploy, and when it was last and first seen to serve.
struct Served {
  std::string name;
  pid_t old = 0;
  std::optional<Clock::time_point> gone;
  std::optional<Clock::time_point> back;

  double lost_s() const {
    return std::max(0.0, std::chrono::duration<double>(*back - *gone).count());
  }
};

/// It has not been waited for where we are its parent.
bool has_ended(pid_t pid) {
  const auto stat = test::read_file("/proc/" + std::to_string(pid) + "/stat");
  const auto name_end = stat.rfind(')');
  return name_end == std::string::npos || stat.size() < name_end + 3 || stat[name_end + 2] == 'Z';
}

class Deploys {
 public:
  Deploys() {
    test::write_file(app_.root() / "config" / "bootcheck.yml",
                     fmt::format("workers: [{{preset: delayed_job, count: {}}}]\nbackoff: 0\n"
                                 "restart: {{settle: 60s}}\n",
                                 kWorkers));
    wall_ms_of({.argv = bootcheck({"-C", app_.root().native()})});
  }

  struct Outcome {
    double mean_s = 0;
    double slowest_s = 0;
    std::size_t boots = 0;
  };

  /// Looks at all workers a thousand times a second while the command runs.
  Outcome run(const Command& command) const {
    auto workers = serving();
    const auto boots = app_.boots();
    const pid_t pid = start(command);
    const auto deadline = Clock::now() + std::chrono::minutes(10);
    const auto is_replaced = [](const Served& each) { return each.gone && each.back; };
    while (!std::ranges::all_of(workers, is_replaced)) {
      if (Clock::now() > deadline) throw std::runtime_error("not all workers were replaced");
      std::ranges::for_each(workers, [this](Served& each) { look(each); });
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (!test::wait_until([pid] { return has_ended(pid); }))
      throw std::runtime_error("the command does not end");
    reap();
    Outcome outcome{.boots = app_.boots() - boots};
    for (const auto& each : workers) {
      outcome.mean_s += each.lost_s() / kWorkers;
      outcome.slowest_s = std::max(outcome.slowest_s, each.lost_s());
    }
    return outcome;
  }

  const Path& root() const { return app_.root(); }

 private:
  std::vector<Served> serving() const {
    std::vector<Served> workers;
    for (int worker = 0; worker < kWorkers; ++worker) {
      const auto name = fmt::format("delayed_job.{}", worker);
      const auto pid = app_.pid_of(name);
      if (!pid) throw std::runtime_error(name + " does not run");
      workers.push_back({.name = name, .old = *pid, .gone = {}, .back = {}});
    }
    return workers;
  }

  void look(Served& worker) const {
    if (!worker.gone && has_ended(worker.old)) worker.gone = Clock::now();
    if (worker.back) return;
    const auto pid = app_.pid_of(worker.name);
    if (pid && *pid != worker.old && test::command_line(*pid) == worker.name)
      worker.back = Clock::now();
  }

  test::DemoApp app_;
};

}  // namespace

void deploy(Results& results, const Effort& effort) {
  const Deploys deploys;
  const auto add = [&](const std::string& how, const Command& command, std::optional<double> most) {
    std::vector<double> means;
    double slowest = 0;
    double boots = 0;
    for (int round = 0; round < effort.slow; ++round) {
      const auto outcome = deploys.run(command);
      means.push_back(outcome.mean_s);
      slowest = std::max(slowest, outcome.slowest_s);
      boots = std::max(boots, static_cast<double>(outcome.boots));
    }
    results.add(
        {fmt::format("{} of {} idle workers: seconds without each, on average", how, kWorkers),
         " s", most, median(means),
         fmt::format("the slowest: {:.2f} s; boots of the application: {:.0f}", slowest, boots)});
    return boots;
  };
  const auto root = deploys.root().native();
  const double boots = add("restart", {.argv = bootcheck({"-C", root, "restart"})}, 0.1);
  results.add({fmt::format("restart of {} idle workers: boots of the application", kWorkers), "", 1,
               boots, ""});
  add("restart --surge", {.argv = bootcheck({"-C", root, "restart", "--surge"})}, 0);
  add("bin/delayed_job restart",
      {.argv = {"ruby", "bin/delayed_job", "-n", std::to_string(kWorkers), "restart"},
       .directory = deploys.root()},
      {});
}

}  // namespace bootcheck::bench
