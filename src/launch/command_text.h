// What a command prints, and how it ends.
#pragma once

#include "system/machine.h"

#include <string>

namespace bootcheck {

struct CommandText {
  LaunchOutcome outcome;
  std::string text;  ///< its stdout and stderr, at most 1 MB

  bool is_success() const;
};

/// Runs it to its end, or to that of its time limit. Throws std::system_error.
CommandText run_for_text(Machine& machine, LaunchRequest request);

}  // namespace bootcheck
