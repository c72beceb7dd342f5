// The commands, a file each. Each takes the options, the configuration and the machine, and returns
// the program's exit status.
#pragma once

#include "cli/options.h"
#include "config/config.h"
#include "system/machine.h"

namespace bootcheck {

/// Exit statuses: an interface, see bootcheck(1).
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

int run_command(const Options& options, const Config& config, Machine& machine);
int status_command(const Options& options, const Config& config, Machine& machine);
int restart_command(const Options& options, const Config& config, Machine& machine);
int stop_command(const Options& options, const Config& config, Machine& machine);
int start_command(const Options& options, const Config& config, Machine& machine);
int why_command(const Options& options, const Config& config, Machine& machine);
int logs_command(const Options& options, const Config& config, Machine& machine);
int config_command(const Options& options, const Config& config, Machine& machine);
/// `place` says where the application is and where its configuration is to be, and nothing more.
int init_command(const Options& options, const Config& place, Machine& machine);
int doctor_command(const Options& options, const Config& config, Machine& machine);
int recover_command(const Options& options, const Config& config, Machine& machine);
int crontab_command(const Options& options, const Config& config, Machine& machine);

}  // namespace bootcheck
