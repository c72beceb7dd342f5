// That what a worker needs is not there. Data only.
#pragma once

#include "model/command_outcome.h"
#include "util/types.h"

namespace bootcheck {

/// How long a `ready` command may take to answer.
inline constexpr Duration kReadyLimit = std::chrono::seconds{5};

struct NotReady {
  Argv command;           ///< `ready:`
  LaunchOutcome outcome;  ///< how it ended in this pass
  Duration waited{0};     ///< since a pass first had to wait for it
  bool operator==(const NotReady&) const = default;
};

}  // namespace bootcheck
