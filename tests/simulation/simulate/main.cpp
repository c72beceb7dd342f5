// simulate [--passes N] [--seed S]: worlds from that seed on until so many passes were run; or
// --replay S: one world, told in full.
#include "simulation/report.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

std::uint64_t number_behind(int argc, char** argv, const char* option, std::uint64_t otherwise) {
  for (int at = 1; at + 1 < argc; ++at) {
    if (std::strcmp(argv[at], option) == 0) return std::strtoull(argv[at + 1], nullptr, 10);
  }
  return otherwise;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace bootcheck::sim;
  if (const auto seed = number_behind(argc, argv, "--replay", 0); seed != 0) {
    std::fputs(replay(seed).c_str(), stdout);
    return 0;
  }
  const Limits limits{.passes = number_behind(argc, argv, "--passes", 100'000),
                      .seconds = number_behind(argc, argv, "--seconds", 0),
                      .failures = number_behind(argc, argv, "--failures", 1)};
  const auto report = run_worlds(number_behind(argc, argv, "--seed", 1), limits);
  std::fputs(report.text.c_str(), stdout);
  return report.is_good ? 0 : 1;
}
