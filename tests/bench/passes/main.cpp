// bench_passes [--quick] PARTS.json RESULTS.json CHARTS.dat - measures whole passes and prints what
// came out. Takes PARTS.json from bench_parts. Exits with 1 where a target is missed.
#include "passes/scenes.h"
#include "support/files.h"

#include <cstdio>
#include <exception>
#include <string_view>

namespace bench = bootcheck::bench;

namespace {

int run(const bench::Effort& effort, const std::vector<std::string>& files) {
  bench::adopt_orphans();
  const auto parts = bench::read_benchmarks(files[0]);
  bench::Results results;
  results.scene("a pass over 3 running delayed_job workers",
                [&](auto& to) { look_at_three(to, parts, effort); });
  results.scene("a pass over 1000 running workers",
                [&](auto& to) { look_at_thousand(to, effort); });
  results.scene("the pure plan", [&](auto& to) { plan(to, parts); });
  results.scene("8 missing delayed_job workers",
                [&](auto& to) { bring_up_delayed_job(to, effort); });
  results.scene("1000 missing foreground workers",
                [&](auto& to) { bring_up_foreground(to, effort); });
  results.scene("from exit to the successor's start", [&](auto& to) { hand_over(to, effort); });
  results.scene("a deploy", [&](auto& to) { deploy(to, effort); });
  results.scene("resident memory between two looks", [&](auto& to) { residents(to); });
  bootcheck::test::write_file(files[1], results.json());
  bootcheck::test::write_file(files[2], results.chart_data());
  std::fputs(results.table().c_str(), stdout);
  return results.all_met() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> files(argv + 1, argv + argc);
  bench::Effort effort;
  if (!files.empty() && files.front() == "--quick") {
    effort = {.quick = 20, .slow = 1};
    files.erase(files.begin());
  }
  if (files.size() != 3) {
    std::fputs("usage: bench_passes [--quick] PARTS.json RESULTS.json CHARTS.dat\n", stderr);
    return 2;
  }
  try {
    return run(effort, files);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_passes: %s\n", error.what());
    return 3;
  }
}
