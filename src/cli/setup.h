// From options to a configuration: where it is, what it says, and which workers are meant.
#pragma once

#include "cli/options.h"
#include "config/config.h"

#include <string>
#include <variant>
#include <vector>

namespace bootcheck {

/// Messages for stderr, one line each; exit status 2.
using UsageErrors = std::vector<std::string>;

/// Reads the configuration that the options, the environment and the root lead to, or makes one
/// from -n and -i.
std::variant<Config, UsageErrors> load_config(const Options& options);

/// Which workers the names and globs mean, by index; empty: all of them. A name that matches none
/// is an error.
std::variant<std::vector<bool>, UsageErrors> select_workers(const Config& config,
                                                            const std::vector<std::string>& names);

}  // namespace bootcheck
