// `launcher: systemd`: a start command handed to a transient unit, so that what it starts lives in
// a cgroup and a clean context of its own and not in that of cron or of a timer's unit.
#pragma once

#include "config/config.h"
#include "launch/launch.h"
#include "util/unique_fd.h"

#include <string>

namespace bootcheck {

/// Whether starts go through systemd: told so, or, left to choose, where bootcheck is run by root
/// on a machine that systemd has booted (sd_booted(3): /run/systemd/system exists).
bool uses_systemd(const Config& config);

/// What systemd is told besides the command itself.
struct UnitSettings {
  std::string description;
  bool forks = true;  ///< the command exits when its daemons run; else it is the worker itself
  std::string environment;    ///< path of an EnvironmentFile=; values stay out of `systemctl show`
  std::string input;          ///< path of what the command reads from stdin; empty: /dev/null
  int stop_signal = SIGTERM;  ///< for who stops the unit, and at shutdown
  Duration start_timeout{0};
};

/// The command of `request` as one for systemd-run(1), which ends when the start has succeeded or
/// failed. Pure.
Argv transient_unit_command(const LaunchRequest& request, const UnitSettings& settings);

/// The environment as systemd.exec(5) reads an EnvironmentFile=. Pure.
std::string environment_file(const std::map<std::string, std::string>& env);

/// A start handed to systemd. systemd reads the input and the environment from this process, so it
/// has to live until the start command has ended.
class TransientUnit {
 public:
  /// Replaces `request` by one for systemd-run. Throws std::system_error, EPERM when this is not
  /// root.
  TransientUnit(LaunchRequest& request, const Worker& first, std::string description);

 private:
  UniqueFd environment_;
  UniqueFd input_;
};

}  // namespace bootcheck
