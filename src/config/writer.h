// The effective configuration as YAML.
#pragma once

#include <string>

#include "config/config.h"

namespace bootcheck {

/// As a person likes to read it, every worker expanded; parse_config reads it back to the same configuration.
std::string format_config(const Config& config);

}  // namespace bootcheck
