// `restart`, `stop` and `start` as seen by the person who asked for it.
#pragma once

#include "cli/options.h"
#include "pass/roll_out.h"

namespace bootcheck {

/// Rolls out (see pass/roll_out.h) and prints what happens, live on a terminal; with --dry-run only
/// what the first pass would do. Returns the exit status.
int show_roll_out(const Options& options, const Context& context, const PassOptions& first,
                  Duration patience);

}  // namespace bootcheck
