// Many worlds, and what is to be said of them.
#pragma once

#include <cstdint>
#include <string>

namespace bootcheck::sim {

struct Limits {
  std::uint64_t passes = 0;    ///< so many at least
  std::uint64_t seconds = 0;   ///< and no longer; 0: as long as it takes
  std::uint64_t failures = 1;  ///< after so many worlds that fail it ends
};

struct Report {
  bool is_good = false;
  std::uint64_t passes = 0;
  std::uint64_t worlds = 0;
  std::string text;
};

/// Worlds of this seed and the following. Good: no invariant was broken, and everything that can
/// happen has.
Report run_worlds(std::uint64_t seed, const Limits& limits);

/// The shrunk story of one seed and all that happens in it.
std::string replay(std::uint64_t seed);

}  // namespace bootcheck::sim
