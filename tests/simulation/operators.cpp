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

Orders Life::order(const std::vector<std::size_t>& workers, const Ask& what) const {
  Orders orders;
  orders.selection.resize(site_.kinds.size());
  for (const auto at : workers) {
    orders.selection[at] = true;
    orders.requests.push_back({.worker = site_.config.workers[at].name, .what = what});
  }
  return orders;
}

void Life::stop_workers(const std::vector<std::size_t>& workers, std::optional<Duration> lasts) {
  std::optional<WallTime> until;
  if (lasts) until = (world_.wall_clock() + *lasts).count() / 1000;
  const Hold hold{.by = "deploy", .reason = {}, .since = 1, .until = until};
  operate(order(workers, AskForHold{hold}), Duration{0}, false, [this, workers, until] {
    for (const auto at : workers)
      watch_.held(at, until ? std::optional(Duration{*until * 1000}) : std::nullopt);
  });
}

void Life::restart_workers(const std::vector<std::size_t>& workers, bool surge, Duration patience,
                           bool must_wait) {
  AskForRoll ask{.boot_id = "boot-" + std::to_string(world_.boot),
                 .roll = {.at = world_.boot_clock().count(), .mode = {}}};
  if (surge) ask.roll.mode = RestartMode::surge;
  operate(order(workers, ask), patience, must_wait, [this, workers] {
    for (const auto at : workers)
      watch_.restart_asked(at);
  });
}

void Life::act_as_operator(Weather weather, Random& dice) {
  const auto workers = some_workers(dice);
  switch (weather) {
    case Weather::restart:
    case Weather::restart_surge:
      return restart_workers(workers, weather == Weather::restart_surge, 6s, false);
    case Weather::restart_wait:
      return restart_workers(workers, false, dice.between(1min, 3h), true);
    case Weather::stop:
      return stop_workers(workers, std::nullopt);
    case Weather::stop_for:
      return stop_workers(workers, dice.between(1min, 30min));
    case Weather::start:
      return operate(order(workers, AskForRelease{}), Duration{0}, false, [this, workers] {
        for (const auto at : workers)
          watch_.released(at);
      });
    case Weather::start_by_hand:
      // Of workers that look alike nobody could say whose it is.
      if (site_.kinds[workers.front()] != Kind::twin) programs_.start_by_hand(workers.front());
      return;
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
