// simulate [--passes N] [--seconds N] [--seed N] [--failures N] [--jobs N]: worlds from that seed
// on, until so many passes were run, the time is over, or so many worlds have failed; or
// --replay SEED: one world, its story made as short as it can be, told in full.
#include "simulation/report.h"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <unistd.h>

namespace {

using Numbers = std::map<std::string, std::uint64_t, std::less<>>;

constexpr std::uint64_t kMostPasses = 1'000'000'000;
constexpr std::uint64_t kMostJobs = 64;

/// None: it is wrong.
std::optional<Numbers> read_options(int argc, char** argv) {
  const auto processors = static_cast<std::uint64_t>(::sysconf(_SC_NPROCESSORS_ONLN));
  Numbers numbers = {{"--passes", 100'000}, {"--seconds", 0},       {"--seed", 1},
                     {"--failures", 1},     {"--jobs", processors}, {"--replay", 0}};
  for (int at = 1; at < argc; at += 2) {
    const auto known = numbers.find(std::string_view(argv[at]));
    if (known == numbers.end() || at + 1 == argc) return std::nullopt;
    const std::string_view text = argv[at + 1];
    const auto end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, known->second);
    if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  }
  if (numbers["--passes"] > kMostPasses || numbers["--failures"] == 0) return std::nullopt;
  if (numbers["--jobs"] == 0 || numbers["--jobs"] > kMostJobs) return std::nullopt;
  return numbers;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace bootcheck::sim;
  ::clearenv();  // a world depends on nothing but its seed
  auto numbers = read_options(argc, argv);
  if (!numbers) {
    std::fputs(
        "usage: [--passes N] [--seconds N] [--seed N] [--failures N] [--jobs N] | --replay SEED\n",
        stderr);
    return 2;
  }
  if (const auto seed = (*numbers)["--replay"]; seed != 0) {
    std::fputs(replay(seed).c_str(), stdout);
    return 0;
  }
  const Limits limits{.passes = (*numbers)["--passes"],
                      .seconds = (*numbers)["--seconds"],
                      .failures = (*numbers)["--failures"]};
  const auto report = run_worlds_side_by_side((*numbers)["--seed"],
                                              static_cast<int>((*numbers)["--jobs"]), limits);
  std::fputs(report.text().c_str(), stdout);
  return report.is_good() ? 0 : 1;
}
