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

/// Each of these worlds has broken an invariant once.
constexpr std::uint64_t kOnceBroken[] = {
    530,        4294,       6235,       50664,     52645,     92657,     9000020,    30001096,
    30001285,   30003553,   40004923,   50001193,  50003386,  71003127,  90001833,   90002414,
    90003875,   90005002,   90005026,   90006511,  90007764,  90007938,  90008160,   90008224,
    95001508,   95001872,   95003040,   95003156,  95003957,  95004883,  95005886,   95007630,
    95007710,   95008141,   110000153,  110000262, 110002059, 110002197, 110003477,  110004181,
    140001795,  150006673,  170001944,  170006252, 170018585, 170023402, 170024587,  170029005,
    170032590,  170039446,  170041095,  170042346, 170043054, 170048792, 170051224,  170052878,
    170056581,  170060637,  170062000,  170062615, 170063330, 170064276, 170071619,  170072505,
    181002547,  200004765,  200010926,  200014834, 210000132, 210000790, 210001247,  210004847,
    300010744,  300010855,  300019140,  300020286, 300020500, 300022944, 300055886,  300059378,
    300060396,  300017918,  300063066,  300070686, 410002065, 410014379, 410016120,  410016902,
    410020729,  410021693,  410024782,  410034875, 410038613, 410039760, 410057171,  410058040,
    410060033,  410066990,  500000981,  500019791, 600013127, 600037215, 600063457,  800023991,
    800033764,  800035400,  800059605,  800063650, 800063945, 900020032, 1000000603, 1100010988,
    1100011173, 1100020355, 1100048538, 1100065000};

TEST(Simulation, NoInvariantBreaksWhereOneOnceDid) {
  for (const auto seed : kOnceBroken) {
    Coverage coverage;
    const auto result = run_world(seed, story_of(seed), coverage, {});
    EXPECT_EQ(result.violation, "") << "seed " << seed;
  }
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
