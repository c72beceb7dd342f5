// One application and its configuration: where it lies, and what kinds of workers it has.
#pragma once

#include "config/config.h"
#include "simulation/world.h"

namespace bootcheck::sim {

enum class Kind {
  delayed_job,
  foreground,
  changing_title,  ///< in the foreground; bears another title once it has booted
  forking,         ///< in the foreground; its children look like it
  twin,            ///< in the foreground; has the command line of another worker
  titled_daemon,
  untitled_daemon,  ///< what it bears is neither a title nor its start command
  plain_daemon,     ///< bears its start command
  by_status
};

struct Site {
  Config config;
  std::string yaml;
  std::vector<Kind> kinds;  ///< by worker
  Path link;                ///< leads to the present release
  Path releases;            ///< the folder that they are in
  Path shared;
  std::string prefix;          ///< of the names of releases
  Path neighbour;              ///< where another application lies
  bool daemons_refuse = true;  ///< to start where their pid file names any living process
  int deploys = 0;
};

Site make_site(Random& random);

/// A further release; it is not the present one yet.
Path add_release(World& world, Site& site, Boot boot);
/// It is the present one from now on.
void move_link(World& world, const Site& site, const Path& release);
Path present_release(const World& world, const Site& site);

}  // namespace bootcheck::sim
