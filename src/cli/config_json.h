// `config --json`
#pragma once

#include "config/config.h"

#include <string>

namespace bootcheck {

/// The effective configuration as one JSON document, as in report/json.h.
std::string config_json(const Config& config);

}  // namespace bootcheck
