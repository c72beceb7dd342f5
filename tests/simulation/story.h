// What happens to a machine over some hours, as a list that can be made shorter.
#pragma once

#include "util/types.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bootcheck::sim {

enum class Weather {
  crash,
  crash_all,
  slow_boots,
  hanging_boots,
  failing_boots,
  short_lives,
  long_jobs,
  deploy,
  rollback,
  deploy_broken,
  deploy_hanging,
  remove_releases,
  touch_restart_file,
  reboot,
  suspend,
  clock_forth,
  clock_back,
  rename_host,
  disk_full,
  read_only,
  state_stuck,
  io_errors,
  few_descriptors,
  hidepid,
  not_ready,
  status_fails,
  pid_file_lost,
  pid_file_empty,
  pid_file_garbage,
  pid_file_stale,
  draining_file,  ///< an old `.draining.N` of a pid that lives
  state_lost,
  state_garbage,
  state_old,  ///< a copy of an hour ago is put back
  strangers,
  neighbour,  ///< another application's workers are started anew
  change_directory,
  fork_child,
  restart,
  restart_surge,
  restart_wait,
  stop,
  stop_for,
  start,
  start_by_hand,
  stop_by_hand,
  kill_pass,
  overlapping_pass,
  last  ///< none
};

std::string name_of(Weather weather);
std::vector<std::string> all_weather();

struct Chapter {
  Duration at{0};  ///< on the world's clock
  Weather weather = Weather::crash;
  std::uint64_t dice = 0;  ///< for whatever it leaves open
};
using Story = std::vector<Chapter>;

/// The story of a seed, in the order of time, which ends after `length`.
Story make_story(std::uint64_t seed, Duration begins, Duration length);

/// One line a chapter.
std::string text_of(const Story& story);

}  // namespace bootcheck::sim
