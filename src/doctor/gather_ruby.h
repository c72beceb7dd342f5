// Ruby and what is started, as they are under cron.
#pragma once

#include "doctor/facts.h"
#include "system/machine.h"

#include <map>
#include <string>

namespace bootcheck::doctor {

using Variables = std::map<std::string, std::string>;

/// What cron gives a job: its own few variables, and those of the crontab.
Variables environment_under_cron(const Variables& of_crontab, const std::string& user);

RubyFacts look_at_ruby(Machine& machine, const Config& config, const Variables& around);

/// What the start commands of enabled workers begin with, but for Ruby's own programs.
std::vector<ProgramFacts> look_at_programs(const Config& config, const Variables& around);

/// What a file says; empty where it cannot be read.
std::string text_of(Machine& machine, const Path& file);

}  // namespace bootcheck::doctor
