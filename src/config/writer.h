// The effective configuration as YAML.
#pragma once

#include "config/config.h"

#include <string>
#include <string_view>

namespace bootcheck {

/// As a person likes to read it, every worker expanded into an entry of its own. parse_config reads
/// it back to the same workers; only shares of `restart:` then count per worker and no longer per
/// entry.
std::string format_config(const Config& config);

/// `text` as a double-quoted YAML scalar.
std::string yaml_quoted(std::string_view text);

}  // namespace bootcheck
