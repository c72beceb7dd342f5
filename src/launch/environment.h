// The environment of what is started.
#pragma once

#include "config/config.h"

#include <map>
#include <string>

namespace bootcheck {

/// Parses the KEY=value lines of an `env_file`: blank lines and # comments are skipped, `export `
/// and one pair of quotes around the value are taken off (as systemd's EnvironmentFile= and
/// Foreman's .env do).
std::map<std::string, std::string> parse_env_file(const std::string& text);

/// The whole environment of a worker's commands: bootcheck's own (take_environment_of, where it has
/// become another user), less what belongs to Bundler, sudo and systemd; `env_file`, `env`, `path`,
/// RAILS_ENV and RACK_ENV; the worker's own `env`. Throws std::system_error when the env_file
/// cannot be read.
std::map<std::string, std::string> environment_of(const Config& config, const Worker& worker);

/// The same where bootcheck's own environment is another one, as it is under cron.
std::map<std::string, std::string> environment_of(const Config& config, const Worker& worker,
                                                  const std::map<std::string, std::string>& around);

}  // namespace bootcheck
