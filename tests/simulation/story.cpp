#include "simulation/story.h"

#include "simulation/random.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace bootcheck::sim {
namespace {

constexpr auto kNames = std::to_array<const char*>({"crash",
                                                    "crash of all",
                                                    "slow boots",
                                                    "hanging boots",
                                                    "failing boots",
                                                    "short lives",
                                                    "long jobs",
                                                    "deploy",
                                                    "rollback",
                                                    "deploy of what does not boot",
                                                    "deploy of what hangs",
                                                    "releases removed",
                                                    "restart file touched",
                                                    "reboot",
                                                    "suspend",
                                                    "clock set forth",
                                                    "clock set back",
                                                    "host renamed",
                                                    "disk full",
                                                    "read-only disk",
                                                    "state not writable",
                                                    "I/O errors",
                                                    "few descriptors",
                                                    "hidepid",
                                                    "what workers need is away",
                                                    "status commands fail",
                                                    "pid file lost",
                                                    "pid file empty",
                                                    "pid file garbage",
                                                    "pid file stale",
                                                    "old draining file",
                                                    "state lost",
                                                    "state garbage",
                                                    "old state put back",
                                                    "strangers",
                                                    "another application's workers",
                                                    "worker changes its directory",
                                                    "worker forks",
                                                    "restart",
                                                    "restart --surge",
                                                    "restart --wait",
                                                    "stop",
                                                    "stop --for",
                                                    "start",
                                                    "start by hand",
                                                    "stop by hand",
                                                    "pass killed",
                                                    "overlapping pass"});
static_assert(kNames.size() == static_cast<std::size_t>(Weather::last));

}  // namespace

std::string name_of(Weather weather) {
  return kNames[static_cast<std::size_t>(weather)];
}

std::vector<std::string> all_weather() {
  return {kNames.begin(), kNames.end()};
}

/// A world knows some kinds of weather, so that what is rare happens often somewhere.
Story make_story(std::uint64_t seed, Duration begins, Duration length) {
  Random random(mixed(seed, 7));
  std::vector<Weather> kinds;
  const int variety = random.between(2, 9);
  for (int count = 0; count < variety; ++count)
    kinds.push_back(static_cast<Weather>(random.between(0, static_cast<int>(Weather::last) - 1)));
  const int chapters = random.between(3, 28);
  Story story;
  for (int count = 0; count < chapters; ++count)
    story.push_back({.at = begins + random.between(Duration{0}, length),
                     .weather = random.pick(kinds),
                     .dice = random.next()});
  std::ranges::sort(story, {}, &Chapter::at);
  return story;
}

std::string text_of(const Story& story) {
  std::string text;
  for (const auto& chapter : story)
    text += fmt::format("  {:>8.1f} s  {}\n", static_cast<double>(chapter.at.count()) / 1000,
                        name_of(chapter.weather));
  return text;
}

}  // namespace bootcheck::sim
