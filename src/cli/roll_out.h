// `restart`, `stop` and `start` as seen by the person who asked for it.
#pragma once

#include "cli/options.h"
#include "pass/roll_out.h"

namespace bootcheck {

/// Asks this of every worker that the command line names, rolls out (see pass/roll_out.h) and
/// prints what happens, live on a terminal; with --dry-run only what the first pass would do.
/// Returns the exit status.
int ask_and_watch(const Options& options, const Context& context, const Ask& what,
                  Duration patience);

}  // namespace bootcheck
