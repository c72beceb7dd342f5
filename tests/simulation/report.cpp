#include "simulation/report.h"

#include "simulation/simulation.h"

#include <chrono>

#include <fmt/format.h>

namespace bootcheck::sim {
namespace {

std::string failure_text(std::uint64_t seed, const Outcome& outcome) {
  return fmt::format(
      "FAILED after {:.1f} s: {}\n  replay it: tests/simulation/run --replay {}\n"
      "  the shortest story that fails:\n{}",
      static_cast<double>(outcome.at.count()) / 1000, outcome.violation, seed,
      text_of(shrink(seed, story_of(seed))));
}

}  // namespace

void Report::add(const Report& other) {
  passes += other.passes;
  worlds += other.worlds;
  failures += other.failures;
  failed += other.failed;
  coverage.add(other.coverage);
}

std::string Report::text() const {
  auto text = failed + coverage.table();
  for (const auto& name : coverage.missing())
    text += "never happened: " + name + "\n";
  return text + fmt::format("{} passes in {} worlds, {} failed\n", passes, worlds, failures);
}

Report run_worlds(const Seeds& seeds, const Limits& limits, const BeforeWorld& before) {
  Report report;
  const auto began = std::chrono::steady_clock::now();
  const auto is_over = [&] {
    const auto spent = std::chrono::steady_clock::now() - began;
    return report.passes >= limits.passes || report.failures >= limits.failures ||
           (limits.seconds > 0 && spent >= std::chrono::seconds{limits.seconds});
  };
  for (auto seed = seeds.first; !is_over(); seed += seeds.stride, ++report.worlds) {
    if (before) before(seed, report);
    const auto outcome = run_world(seed, story_of(seed), report.coverage);
    report.passes += outcome.passes;
    if (outcome.violation.empty()) continue;
    ++report.failures;
    report.failed += failure_text(seed, outcome);
  }
  return report;
}

std::string replay(std::uint64_t seed) {
  Coverage coverage;
  const auto story = shrink(seed, story_of(seed));
  const auto outcome = run_world(seed, story, coverage, {.is_wanted = true});
  return text_of(story) + outcome.log +
         (outcome.violation.empty() ? "nothing fails\n" : "FAILED: " + outcome.violation + "\n");
}

}  // namespace bootcheck::sim
