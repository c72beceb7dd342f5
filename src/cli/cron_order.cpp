#include "cli/cron_order.h"

#include "doctor/ruby.h"
#include "system/surroundings.h"

namespace bootcheck {

CrontabOrder cron_order(const Options& options, const Config& config) {
  CrontabOrder order;
  order.program = own_program();
  if (config.file && config.file != config.root / "config" / "bootcheck.yml")
    order.config = config.file;
  order.root = config.root;
  order.count = options.count;
  order.identifiers = options.identifiers;
  order.environment = options.environment;
  order.path = path_for_cron(config);
  return order;
}

AppPlace place_of(const Config& config) {
  return {.root = config.root, .config = config.file};
}

}  // namespace bootcheck
