// What a short command prints.
#pragma once

#include "util/types.h"

#include <string>

namespace bootcheck {

struct CommandOutput {
  int exit_status = -1;  ///< 128 and the number of the signal that ended it
  std::string output;    ///< its stdout, at most 1 MB
};

/// Runs a command of the system by its full path, with a PATH of /usr/bin and /bin and nothing else
/// of our environment, stderr to /dev/null, and waits for it. Throws std::system_error when it
/// cannot be run, or has not ended within the limit (ETIMEDOUT): then it is killed.
CommandOutput command_output(const Argv& argv, Duration limit);

}  // namespace bootcheck
