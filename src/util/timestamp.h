// Times as machines write them.
#pragma once

#include "util/types.h"

#include <string>

namespace bootcheck {

/// `2026-11-23T06:25:01.123Z`, of a time since the epoch.
std::string utc_timestamp(Duration since_epoch);

}  // namespace bootcheck
