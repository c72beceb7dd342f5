// Many worlds, and what is to be said of them.
#pragma once

#include "simulation/coverage.h"

#include <cstdint>
#include <functional>
#include <string>

namespace bootcheck::sim {

struct Limits {
  std::uint64_t passes = 0;    ///< so many at least
  std::uint64_t seconds = 0;   ///< and no longer; 0: as long as it takes
  std::uint64_t failures = 1;  ///< after so many worlds that fail it ends
};

struct Report {
  std::uint64_t passes = 0;
  std::uint64_t worlds = 0;
  std::uint64_t failures = 0;
  std::string failed;  ///< each failure: its line to replay it and the shortest story
  Coverage coverage;

  void add(const Report& other);
  /// No invariant was broken, and everything that can happen has.
  bool is_good() const { return failures == 0 && coverage.missing().empty(); }
  /// All of it, for people.
  std::string text() const;
};

/// Which seeds: that one and every `stride`-th after it.
struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t stride = 1;
};

/// Told of each world before it begins.
using BeforeWorld = std::function<void(std::uint64_t seed, const Report& so_far)>;

Report run_worlds(const Seeds& seeds, const Limits& limits, const BeforeWorld& before = {});

/// The same by so many processes side by side, which share the passes. A world that ends its
/// process, or that takes minutes, has failed like any other.
Report run_worlds_side_by_side(std::uint64_t first_seed, int processes, const Limits& limits);

/// The shrunk story of one seed and all that happens in it.
std::string replay(std::uint64_t seed);

}  // namespace bootcheck::sim
