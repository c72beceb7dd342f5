// What a short command prints.
#pragma once

#include "model/worker.h"

#include <optional>
#include <string>

namespace bootcheck {

/// Runs a command of the system (looked up in /usr/bin and /bin, stderr to /dev/null) and waits for
/// it. Returns its stdout; none: it could not be run or did not exit with 0.
std::optional<std::string> command_output(const Argv& argv);

}  // namespace bootcheck
