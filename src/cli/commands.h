// The commands, a file each. Each takes the options and the configuration and returns the program's
// exit status.
#pragma once

#include "cli/options.h"
#include "config/config.h"

namespace bootcheck {

/// Exit statuses, as an interface (contract, section 2).
enum ExitStatus : int {
  kWell = 0,
  kWorkerProblem = 1,
  kUsage = 2,
  kNotRunning = 3,
  kCannotWork = 4,
  kLockBusy = 75,  ///< EX_TEMPFAIL, sysexits.h
};

/// Everything between the command line and the exit status. Throws what no command expects.
int run_program(int argc, char** argv);

int run_command(const Options& options, const Config& config);
int status_command(const Options& options, const Config& config);
int restart_command(const Options& options, const Config& config);
int stop_command(const Options& options, const Config& config);
int start_command(const Options& options, const Config& config);
int why_command(const Options& options, const Config& config);
int config_command(const Options& options, const Config& config);
int crontab_command(const Options& options, const Config& config);

}  // namespace bootcheck
