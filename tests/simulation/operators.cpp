// What people do: commands of bootcheck, and things by hand.
#include "simulation/life.h"

#include <algorithm>

namespace bootcheck::sim {

std::vector<std::size_t> Life::some_workers(Random& dice) const {
  std::vector<std::size_t> workers;
  const bool all = dice.chance(50);
  for (std::size_t at = 0; at < site_.kinds.size(); ++at) {
    if (all || dice.chance(50)) workers.push_back(at);
  }
  if (workers.empty()) workers.push_back(0);
  return workers;
}

PassOptions Life::about(const std::vector<std::size_t>& workers) const {
  PassOptions options;
  options.request.selected.resize(site_.kinds.size());
  for (const auto at : workers)
    options.request.selected[at] = true;
  return options;
}

void Life::stop_workers(const std::vector<std::size_t>& workers, std::optional<Duration> lasts) {
  auto options = about(workers);
  const auto since = world_.wall_clock();
  std::optional<WallTime> until;
  if (lasts) until = (since + *lasts).count() / 1000;
  options.edit = [this, workers, until](State& state) {
    for (const auto at : workers)
      state.holds[site_.config.workers[at].name] = {
          .by = "deploy", .reason = {}, .since = 1, .until = until};
  };
  operate(options, Duration{0}, false, [this, workers, until] {
    for (const auto at : workers)
      watch_.held(at, until ? std::optional(Duration{*until * 1000}) : std::nullopt);
  });
}

void Life::act_as_operator(Weather weather, Random& dice) {
  const auto workers = some_workers(dice);
  auto options = about(workers);
  const auto note_restart = [this, workers] {
    for (const auto at : workers)
      watch_.restart_asked(at);
  };
  switch (weather) {
    case Weather::restart:
    case Weather::restart_surge:
    case Weather::restart_wait:
      options.request.roll = true;
      if (weather == Weather::restart_surge) options.request.mode = RestartMode::surge;
      return operate(options,
                     weather == Weather::restart_wait ? dice.between(1min, 3h) : Duration{6s},
                     weather == Weather::restart_wait, note_restart);
    case Weather::stop:
      return stop_workers(workers, std::nullopt);
    case Weather::stop_for:
      return stop_workers(workers, dice.between(1min, 30min));
    case Weather::start:
      options.edit = [this, workers](State& state) {
        for (const auto at : workers) {
          const auto& name = site_.config.workers[at].name;
          state.holds.erase(name);
          if (const auto record = state.workers.find(name); record != state.workers.end())
            record->second.failures = {};
        }
      };
      return operate(options, Duration{0}, false, [this, workers] {
        for (const auto at : workers)
          watch_.released(at);
      });
    case Weather::start_by_hand:
      return programs_.start_by_hand(workers.front());
    case Weather::stop_by_hand: {
      auto alive = workers_alive();
      if (!alive.empty()) programs_.ask_by_hand(*world_.of_serial(dice.pick(alive)));
      return;
    }
    case Weather::kill_pass:
      if (dice.chance(50)) {
        fuses_.push_back(
            {.calls = static_cast<std::uint64_t>(dice.between(1, 250)), .at = Duration::max()});
      } else {
        fuses_.push_back({.at = world_.now() + 60s + dice.between(Duration{0}, 30s)});
      }
      return;
    default:
      return pass_of_cron();
  }
}

}  // namespace bootcheck::sim
