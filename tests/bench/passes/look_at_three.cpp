#include "passes/scenes.h"
#include "passes/system_calls.h"
#include "support/files.h"
#include "support/run.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>

namespace bootcheck::bench {
namespace {

constexpr int kWorkers = 3;

/// What scripts in crontabs do: $(cat FILE) forks; and the best a shell can do, which does not.
std::string kill_0_loop(const std::string& pid_of_file) {
  return "for file in tmp/pids/delayed_job.*.pid; do " + pid_of_file +
         "kill -0 \"$pid\" || echo \"$file: not running\"; done";
}
const char* const kByCat = "pid=$(cat \"$file\"); ";
const char* const kByRead = "read -r pid <\"$file\"; ";

Command flocked(const test::DemoApp& app, const Argv& argv) {
  Argv words = {"flock", "-n", "tmp/pids/flock"};
  words.insert(words.end(), argv.begin(), argv.end());
  return {.argv = std::move(words), .directory = app.root()};
}

/// The script that bootcheck replaces: it asks each worker's own script.
Command ruby_batch(const test::DemoApp& app) {
  std::string script = "set -e\n";
  for (int worker = 0; worker < kWorkers; ++worker)
    script += fmt::format("ruby bin/delayed_job --identifier={} status\n", worker);
  return {.argv = {"sh", "-c", script}, .directory = app.root()};
}

Command pass_of(const test::DemoApp& app) {
  return {.argv = bootcheck({"-C", app.root().native(), "-n", std::to_string(kWorkers)})};
}

/// What `-n 3` amounts to.
Path config_file(const test::DemoApp& app) {
  const auto file = app.root() / "config" / "three.yml";
  test::write_file(file, fmt::format("workers: [{{preset: delayed_job, count: {}}}]\n", kWorkers));
  return file;
}

/// What such a pass computes, where nothing is read for the first time: the rest is the start of a
/// process, system calls, and pages and code that nothing has touched before.
void computing(Results& results, const Nanoseconds& parts, double pass_ms) {
  double sum_us = 0;
  std::string note;
  for (const auto* part : {"options", "configuration", "state", "stat", "plan"}) {
    const double us = parts.at(part) / 1000;
    sum_us += us;
    note += fmt::format("{}{} {:.1f}", note.empty() ? "us: " : ", ", part, us);
  }
  results.add({"what that pass computes, once warm / the whole pass",
               "x",
               {},
               sum_us / 1000 / pass_ms,
               note});
}

void race(Results& results, const RunningWorkers& workers, const Nanoseconds& parts,
          const Effort& effort) {
  const auto& app = workers.app();
  const bool has_monit = !find_program("monit").empty();
  Race race;
  race.add("true", {.argv = {"/bin/true"}});
  race.add("pass", pass_of(app));
  race.add("by file",
           {.argv = bootcheck({"-C", app.root().native(), "-c", config_file(app).native()})});
  race.add("bare pass", {.argv = {BENCH_BARE_PASS, app.root().native(), std::to_string(kWorkers)}});
  race.add("flock", flocked(app, {"/bin/true"}));
  race.add("cat loop", flocked(app, {"sh", "-c", kill_0_loop(kByCat)}));
  race.add("read loop", flocked(app, {"sh", "-c", kill_0_loop(kByRead)}));
  race.add("batch", ruby_batch(app), effort.quick / effort.slow);
  if (has_monit) race.add("monit", workers.monit_validate());
  race.run(effort.quick);

  const auto times = [&](const std::string& name) {
    return fmt::format("{:.2f} ms / {:.2f} ms", race.ms("pass"), race.ms(name));
  };
  const std::string what = "pass over 3 running workers / ";
  const auto row = [&](const std::string& name, const std::string& reference,
                       std::optional<double> target) {
    results.add({what + reference, "x", target, race.ratio("pass", name), times(name)});
  };
  row("true", "/bin/true", 1.25);
  // Far from the medians' ratio: the machine is too busy for any of these figures.
  const double ours = race.fastest_ms("pass");
  const double theirs = race.fastest_ms("true");
  results.add({what + "/bin/true, fastest of each",
               "x",
               {},
               ours / theirs,
               fmt::format("{:.2f} ms / {:.2f} ms", ours, theirs)});
  results.add({"the same, with a configuration file / /bin/true",
               "x",
               {},
               race.ratio("by file", "true"),
               fmt::format("{:.2f} ms / {:.2f} ms", race.ms("by file"), race.ms("true"))});
  row("bare pass", "a bare static program with its system calls only", {});
  computing(results, parts, race.ms("pass"));
  row("flock", "flock -n FILE /bin/true", 0.5);
  row("cat loop", "flock, sh, kill -0 \"$(cat FILE)\"", 0.2);
  row("read loop", "the same, with read instead of cat", {});
  row("batch", "bin/delayed_job status, 3 times", 0.0005);
  if (has_monit) row("monit", "monit validate", {});

  const std::string chart = "One look at three running workers, in milliseconds (logarithmic)";
  results.draw({chart, "/bin/true, for comparison", race.ms("true")});
  results.draw({chart, "bootcheck", race.ms("pass"), true});
  results.draw({chart, "flock -n FILE /bin/true", race.ms("flock")});
  results.draw({chart, "flock, sh, kill -0", race.ms("cat loop")});
  if (has_monit) results.draw({chart, "monit validate", race.ms("monit")});
  results.draw({chart, "bin/delayed_job status, 3 times", race.ms("batch")});
}

/// What differs a little from run to run.
double median_of_some(const std::function<double()>& figure) {
  std::vector<double> figures(11);
  std::ranges::generate(figures, figure);
  return median(figures);
}

void peak_memory(Results& results, const test::DemoApp& app) {
  const auto peak_of = [&](Argv argv) {
    argv.insert(argv.begin(), BENCH_PEAK);
    const auto finished = test::run(argv);
    if (finished.status != 0) throw std::runtime_error("bench_peak: " + finished.err);
    return std::stod(finished.out) / 1024;
  };
  results.add({"peak resident memory of that pass", " MB", 3,
               median_of_some([&] { return peak_of(pass_of(app).argv); }),
               fmt::format("/bin/true: {:.2f} MB", peak_of({"/bin/true"}))});
}

void page_faults(Results& results, const test::DemoApp& app) {
  const auto faults_of = [](const Command& command) {
    return median_of_some([&] { return static_cast<double>(measure(command).page_faults); });
  };
  results.add({"page faults of that pass",
               "",
               {},
               faults_of(pass_of(app)),
               fmt::format("/bin/true: {}", faults_of({.argv = {"/bin/true"}}))});
}

void calls(Results& results, const test::DemoApp& app) {
  const auto scratch = app.root() / "strace";
  const auto pass = system_calls(pass_of(app), scratch);
  const auto total = [](const auto& counts) {
    return std::accumulate(counts.begin(), counts.end(), 0,
                           [](int sum, const auto& each) { return sum + each.second; });
  };
  const auto nothing = system_calls({.argv = {"/bin/true"}}, scratch);
  results.add({"system calls of that pass",
               "",
               {},
               total(pass),
               fmt::format("/bin/true: {}", total(nothing))});
  const auto among = [&](const std::string& what, const std::vector<std::string>& names) {
    double count = 0;
    for (const auto& name : names)
      count += pass.contains(name) ? pass.at(name) : 0;
    results.add({what, "", 0, count, ""});
  };
  among("forks of that pass", {"clone", "clone3", "fork", "vfork"});
  among("writes of that pass",
        {"write", "writev", "pwrite64", "rename", "fsync", "fdatasync", "unlink"});
}

}  // namespace

void look_at_three(Results& results, const Nanoseconds& parts, const Effort& effort) {
  const RunningWorkers workers(kWorkers);
  wall_ms_of(
      pass_of(workers.app()));  // it remembers what it has proved; from now on nothing changes
  race(results, workers, parts, effort);
  peak_memory(results, workers.app());
  page_faults(results, workers.app());
  calls(results, workers.app());
}

}  // namespace bootcheck::bench
