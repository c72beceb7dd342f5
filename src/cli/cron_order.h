// What the crontab line of an application has to say, and what the user's crontab says now.
#pragma once

#include "cli/options.h"
#include "config/config.h"
#include "doctor/crontab.h"
#include "system/machine.h"

#include <string>

namespace bootcheck {

/// The line that makes the same passes as this command line would. Where Ruby is not in cron's own
/// PATH, it names the folders in which this process finds it.
CrontabOrder cron_order(const Options& options, const Config& config);

AppPlace place_of(const Config& config);

struct UserCrontab {
  std::string text;     ///< empty: there is none
  std::string trouble;  ///< why it cannot be read
};

/// That of crontab(1).
UserCrontab read_crontab(Machine& machine);

}  // namespace bootcheck
