#include "passes/scenes.h"
#include "support/files.h"
#include "support/run.h"
#include "support/temp_dir.h"

#include <csignal>
#include <stdexcept>

#include <fmt/format.h>

namespace bootcheck::bench {
namespace {

constexpr int kWorkers = 1000;

/// A thousand processes that sleep in a folder, and the pid files that say so. sleep(1) adds its
/// arguments up: it ends by itself after an hour, should we not get to it, and each has a command
/// line of its own.
class Sleepers {
 public:
  Sleepers() {
    test::write_file(root() / "config" / "bootcheck.yml",
                     fmt::format("workers:\n"
                                 "  - name: sleeper.%{{id}}\n"
                                 "    count: {}\n"
                                 "    start: [/bin/sleep, \"3600\", \"0.%{{id}}\"]\n"
                                 "    foreground: true\n"
                                 "    pid_file: tmp/pids/%{{name}}.pid\n",
                                 kWorkers));
    for (int worker = 0; worker < kWorkers; ++worker) {
      pids_.push_back(start(
          {.argv = {"/bin/sleep", "3600", fmt::format("0.{}", worker)}, .directory = root()}));
      test::write_file(fmt::format("{}{}.pid", pid_files(), worker),
                       fmt::format("{}\n", pids_.back()));
    }
  }
  ~Sleepers() {
    try {
      end(pids_, SIGKILL);
    } catch (const std::exception&) {  // they end by themselves
    }
  }
  Sleepers(const Sleepers&) = delete;
  Sleepers& operator=(const Sleepers&) = delete;

  const Path& root() const { return folder_.path(); }
  std::string pid_files() const { return (root() / "tmp" / "pids" / "sleeper.").native(); }

 private:
  test::TempDir folder_;
  std::vector<pid_t> pids_;
};

}  // namespace

void look_at_thousand(Results& results, const Effort& effort) {
  const Sleepers sleepers;
  const Command pass{.argv = bootcheck({"-C", sleepers.root().native()})};
  const auto first =
      test::run(pass.argv);  // proves them by pid file and command line, and remembers
  if (first.status != 0 || !first.err.empty())
    throw std::runtime_error("the first pass: " + first.err);
  const auto loop = [&](const std::string& third) {
    return Command{
        .argv = {BENCH_BARE_LOOP, third, sleepers.pid_files(), std::to_string(kWorkers)}};
  };
  Race race;
  race.add("pass", pass);
  race.add("cmdline", loop("cmdline"));
  race.add("cwd", loop("cwd"));
  race.run(effort.quick / 2);
  const auto row = [&](const std::string& third, const std::string& what,
                       std::optional<double> target) {
    results.add({"pass over 1000 running workers / bare loop over pid file, stat, " + what, "x",
                 target, race.ratio("pass", third),
                 fmt::format("{:.2f} ms / {:.2f} ms", race.ms("pass"), race.ms(third))});
  };
  row("cmdline", "cmdline", 1.5);
  row("cwd", "cwd (a link)", {});
}

}  // namespace bootcheck::bench
