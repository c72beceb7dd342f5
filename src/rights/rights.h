// As whom bootcheck works: decided once, before anything of the application's is opened, and kept
// for good.
#pragma once

#include "config/config.h"
#include "system/identity.h"

#include <stdexcept>
#include <string>

namespace bootcheck {

/// Nobody can say as whom to work, or it is somebody who must not: exit status 2.
class RightsRefused : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Rights {
 public:
  /// Run by root, looks who decides about what `place` leads to, a configuration or an application
  /// that may not be there, and where that is another becomes it. `command` is for the line that
  /// shows how to run it otherwise: `restart`. Throws RightsRefused, and std::system_error when it
  /// cannot be found out.
  Rights(const Path& place, std::string command);

  /// Once the configuration has been read: becomes its `user:` where root decides, and elsewhere
  /// refuses any other. From here on children can be started. Throws as above, and
  /// std::system_error (EACCES) with the line that cures it where an earlier run as root has left
  /// files that the user cannot write.
  void settle(const Config& config);

  const Identity& identity() const { return identity_; }

  /// Where the lock could not be opened: whose it or its folder is, and the line that cures it.
  /// Empty: they are nobody else's.
  std::string advice(const Config& config) const;

 private:
  void become_other(Identity identity, bool through_systemd);
  void take_user_of(const Config& config);
  void accept_root_for(const Config& config) const;
  bool is_this_user(const std::string& user) const;
  void refuse_other_user(const Config& config) const;
  void check_files_are_not_roots(const Config& config) const;

  Path place_;
  std::string command_;
  Identity identity_;
  bool is_root_;  ///< and nobody else has been decided on
  bool has_changed_ = false;
  std::string whose_;  ///< `/srv/shop belongs to deploy`, where its owner has been decided on
};

}  // namespace bootcheck
