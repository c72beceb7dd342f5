// Text of config/bootcheck.yml in, effective configuration or every error out. Pure: touches no
// file.
#pragma once

#include "config/config.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bootcheck {

/// One thing wrong with the configuration. `line` and `column` count from 1; 0: the mistake has no
/// place of its own.
struct ConfigError {
  std::string file;
  int line = 0;
  int column = 0;
  std::string
      message;  ///< what is wrong and what to do, with the nearest known key where one is near

  /// `FILE:LINE:COLUMN: MESSAGE`, as compilers print it.
  std::string text() const;
};
using ConfigErrors = std::vector<ConfigError>;

/// What the file does not say and the machine or the command line does.
struct ConfigContext {
  Path file;                ///< for messages
  Path root;                ///< default of `root:`, absolute
  bool root_given = false;  ///< -C: `root` wins over `root:`
  std::string environment;  ///< from -e; empty: the file's, else `environment_default`
  std::string environment_default = "production";
};

/// Reads YAML 1.1 as libyaml (and so Ruby's Psych) does. Returns all errors at once, in the order
/// of the file.
std::variant<Config, ConfigErrors> parse_config(std::string_view yaml,
                                                const ConfigContext& context);

/// The configuration of `bootcheck -n N` or `-i ID...`: delayed_job workers with these identifiers.
std::variant<Config, ConfigErrors> zero_config(const std::vector<std::string>& identifiers,
                                               const ConfigContext& context);

}  // namespace bootcheck
