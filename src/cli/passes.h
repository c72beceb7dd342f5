// What the commands that run passes have in common.
#pragma once

#include "cli/options.h"
#include "cli/setup.h"
#include "pass/pass.h"

namespace bootcheck {

/// Prints them; returns the exit status 2.
int print_usage_errors(const UsageErrors& errors);

/// What goes before each problem where one run serves several applications; else empty.
std::string app_of(const Options& options, const Config& config);

/// What a pass did: problems on stderr; on a terminal, or with -v, one line per worker; with --json
/// one document.
void print_pass(const Context& context, const Options& options, const PassDone& done,
                int exit_status);

/// The chain of evidence and the decision for one worker of a snapshot.
std::string explain_worker(const Snapshot& snapshot, std::size_t worker);

/// --dry-run: what a pass would do. Returns 0, or 1 when a worker cannot be judged.
/// `requests`: as if they had been made.
int print_plan(const Context& context, const Selection& selection, const Options& options,
               const std::vector<Request>& requests = {});

/// Another pass holds the lock: in the log, and success, for it or the next one does what was asked
/// for; loud, and 75, when it is older than `stuck_after` or the command was to --wait.
int report_busy(const Context& context, const LockHolder& holder, const Options& options);

}  // namespace bootcheck
