// The system calls of a command, by strace.
#pragma once

#include "passes/process.h"

#include <map>
#include <string>

namespace bootcheck::bench {

/// How often each was called, by the command and all it starts.
std::map<std::string, int> system_calls(const Command& command, const Path& scratch);

/// Which of `names` are among the calls, with how often: `write 2`; empty: none.
std::string those_among(const std::map<std::string, int>& calls,
                        const std::vector<std::string>& names);

}  // namespace bootcheck::bench
