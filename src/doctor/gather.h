// Looks at everything that the doctor judges.
#pragma once

#include "doctor/facts.h"
#include "system/machine.h"

#include <string>

namespace bootcheck::doctor {

/// Who asks, and what was found out already.
struct Question {
  std::string naming;           ///< the options that name the application
  std::string crontab;          ///< the user's
  std::string crontab_trouble;  ///< why it is not known; empty: it is
};

/// Runs `ruby -v` and `bundle check` as cron would, and changes nothing. Throws std::system_error
/// where /proc cannot be read, or no command be started.
Facts gather(Machine& machine, const Config& config, const Question& question);

}  // namespace bootcheck::doctor
