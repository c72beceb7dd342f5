// What stays the same from pass to pass of one run of the program; made once.
#pragma once

#include "config/config.h"
#include "system/machine.h"
#include "system/user.h"

#include <optional>
#include <string>

namespace bootcheck {

struct Context {
  /// Takes on the rights of `user:` while it lives. Throws std::system_error (no such user, /proc
  /// unreadable).
  Context(const Config& configuration, Machine& outside);

  const Config& config;
  Machine& machine;
  std::optional<ActingAs> acting;
  uid_t uid = 0;  ///< the workers belong to this user
  std::string boot_id;
};

}  // namespace bootcheck
