// From options to a configuration: where it is, what it says, and which workers are meant.
#pragma once

#include "cli/options.h"
#include "config/config.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bootcheck {

/// Messages for stderr, one line each; exit status 2.
using UsageErrors = std::vector<std::string>;

/// Where the options and the environment lead: found before anything is opened, and before the
/// environment is another user's.
struct Place {
  Path root;                   ///< -C, or the working directory; absolute
  std::optional<Path> config;  ///< -c, or $BOOTCHECK_CONFIG; absolute
  std::string rails_env;       ///< $RAILS_ENV

  /// What decides about the rights: the configuration, be it there or not.
  Path decisive() const { return config.value_or(root / "config" / "bootcheck.yml"); }
};

Place find_place(const Options& options);

/// No more than where the application is, and where its configuration is to be: for who writes one.
Config unwritten_config(const Options& options, const Place& place);

/// Reads the configuration of that place, or makes one from -n and -i, or from what they said last.
std::variant<Config, UsageErrors> load_config(const Options& options, const Place& place);

/// Which workers the names and globs mean, by index; empty: all of them. Besides names: a preset,
/// which means all of its workers, and an identifier that one worker has. Without a name -i is one.
/// What matches none is an error.
std::variant<std::vector<bool>, UsageErrors> select_workers(const Config& config,
                                                            const Options& options);

}  // namespace bootcheck
