// The environment of what is started.
#pragma once

#include "config/config.h"
#include "system/user.h"

#include <map>
#include <optional>
#include <string>

namespace bootcheck {

/// Parses the KEY=value lines of an `env_file`: blank lines and # comments are skipped, `export `
/// and one pair of quotes around the value are taken off (as systemd's EnvironmentFile= and
/// Foreman's .env do).
std::map<std::string, std::string> parse_env_file(const std::string& text);

/// The whole environment of a worker's commands: what bootcheck inherited, less what belongs to
/// Bundler, sudo and systemd; the user's HOME, LOGNAME, USER and SHELL; `env_file`, `env`, `path`,
/// RAILS_ENV and RACK_ENV; the worker's own `env`. Throws std::system_error when the env_file
/// cannot be read.
std::map<std::string, std::string> environment_of(const Config& config, const Worker& worker);

/// The user to drop to in a child; none: bootcheck's own.
std::optional<User> workers_user(const Config& config);

}  // namespace bootcheck
