// One world from its seed to its end: hours of weather over whole passes, then a calm in which all
// has to become well.
#pragma once

#include "simulation/coverage.h"
#include "simulation/story.h"

#include <optional>
#include <string>

namespace bootcheck::sim {

struct Outcome {
  std::uint64_t passes = 0;  ///< that judged at least one worker
  std::string violation;     ///< empty: there was none
  Duration at{0};            ///< when
  std::string log;           ///< what was told, if it was asked for
};

struct Telling {
  bool is_wanted = false;  ///< a log of what happens
};

/// The story of a seed.
Story story_of(std::uint64_t seed);

/// Runs the world of that seed, but with that story.
Outcome run_world(std::uint64_t seed, const Story& story, Coverage& coverage,
                  const Telling& telling = {});

/// The shortest story found, by leaving out what is not needed, that fails still.
Story shrink(std::uint64_t seed, Story story);

}  // namespace bootcheck::sim
