#include "cli/commands.h"
#include "cli/config_json.h"
#include "cli/print.h"
#include "config/writer.h"

namespace bootcheck {

int config_command(const Options& options, const Config& given, Machine& machine) {
  auto config = given;
  if (config.parallel_starts == 0) config.parallel_starts = machine.processors();
  if (!options.quiet) print(options.json ? config_json(config) : format_config(config));
  return kWell;
}

}  // namespace bootcheck
