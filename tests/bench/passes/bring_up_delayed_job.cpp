#include "passes/scenes.h"
#include "support/files.h"
#include "support/wait_until.h"

#include <algorithm>
#include <csignal>
#include <functional>
#include <iterator>
#include <map>
#include <numeric>
#include <sstream>
#include <stdexcept>

#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>

namespace bootcheck::bench {
namespace {

struct BroughtUp {
  std::vector<double> wall_ms;
  std::vector<double> cpu_ms;
  std::vector<double> pss_mb;
};

/// A way to bring workers up: how many, and by which command.
struct Way {
  int workers = 1;
  Command command;
};

double pss_mb(const std::vector<pid_t>& pids) {
  return std::accumulate(pids.begin(), pids.end(), 0.0, [](double sum, pid_t pid) {
    return sum + kilobytes(pid, "smaps_rollup", "Pss:") / 1024;
  });
}

/// Orphans are ours as well (adopt_orphans).
int count_children() {
  reap();
  std::istringstream children(test::read_file("/proc/thread-self/children"));
  int count = 0;
  for (pid_t pid = 0; children >> pid;)
    ++count;
  return count;
}

class Rounds {
 public:
  explicit Rounds(std::map<std::string, Way> ways) : ways_(std::move(ways)) {}

  const BroughtUp& of(const std::string& name) const { return results_.at(name); }

  void run(const test::DemoApp& app, int rounds) {
    for (int round = 0; round < rounds; ++round) {
      for (const auto& [name, way] : ways_)
        bring_up(app, way, results_[name]);
    }
  }

 private:
  static void bring_up(const test::DemoApp& app, const Way& way, BroughtUp& result) {
    const double cpu_before = cpu_ms_of_ended_children();
    result.wall_ms.push_back(wall_ms_of(way.command));
    const auto is_up = [&] {
      return living_workers(app, way.workers).size() == static_cast<std::size_t>(way.workers);
    };
    if (!test::wait_until(is_up)) throw std::runtime_error("the workers do not come up");
    // What has booted the application for them ends once it is not needed any more; it counts, too.
    if (!test::wait_until([&] { return count_children() == way.workers; }))
      throw std::runtime_error("others are left besides the workers");
    const auto pids = living_workers(app, way.workers);
    double cpu = cpu_ms_of_ended_children() - cpu_before;
    for (const pid_t pid : pids)
      cpu += cpu_ms_of(pid);
    result.cpu_ms.push_back(cpu);
    result.pss_mb.push_back(pss_mb(pids));
    end(pids, SIGKILL);
    for (const auto* left : {"tmp/pids", "log"}) {
      boost::filesystem::remove_all(app.root() / left);
      boost::filesystem::create_directories(app.root() / left);
    }
  }

  std::map<std::string, Way> ways_;
  std::map<std::string, BroughtUp> results_;
};

Path write_config(const test::DemoApp& app, const std::string& name, const std::string& entry) {
  const auto file = app.root() / "config" / (name + ".yml");
  test::write_file(
      file, "backoff: 0\nenv: {SLEEP_DELAY: \"3600\"}\nworkers:\n  - {preset: delayed_job, " +
                entry + "}\n");
  return file;
}

Way by_bootcheck(const test::DemoApp& app, int workers, const std::string& more = {}) {
  const auto file = write_config(app, fmt::format("{}{}", workers, more.empty() ? "" : "-own"),
                                 fmt::format("count: {}{}", workers, more));
  return {.workers = workers,
          .command = {.argv = bootcheck({"-c", file.native(), "-C", app.root().native()})}};
}

/// Its workers are numbered from 0, as ours.
Way by_delayed_job(const test::DemoApp& app, int workers) {
  return {.workers = workers,
          .command = {.argv = {"env", "SLEEP_DELAY=3600", "ruby", "bin/delayed_job", "-n",
                               std::to_string(workers), "start"},
                      .directory = app.root()}};
}

/// Of two ways in the same round, so that it matters less how fast the machine was in that round.
double ratio(const std::vector<double>& ours, const std::vector<double>& theirs) {
  std::vector<double> ratios;
  std::ranges::transform(ours, theirs, std::back_inserter(ratios), std::divides<>());
  return median(ratios);
}

}  // namespace

void bring_up_delayed_job(Results& results, const Effort& effort) {
  const test::DemoApp app;
  Rounds rounds({{"1", by_bootcheck(app, 1)},
                 {"3", by_bootcheck(app, 3)},
                 {"8", by_bootcheck(app, 8)},
                 {"8 own boots", by_bootcheck(app, 8, ", preload: false")},
                 {"delayed_job -n 3", by_delayed_job(app, 3)}});
  rounds.run(app, effort.slow);

  const auto row = [&](const std::string& what, std::optional<double> target,
                       const std::string& name, const std::string& reference,
                       std::vector<double> BroughtUp::*figure, const std::string& unit) {
    const auto& ours = rounds.of(name).*figure;
    const auto& theirs = rounds.of(reference).*figure;
    results.add({what, "x", target, ratio(ours, theirs),
                 fmt::format("{0:.0f} {2} / {1:.0f} {2}", median(ours), median(theirs), unit)});
  };
  row("8 missing delayed_job workers up / 1: wall time", 1.4, "8", "1", &BroughtUp::wall_ms, "ms");
  row("8 missing delayed_job workers up / 1: CPU time", 1.5, "8", "1", &BroughtUp::cpu_ms, "ms");
  row("PSS of 8 workers from one boot / from 8 boots", 0.7, "8", "8 own boots", &BroughtUp::pss_mb,
      "MB");
  row("8 workers up by one boot / by 8 boots: wall time", {}, "8", "8 own boots",
      &BroughtUp::wall_ms, "ms");
  row("8 workers up by one boot / by 8 boots: CPU time", {}, "8", "8 own boots", &BroughtUp::cpu_ms,
      "ms");
  row("3 workers up and seen to stay / bin/delayed_job -n 3 start", {}, "3", "delayed_job -n 3",
      &BroughtUp::wall_ms, "ms");

  const std::string chart = "Bringing up workers, in seconds";
  const auto bar = [&](const std::string& label, const std::string& name, bool ours) {
    results.draw({chart, label, median(rounds.of(name).wall_ms) / 1000, ours});
  };
  bar("bootcheck, 1 worker", "1", true);
  bar("bootcheck, 3 workers", "3", true);
  bar("bin/delayed_job -n 3 start", "delayed_job -n 3", false);
  bar("bootcheck, 8 workers", "8", true);
  bar("8 workers with a boot of their own", "8 own boots", false);
}

}  // namespace bootcheck::bench
