#include "cli/commands.h"
#include "cli/fleet.h"
#include "cli/print.h"
#include "cli/setup.h"
#include "system/linux_machine.h"

#include <array>
#include <cstdio>

namespace bootcheck {
namespace {

int dispatch(const Options& options, const Config& config, Machine& machine) {
  switch (options.command) {
    case Command::run:
      return run_command(options, config, machine);
    case Command::status:
      return status_command(options, config, machine);
    case Command::restart:
      return restart_command(options, config, machine);
    case Command::stop:
      return stop_command(options, config, machine);
    case Command::start:
      return start_command(options, config, machine);
    case Command::why:
      return why_command(options, config, machine);
    case Command::config:
      return config_command(options, config, machine);
    case Command::crontab:
      return crontab_command(options, config, machine);
  }
  return kUsage;
}

int run_app(const Options& options, Machine& machine) {
  const auto loaded = load_config(options);
  if (const auto* errors = std::get_if<UsageErrors>(&loaded)) {
    for (const auto& error : *errors)
      print_problem(error);
    return kUsage;
  }
  return dispatch(options, std::get<Config>(loaded), machine);
}

}  // namespace

int run_program(int argc, char** argv) {
  const auto parsed = parse_options({argv + 1, argv + argc});
  if (const auto* information = std::get_if<Information>(&parsed)) {
    print(information->text);
    return kWell;
  }
  if (const auto* error = std::get_if<UsageError>(&parsed)) {
    print_problem(error->message);
    return kUsage;
  }
  const auto& options = std::get<Options>(parsed);
  LinuxMachine machine;
  const auto run = [&machine](const Options& own) { return run_app(own, machine); };
  return is_fleet(options) ? run_fleet(options, run) : run(options);
}

}  // namespace bootcheck
