// Where what start commands and programs in the foreground print is kept.
#pragma once

#include "config/config.h"

namespace bootcheck {

/// Of a worker that is started by itself: log/NAME.start.log.
Path start_log(const Config& config, const Worker& worker);

/// Of workers that one boot of the application starts: log/PRESET.start.log.
Path shared_start_log(const Config& config, const Worker& worker);

}  // namespace bootcheck
