// A real cron that sees only the files it is given. It runs in mount and process namespaces of its
// own, so its end is the end of all that it has started.
#pragma once

#include "support/run.h"

#include <map>
#include <string>

#include <boost/filesystem/path.hpp>

#include <sys/types.h>

namespace bootcheck::test {

class PrivateCron {
 public:
  /// The user `deploy` exists in there, with this id.
  static constexpr uid_t kDeploy = 61999;

  /// Whether this machine allows such namespaces; containers often do not, even to root.
  static bool is_possible();

  /// Starts cron with `files` (by name) as /etc/cron.d; `folder` holds them and is deploy's home.
  /// To this cron the machine has just booted, so it runs `@reboot` lines at once.
  PrivateCron(const boost::filesystem::path& folder,
              const std::map<std::string, std::string>& files);

 private:
  Background cron_;
};

/// Makes the user `deploy` the owner of a folder and all that is in it.
void give_to_deploy(const boost::filesystem::path& folder);

}  // namespace bootcheck::test
