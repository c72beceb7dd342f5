#include "simulation/simulation.h"

#include "simulation/life.h"

namespace bootcheck::sim {
namespace {

constexpr Duration kBegins = 1h;

Duration length_of(std::uint64_t seed) {
  return Random(mixed(seed, 5)).between(10min, 150min);
}

}  // namespace

Story story_of(std::uint64_t seed) {
  return make_story(seed, kBegins, length_of(seed));
}

Outcome run_world(std::uint64_t seed, const Story& story, Coverage& coverage,
                  const Telling& telling) {
  Outcome outcome;
  Life life(seed, coverage, telling.is_wanted);
  try {
    life.live(story, length_of(seed));
    life.calm_down();
  } catch (const Violation& violation) {
    outcome.violation = violation.what;
    outcome.at = life.now();
  }
  life.tell_state();
  outcome.passes = life.passes();
  outcome.log = life.log();
  return outcome;
}

Story shrink(std::uint64_t seed, Story story) {
  for (std::size_t length = story.size(); length > 0; length /= 2) {
    for (std::size_t at = 0; at + length <= story.size();) {
      auto shorter = story;
      const auto first = shorter.begin() + static_cast<std::ptrdiff_t>(at);
      shorter.erase(first, first + static_cast<std::ptrdiff_t>(length));
      Coverage nobody;
      if (run_world(seed, shorter, nobody).violation.empty()) {
        at += length;
      } else {
        story = std::move(shorter);
      }
    }
  }
  return story;
}

}  // namespace bootcheck::sim
