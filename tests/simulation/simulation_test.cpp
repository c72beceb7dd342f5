// Worlds as they are tried with everything else; tests/simulation/run tries as many as one wants.
#include "simulation/simulation.h"

#include "simulation/report.h"

#include <gtest/gtest.h>

namespace bootcheck::sim {
namespace {

/// So many that everything happens that can.
TEST(Simulation, NoInvariantBreaksInWorldsThatAreAlwaysTheSame) {
  const auto report = run_worlds({.first = 1}, {.passes = 30'000});
  EXPECT_TRUE(report.is_good()) << report.text();
}

/// What a seed does must depend on nothing else, or it could not be replayed.
TEST(Simulation, ASeedTellsTheSameStoryTwice) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Coverage coverage;
    const auto story = story_of(seed);
    const auto once = run_world(seed, story, coverage, {.is_wanted = true});
    const auto again = run_world(seed, story, coverage, {.is_wanted = true});
    EXPECT_EQ(once.log, again.log) << "seed " << seed;
    EXPECT_GT(once.passes, 0) << "seed " << seed;
  }
}

}  // namespace
}  // namespace bootcheck::sim
