// The chapters of a story, happening.
#include "simulation/life.h"

#include <algorithm>

#include <fmt/format.h>

namespace bootcheck::sim {
namespace {

constexpr Duration kLongestFault = 12min;

}  // namespace

void Life::begin(const Chapter& chapter) {
  if (world_.climate.is_calm) return;
  coverage_.count("weather", name_of(chapter.weather));
  tell("* " + name_of(chapter.weather));
  Random dice(chapter.dice);
  const auto weather = chapter.weather;
  if (weather <= Weather::long_jobs) {
    change_processes(weather, dice);
  } else if (weather <= Weather::touch_restart_file) {
    change_code(weather, dice);
  } else if (weather <= Weather::status_fails) {
    change_machine(weather, dice);
  } else if (weather <= Weather::fork_child) {
    change_files(weather, dice);
  } else {
    act_as_operator(weather, dice);
  }
  watch_.weather_changed();
}

std::vector<std::uint64_t> Life::workers_alive() const {
  std::vector<std::uint64_t> serials;
  for (const auto& [pid, process] : world_.processes) {
    if (process.role == Role::worker) serials.push_back(process.serial);
  }
  return serials;
}

void Life::change_processes(Weather weather, Random& dice) {
  auto& climate = world_.climate;
  const auto until = world_.now() + dice.between(2min, 25min);
  auto alive = workers_alive();
  if (weather == Weather::crash && !alive.empty())
    programs_.crash(*world_.of_serial(dice.pick(alive)));
  if (weather == Weather::crash_all) {
    for (const auto serial : alive)
      programs_.crash(*world_.of_serial(serial));
  }
  if (weather == Weather::slow_boots) climate.slow_boots = until;
  if (weather == Weather::hanging_boots) climate.hanging_boots = until;
  if (weather == Weather::failing_boots) climate.failing_boots = until;
  if (weather == Weather::short_lives) climate.short_lives = until;
  if (weather == Weather::long_jobs) climate.long_jobs = until;
}

// --- code ----------------------------------------------------------------------------------------

void Life::change_code(Weather weather, Random& dice) {
  const auto present = present_release(world_, site_);
  if (weather == Weather::touch_restart_file) {
    // Each release has a folder of its own for it.
    world_.files.put(site_.link / "tmp/restart.txt", "", world_.wall_clock());
    return watch_.restart_file_touched();
  }
  if (weather == Weather::remove_releases) {
    std::vector<std::string> old;
    for (const auto& [release, boot] : world_.releases) {
      if (release != present.native()) old.push_back(release);
    }
    for (const auto& release : old) {
      world_.files.remove_folder(release);
      world_.releases.erase(release);
    }
    return;
  }
  if (weather == Weather::rollback && world_.releases.size() > 1) {
    auto release = world_.releases.begin();
    std::advance(release, dice.between(0, static_cast<int>(world_.releases.size()) - 1));
    move_link(world_, site_, release->first);
  } else {
    const auto boot = weather == Weather::deploy_broken    ? Boot::fails
                      : weather == Weather::deploy_hanging ? Boot::hangs
                                                           : Boot::well;
    move_link(world_, site_, add_release(world_, site_, boot));
  }
  if (dice.chance(30)) world_.files.put(site_.link / "tmp/restart.txt", "", world_.wall_clock());
  watch_.restart_file_touched();
  watch_.deployed();
}

// --- the machine ---------------------------------------------------------------------------------

void Life::change_machine(Weather weather, Random& dice) {
  auto& faults = world_.faults;
  const auto until = world_.now() + dice.between(Duration{200}, kLongestFault);
  switch (weather) {
    case Weather::reboot:
      return reboot(dice);
    case Weather::suspend:
      world_.suspended += dice.between(5s, 6h);
      return;
    case Weather::clock_forth:
      world_.wall_offset += dice.between(1s, 48h);
      return;
    case Weather::clock_back:
      world_.wall_offset -= dice.between(1s, 48h);
      return;
    case Weather::rename_host:
      world_.host = fmt::format("web{}", dice.between(1, 9));
      return;
    case Weather::disk_full:
      faults.disk_full = until;
      return;
    case Weather::read_only:
      faults.read_only = until;
      return;
    case Weather::state_stuck:
      faults.state_stuck = until;
      return;
    case Weather::io_errors:
      faults.io_errors = until;
      return;
    case Weather::few_descriptors:
      faults.descriptors = until;
      return;
    case Weather::hidepid:
      faults.hides_processes = until;
      return;
    case Weather::not_ready:
      faults.not_ready = until;
      return;
    default:
      faults.status_fails = until;
      return;
  }
}

/// What starts at boot comes by the pids of those that ran before.
void Life::reboot(Random& dice) {
  world_.reboot();
  add_strangers(dice.between(0, 15), dice);
  if (dice.chance(40)) add_neighbours();
  add_strangers(dice.between(0, 15), dice);
}

void Life::add_strangers(int count, Random& dice) {
  for (int added = 0; added < count; ++added) {
    auto& stranger = world_.bear(Role::stranger, {"postgres"}, "/var/lib/postgresql", 1);
    if (dice.chance(50)) stranger.shown.uid = 0;
    if (dice.chance(30)) stranger.shown.cwd = site_.shared;
    world_.at(world_.now() + dice.between(10s, 20h), stranger.serial,
              [this](Inhabitant& it) { world_.end(it, Exited{0}); });
  }
}

/// The same user's, with the same titles.
void Life::add_neighbours() {
  world_.files.add_folder(site_.neighbour);
  // In a folder of several applications' releases only their links tell whose each one is.
  if (is_below(site_.neighbour, "/srv/releases")) world_.files.link("/srv/blog", site_.neighbour);
  for (const auto& [pid, process] : world_.processes) {
    if (process.role == Role::neighbour) return;
  }
  for (const auto& worker : site_.config.workers) {
    if (!worker.process_title.empty()) bear_neighbour(worker.process_title);
  }
}

void Life::bear_neighbour(const std::string& title) {
  world_.bear(Role::neighbour, {title}, site_.neighbour, 1);
}

// --- files ---------------------------------------------------------------------------------------

void Life::change_files(Weather weather, Random& dice) {
  auto& files = world_.files;
  const auto& state_file = site_.config.state_file;
  auto alive = workers_alive();
  switch (weather) {
    case Weather::state_lost:
      files.erase(state_file);
      return watch_.memory_lost();
    case Weather::state_garbage:
      files.put(state_file, "{\"schema\":", world_.wall_clock());
      return watch_.memory_lost();
    case Weather::state_old:
      if (const auto* file = files.find(state_file)) {
        const auto text = file->text;
        world_.at(world_.now() + dice.between(1min, 2h), [this, text] {
          if (world_.climate.is_calm) return;
          world_.files.put(site_.config.state_file, text, world_.wall_clock());
          watch_.memory_lost();
          watch_.weather_changed();
        });
      }
      return;
    case Weather::strangers:
      return add_strangers(dice.between(1, 20), dice);
    case Weather::neighbour: {
      std::vector<std::uint64_t> old;
      for (const auto& [pid, process] : world_.processes) {
        if (process.role == Role::neighbour) old.push_back(process.serial);
      }
      for (const auto serial : old)
        world_.end(*world_.of_serial(serial), Exited{0});
      return add_neighbours();
    }
    case Weather::draining_file:
      return put_old_draining_file(dice);
    case Weather::change_directory:
      if (!alive.empty()) world_.of_serial(dice.pick(alive))->shown.cwd = Path("/tmp");
      return;
    case Weather::fork_child:
      if (!alive.empty()) programs_.fork_child(*world_.of_serial(dice.pick(alive)));
      return;
    default:
      return spoil_pid_file(weather, dice);
  }
}

void Life::spoil_pid_file(Weather weather, Random& dice) {
  const auto& file = dice.pick(site_.config.workers).pid_file;
  if (weather == Weather::pid_file_lost) {
    world_.files.erase(file);
    return;
  }
  std::string text;
  if (weather == Weather::pid_file_garbage) text = "nonsense\n";
  if (weather == Weather::pid_file_stale && world_.processes.empty()) text = "29000\n";
  if (weather == Weather::pid_file_stale && !world_.processes.empty()) {
    auto process = world_.processes.begin();
    std::advance(process, dice.between(0, static_cast<int>(world_.processes.size()) - 1));
    const bool is_alive = dice.chance(70);
    process->second.was_named = process->second.was_named || is_alive;
    text = is_alive ? fmt::format("{}\n", process->first) : "29000\n";
  }
  world_.files.put(file, text, world_.wall_clock());
}

void Life::put_old_draining_file(Random& dice) {
  const auto at =
      static_cast<std::size_t>(dice.between(0, static_cast<int>(site_.kinds.size()) - 1));
  for (const auto& [pid, process] : world_.processes) {
    const bool is_it = process.role == Role::worker && process.worker == at;
    if (!is_it) continue;
    world_.files.put(set_aside_path(site_.config.workers[at].pid_file, pid),
                     fmt::format("{}\n", pid), world_.wall_clock());
    return;
  }
}

}  // namespace bootcheck::sim
