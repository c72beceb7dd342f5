// Stop commands: for workers of whom no process is known that could be sent a signal.
#pragma once

#include "observe/context.h"

#include <string>
#include <vector>

namespace bootcheck {

/// Runs the stop commands of these workers, by index, side by side, each in a session of its own
/// and with its output in the worker's start log. One that takes longer than 10 s, for it may wait
/// for the end of a job, is left to itself; none is ever ended. Returns for each, in the same
/// order, why it has failed; empty: it has not.
std::vector<std::string> run_stop_commands(const Context& context,
                                           const std::vector<std::size_t>& workers);

}  // namespace bootcheck
