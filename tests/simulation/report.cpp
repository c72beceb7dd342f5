#include "simulation/report.h"

#include "simulation/simulation.h"

#include <chrono>

#include <fmt/format.h>

namespace bootcheck::sim {
namespace {

std::string story_text(std::uint64_t seed) {
  return text_of(shrink(seed, story_of(seed)));
}

std::string failure_text(std::uint64_t seed, const Outcome& outcome) {
  return fmt::format(
      "FAILED after {:.1f} s: {}\n  replay it: tests/simulation/run --replay {}\n"
      "  the shortest story that fails:\n{}",
      static_cast<double>(outcome.at.count()) / 1000, outcome.violation, seed, story_text(seed));
}

}  // namespace

Report run_worlds(std::uint64_t seed, const Limits& limits) {
  Report report;
  Coverage coverage;
  std::uint64_t failures = 0;
  const auto began = std::chrono::steady_clock::now();
  const auto is_over = [&] {
    const auto spent = std::chrono::steady_clock::now() - began;
    return report.passes >= limits.passes || failures >= limits.failures ||
           (limits.seconds > 0 && spent >= std::chrono::seconds{limits.seconds});
  };
  for (; !is_over(); ++seed, ++report.worlds) {
    const auto outcome = run_world(seed, story_of(seed), coverage);
    report.passes += outcome.passes;
    if (outcome.violation.empty()) continue;
    ++failures;
    report.text += failure_text(seed, outcome);
  }
  report.text += coverage.table();
  report.is_good = failures == 0;
  for (const auto& name : coverage.missing()) {
    report.is_good = false;
    report.text += "never happened: " + name + "\n";
  }
  report.text +=
      fmt::format("{} passes in {} worlds, {} failed\n", report.passes, report.worlds, failures);
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
