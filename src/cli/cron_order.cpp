#include "cli/cron_order.h"

#include "doctor/ruby.h"
#include "system/surroundings.h"

#include <string>

namespace bootcheck {

namespace {

/// Whom the line has to name where there is no configuration: those that are given, or were last.
void name_workers(CrontabOrder& order, const Options& options, const Config& config) {
  order.count = options.count;
  order.identifiers = options.identifiers;
  order.environment = options.environment;
  if (config.file || order.count || !order.identifiers.empty()) return;
  bool is_counted = true;
  for (std::size_t at = 0; at < config.workers.size(); ++at) {
    order.identifiers.push_back(config.workers[at].identifier);
    is_counted = is_counted && order.identifiers.back() == std::to_string(at);
  }
  if (is_counted) {
    order.count = static_cast<int>(config.workers.size());
    order.identifiers.clear();
  }
  if (config.environment != "production") order.environment = config.environment;
}

}  // namespace

CrontabOrder cron_order(const Options& options, const Config& config) {
  CrontabOrder order;
  order.program = own_program();
  if (config.file && config.file != config.root / "config" / "bootcheck.yml")
    order.config = config.file;
  order.root = config.root;
  name_workers(order, options, config);
  order.path = path_for_cron(config);
  return order;
}

AppPlace place_of(const Config& config) {
  return {.root = config.root, .config = config.file};
}

}  // namespace bootcheck
