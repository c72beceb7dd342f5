// `restart`, `stop` and `start`: a pass with a request, then ordinary passes as the workers exit.
#pragma once

#include "cli/options.h"
#include "pass/pass.h"

namespace bootcheck {

/// Runs the first pass, then sleeps on the pidfds of the workers and makes an ordinary pass
/// whenever one exits, until nothing drains any more or `patience` is over. The lock is not held in
/// between. Prints what happens, live on a terminal. Interrupted at any time it loses nothing:
/// cron's passes finish the rest. Returns the exit status.
int roll_out(const Options& options, const Context& context, const PassOptions& first,
             Duration patience);

}  // namespace bootcheck
