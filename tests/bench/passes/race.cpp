#include "passes/race.h"

#include <algorithm>
#include <random>
#include <stdexcept>

namespace bootcheck::bench {

double median(std::vector<double> values) {
  if (values.empty()) throw std::runtime_error("nothing was measured");
  std::ranges::sort(values);
  const auto middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

void Race::add(const std::string& name, Command command, int every) {
  runners_.push_back({.name = name, .command = std::move(command), .every = every, .wall_ms = {}});
}

void Race::run(int rounds) {
  std::vector<Runner*> order;
  for (auto& runner : runners_) {
    read_anew(runner.command.argv.front());
    wall_ms_of(runner.command);  // the first one finds cold caches
    order.push_back(&runner);
  }
  std::mt19937 chance;  // the same in every run
  for (int round = 0; round < rounds; ++round) {
    std::ranges::shuffle(order, chance);  // what ran before leaves its traces in the caches
    for (auto* runner : order) {
      if (round % runner->every == 0) runner->wall_ms.push_back(wall_ms_of(runner->command));
    }
  }
}

const Race::Runner& Race::find(const std::string& name) const {
  const auto runner = std::ranges::find(runners_, name, &Runner::name);
  if (runner == runners_.end()) throw std::runtime_error("nobody raced as " + name);
  return *runner;
}

double Race::ms(const std::string& name) const {
  return median(find(name).wall_ms);
}

double Race::fastest_ms(const std::string& name) const {
  return std::ranges::min(find(name).wall_ms);
}

}  // namespace bootcheck::bench
