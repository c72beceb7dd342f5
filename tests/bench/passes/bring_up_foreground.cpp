#include "passes/scenes.h"
#include "support/files.h"
#include "support/temp_dir.h"

#include <csignal>
#include <cstdlib>

#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>

namespace bootcheck::bench {
namespace {

constexpr int kMany = 100;

/// An application without anything in it, and workers that sleep.
class Folder {
 public:
  Path write_config(int workers) const {
    const auto file = root() / "config" / fmt::format("{}.yml", workers);
    test::write_file(file, fmt::format("backoff: 0\n"
                                       "workers:\n"
                                       "  - name: sleeper.%{{id}}\n"
                                       "    count: {}\n"
                                       "    start: [/bin/sleep, \"3600\", \"0.%{{id}}\"]\n"
                                       "    foreground: true\n"
                                       "    pid_file: tmp/pids/%{{name}}.pid\n",
                                       workers));
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

}  // namespace

void bring_up_foreground(Results& results, const Effort& effort) {
  const Folder folder;
  const auto one = folder.write_config(1);
  const auto many = folder.write_config(kMany);
  std::vector<double> one_ms;
  std::vector<double> many_ms;
  for (int round = 0; round < effort.slow; ++round) {
    one_ms.push_back(folder.bring_up(1, one));
    many_ms.push_back(folder.bring_up(kMany, many));
  }
  results.add({"100 missing foreground workers up and proved / 1", "x", 6,
               median(many_ms) / median(one_ms),
               fmt::format("{:.0f} ms / {:.0f} ms", median(many_ms), median(one_ms))});
}

}  // namespace bootcheck::bench
