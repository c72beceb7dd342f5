// Who makes the passes, and who else starts the same workers.
#pragma once

#include "doctor/facts.h"
#include "doctor/gather.h"
#include "system/machine.h"

#include <map>
#include <string>

namespace bootcheck::doctor {

struct Passes {
  CronFacts cron;
  std::map<std::string, std::string> env;  ///< of the first line that makes them
};

Passes look_at_cron(Machine& machine, const Config& config, const Question& question);

std::vector<Manager> look_for_managers(Machine& machine, const Config& config,
                                       const Question& question);

}  // namespace bootcheck::doctor
