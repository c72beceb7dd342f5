#include "cli/commands.h"
#include "cli/print.h"
#include "config/writer.h"
#include "report/json.h"

namespace bootcheck {

int config_command(const Options& options, const Config& config) {
  if (!options.quiet) print(options.json ? config_json(config) : format_config(config));
  return kWell;
}

}  // namespace bootcheck
