// What systemd is told to start, and how that is written: as words for systemd-run(1), and as bytes
// for who asks systemd in our place. Pure.
#pragma once

#include "model/unit_property.h"
#include "util/types.h"
#include "util/unique_fd.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

namespace bootcheck {

/// A start command in a unit of its own.
struct UnitOrder {
  std::string description;
  bool forks = true;    ///< the command exits when its daemons run; else it is the worker itself
  int stop_signal = 0;  ///< for who stops the unit, and at shutdown
  Duration start_timeout{0};
  Path working_directory;
  Path output;
  Argv argv;
  std::map<std::string, std::string> env;  ///< the whole environment
  std::string input;                       ///< what the command reads from stdin; empty: /dev/null
  Path pid_file;  ///< where its pid is written before it begins; empty: nowhere
  UnitProperties properties;
};

/// What only root decides: as whom, and from where systemd reads what it has to read itself.
struct UnitRights {
  std::string environment;  ///< path of an EnvironmentFile=; values stay out of `systemctl show`
  std::string input;        ///< path of what the command reads from stdin; empty: /dev/null
  uid_t uid;
  gid_t gid;
};

/// The order as a command for systemd-run(1), which ends when the start has succeeded or failed.
/// The unit's own process is a shell that runs as the user already: it enters the working directory
/// and opens the output, writes its pid file where there is one, and then becomes the command. So
/// systemd opens nothing that the user could have put a link in place of.
Argv transient_unit_command(const UnitOrder& order, const UnitRights& rights);

/// The environment as systemd.exec(5) reads an EnvironmentFile=.
std::string environment_file(const std::map<std::string, std::string>& env);

/// Where systemd finds a descriptor of this process; empty: there is none.
std::string path_for_systemd(const UniqueFd& fd);

/// The order as bytes, and back; none: these are not the bytes of an order, or it asks for a
/// property that nobody may have (is_unit_property). The bytes may be anybody's.
std::string pack(const UnitOrder& order);
std::optional<UnitOrder> unpack_order(std::string_view bytes);

}  // namespace bootcheck
