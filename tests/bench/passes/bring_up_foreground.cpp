#include "passes/scenes.h"
#include "support/files.h"
#include "support/temp_dir.h"

#include <csignal>
#include <cstdlib>

#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>

namespace bootcheck::bench {
namespace {

constexpr int kMany = 1000;
/// As many as fit on a machine with the usual 32,768 pids and 20,000 descriptors.
constexpr int kVeryMany = 10'000;
/// How long each has to stay up, once, since they do so at the same time.
constexpr double kStartSeconds = 500;

/// An application without anything in it, and workers that sleep.
class Folder {
 public:
  Path write_config(int workers) const {
    const auto file = root() / "config" / fmt::format("{}.yml", workers);
    test::write_file(file, fmt::format("backoff: 0\n"
                                       "workers:\n"
                                       "  - name: sleeper.%{{id}}\n"
                                       "    count: {}\n"
                                       "    start: [{}, /dev/null, \"0\", \"%{{id}}\"]\n"
                                       "    foreground: true\n"
                                       "    pid_file: tmp/pids/%{{name}}.pid\n",
                                       workers, BENCH_WORKER));
    return file;
  }

  double bring_up(int workers, const Path& config) const {
    const auto took =
        wall_ms_of({.argv = bootcheck({"-c", config.native(), "-C", root().native()})});
    std::vector<pid_t> pids;
    for (int worker = 0; worker < workers; ++worker) {
      const auto file = root() / "tmp" / "pids" / fmt::format("sleeper.{}.pid", worker);
      pids.push_back(static_cast<pid_t>(std::stoi(test::read_file(file))));
    }
    end(pids, SIGKILL);
    boost::filesystem::remove_all(root() / "tmp");
    boost::filesystem::remove_all(root() / "log");
    return took;
  }

 private:
  const Path& root() const { return folder_.path(); }

  test::TempDir folder_;
};

/// A loop that forks and execs the same programs, and nothing else.
double start_bare(int workers) {
  const test::TempDir folder;
  const auto file = folder.path() / "pids";
  const auto took = wall_ms_of({.argv = {BENCH_BARE_START, file.native(), std::to_string(workers),
                                         BENCH_WORKER, "/dev/null", "0", "x"}});
  std::vector<pid_t> pids;
  for (const auto& line : test::lines_of(test::read_file(file)))
    pids.push_back(static_cast<pid_t>(std::stoi(line)));
  end(pids, SIGKILL);
  return took;
}

/// ms a worker, but for the start seconds.
double each(double took, int workers) {
  return (took - kStartSeconds) / workers;
}

}  // namespace

void bring_up_foreground(Results& results, const Effort& effort) {
  const Folder folder;
  const auto many = folder.write_config(kMany);
  std::vector<double> many_ms;
  std::vector<double> bare_ms;
  for (int round = 0; round < effort.slow; ++round) {
    many_ms.push_back(folder.bring_up(kMany, many));
    bare_ms.push_back(start_bare(kMany));
  }
  const auto took = median(many_ms);
  const auto bare = median(bare_ms);
  results.add(
      {"1000 missing foreground workers up and proved, but for the start seconds / a loop "
       "that forks and execs",
       "x", 3, (took - kStartSeconds) / bare,
       fmt::format("({:.0f} ms - 500 ms) / {:.0f} ms", took, bare)});
  const auto longer = folder.bring_up(kVeryMany, folder.write_config(kVeryMany));
  results.add({"each of 10,000 / each of 1000", "x", 2, each(longer, kVeryMany) / each(took, kMany),
               fmt::format("{:.2f} ms / {:.2f} ms", each(longer, kVeryMany), each(took, kMany))});
}

}  // namespace bootcheck::bench
