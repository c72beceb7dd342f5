// The system calls of a command, by strace.
#pragma once

#include "passes/process.h"

#include <map>
#include <string>

namespace bootcheck::bench {

/// How often each was called, by the command and all it starts.
std::map<std::string, int> system_calls(const Command& command, const Path& scratch);

}  // namespace bootcheck::bench
