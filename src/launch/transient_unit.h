// `launcher: systemd`: a start command handed to a transient unit, so that what it starts lives in
// a cgroup and a clean context of its own and not in that of cron or of a timer's unit.
#pragma once

#include "config/config.h"
#include "launch/unit_order.h"
#include "system/launches.h"
#include "util/unique_fd.h"

#include <string>

namespace bootcheck {

/// Whether this machine was booted by systemd (sd_booted(3): /run/systemd/system exists).
bool is_under_systemd();

/// Whether starts go through systemd: told so, or, left to choose, under systemd where this is root
/// or there is somebody who asks it as root (unit_parent.h).
bool uses_systemd(const Config& config);

/// A start handed to systemd, by this process where it is root, else by the unit parent. systemd
/// reads the input and the environment from who asks, so this has to live until the start command
/// has ended.
class TransientUnit {
 public:
  /// Replaces `request` by one that ends as the start does. Throws std::system_error, EPERM where
  /// nobody can ask systemd.
  TransientUnit(LaunchRequest& request, const Worker& first, std::string description);

 private:
  void ask_parent(LaunchRequest& request, const UnitOrder& order);
  void ask_as_root(LaunchRequest& request, const UnitOrder& order);

  UniqueFd environment_;
  UniqueFd input_;
  UniqueFd answer_;
};

}  // namespace bootcheck
