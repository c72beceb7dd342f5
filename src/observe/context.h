// What stays the same from pass to pass of one run of the program; made once.
#pragma once

#include "config/config.h"
#include "system/machine.h"

#include <string>

namespace bootcheck {

struct Context {
  /// Once this process has the workers' rights (rights/rights.h). Throws std::system_error (/proc
  /// unreadable).
  Context(const Config& configuration, Machine& outside);

  const Config& config;
  Machine& machine;
  uid_t uid;  ///< the workers belong to this user
  Stamp here;
};

}  // namespace bootcheck
