#include "config/start_log.h"

namespace bootcheck {

Path start_log(const Config& config, const Worker& worker) {
  return config.root / "log" / (worker.name + ".start.log");
}

Path shared_start_log(const Config& config, const Worker& worker) {
  return config.root / "log" / (worker.preset + ".start.log");
}

}  // namespace bootcheck
