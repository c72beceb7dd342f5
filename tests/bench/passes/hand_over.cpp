#include "passes/scenes.h"
#include "support/files.h"
#include "support/run.h"
#include "support/temp_dir.h"

#include <algorithm>
#include <csignal>
#include <sstream>
#include <stdexcept>

#include <fmt/format.h>

namespace bootcheck::bench {
namespace {

/// A line of a worker's diary: `exit 4711 123456789`.
struct Entry {
  std::string what;
  pid_t pid = 0;
  double ns = 0;
};

std::vector<Entry> read_diary(const Path& file) {
  std::vector<Entry> entries;
  for (const auto& line : test::lines_of(test::read_file(file))) {
    Entry entry;
    std::istringstream(line) >> entry.what >> entry.pid >> entry.ns;
    entries.push_back(entry);
  }
  return entries;
}

/// Workers that finish their job in some milliseconds when they are asked to stop.
class Workers {
 public:
  explicit Workers(const std::vector<int>& job_ms) : count_(job_ms.size()) {
    std::string text = "backoff: 0\nworkers:\n";
    for (std::size_t worker = 0; worker < count_; ++worker)
      text += fmt::format(
          "  - {{name: w{0}, start: [\"{1}\", \"{2}\", \"{3}\"], foreground: true, pid_file: "
          "tmp/pids/w{0}.pid}}\n",
          worker, BENCH_WORKER, diary(worker).native(), job_ms[worker]);
    test::write_file(folder_.path() / "config" / "bootcheck.yml", text);
    wall_ms_of({.argv = command({})});
  }
  ~Workers() {
    std::vector<pid_t> pids;
    for (std::size_t worker = 0; worker < count_; ++worker) {
      const auto entries = read_diary(diary(worker));
      if (!entries.empty()) pids.push_back(entries.back().pid);
    }
    try {
      end(pids, SIGKILL);
    } catch (const std::exception&) {
    }
  }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// From the last thing that the old one does to the first that the new one does, for each worker.
  std::vector<double> roll() const {
    const auto finished = test::run(command({"restart", "--wait=60s"}));
    if (finished.status != 0) throw std::runtime_error("restart --wait: " + finished.err);
    reap();
    std::vector<double> gaps;
    for (std::size_t worker = 0; worker < count_; ++worker) {
      const auto entries = read_diary(diary(worker));
      if (entries.size() < 3 || entries[entries.size() - 2].what != "exit")
        throw std::runtime_error("it was not rolled");
      gaps.push_back((entries.back().ns - entries[entries.size() - 2].ns) / 1e6);
    }
    return gaps;
  }

 private:
  Path diary(std::size_t worker) const { return folder_.path() / fmt::format("diary.{}", worker); }
  Argv command(Argv words) const {
    words.insert(words.begin(), {"-C", folder_.path().native()});
    return bootcheck(std::move(words));
  }

  test::TempDir folder_;
  std::size_t count_;
};

}  // namespace

void hand_over(Results& results, const Effort& effort) {
  const Workers one({300});
  std::vector<double> gaps;
  for (int round = 0; round < 2 * effort.slow; ++round)
    gaps.push_back(one.roll().front());
  results.add(
      {"restart --wait: exit of a worker to its successor's first instruction", " ms", 10,
       median(gaps),
       fmt::format("the slowest of {}: {:.1f} ms", gaps.size(), *std::ranges::max_element(gaps))});

  const Workers several({300, 400, 500});
  gaps.clear();
  for (int round = 0; round < effort.slow; ++round)
    gaps.push_back(several.roll().back());
  results.add(
      {"restart --wait: the same, 100 and 200 ms after two others", " ms", {}, median(gaps), ""});
}

}  // namespace bootcheck::bench
