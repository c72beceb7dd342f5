// Numbers that all come from one seed.
#pragma once

#include "util/types.h"

#include <cstddef>
#include <cstdint>

namespace bootcheck::sim {

/// splitmix64: small, and the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    auto value = state_;
    value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
    value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
  }

  /// From `least` to `most`, both included.
  int between(int least, int most) {
    const auto span = static_cast<std::uint64_t>(most - least) + 1;
    return least + static_cast<int>(next() % span);
  }
  bool chance(int percent) { return between(1, 100) <= percent; }
  Duration between(Duration least, Duration most) {
    const auto span = static_cast<std::uint64_t>((most - least).count()) + 1;
    return least + Duration{static_cast<Duration::rep>(next() % span)};
  }
  template <class Container>
  auto& pick(Container& container) {
    return container[next() % container.size()];
  }

 private:
  std::uint64_t state_;
};

/// Another seed out of two numbers.
inline std::uint64_t mixed(std::uint64_t one, std::uint64_t other) {
  return Random(one ^ Random(other).next()).next();
}

}  // namespace bootcheck::sim
