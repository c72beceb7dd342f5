#include "cli/commands.h"
#include "cli/fleet.h"
#include "cli/print.h"
#include "cli/setup.h"
#include "launch/host.h"
#include "rights/rights.h"
#include "system/operator.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <system_error>

#include <fmt/format.h>

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
    case Command::logs:
      return logs_command(options, config, machine);
    case Command::config:
      return config_command(options, config, machine);
    case Command::init:
      return init_command(options, config, machine);
    case Command::doctor:
      return doctor_command(options, config, machine);
    case Command::crontab:
      return crontab_command(options, config, machine);
    case Command::recover:
      return recover_command(options, config, machine);
  }
  return kUsage;
}

/// What is wrong with the application's folder; empty: it is there, or is not asked for.
std::string missing_root(const Options& options, const Config& config, Machine& machine) {
  if (options.command == Command::config || options.command == Command::crontab) return {};
  const auto root = machine.file_status(config.root);
  if (root && root->is_directory) return {};
  const bool from_file = config.file && !options.root;
  return fmt::format("{} {}; {}", config.root.native(), root ? "is no folder" : "does not exist",
                     from_file ? "see `root:` in " + config.file->native()
                               : "name the application's folder with -C");
}

/// Which workers are meant where nobody has said so now.
void say_whom_it_means(const Options& options, const Config& config) {
  constexpr std::array kSaid = {Command::status, Command::restart, Command::stop, Command::start};
  const bool is_told = config.file || options.count || !options.identifiers.empty();
  const bool is_said = std::ranges::find(kSaid, options.command) != kSaid.end();
  if (is_told || !is_said || options.json || options.quiet) return;
  std::string names;
  for (const auto& worker : config.workers)
    names += (names.empty() ? "" : ", ") + worker.identifier;
  print(fmt::format("no configuration: workers {}, as -n or -i said last\n", names));
}

int run_with(Rights& rights, const Options& options, const Place& place) {
  const auto loaded = options.command == Command::init ? unwritten_config(options, place)
                                                       : load_config(options, place);
  if (const auto* errors = std::get_if<UsageErrors>(&loaded)) {
    for (const auto& error : *errors)
      print_problem(error);
    return kUsage;
  }
  const auto& config = std::get<Config>(loaded);
  rights.settle(config);
  Host machine;
  if (auto missing = missing_root(options, config, machine); !missing.empty()) {
    print_problem(missing);
    return kUsage;
  }
  say_whom_it_means(options, config);
  try {
    return dispatch(options, config, machine);
  } catch (const std::system_error& error) {
    if (error.code() != std::errc::permission_denied) throw;
    print_problem(error.what() + rights.advice(config));
    return kCannotWork;
  }
}

/// One application, or a folder of them. Every process decides about its rights anew: those of a
/// folder's configurations can be several users'.
int run_place(const Options& options, const Place& place) {
  try {
    Rights rights(place.decisive(), name_of(options.command));
    return is_fleet(place) ? run_fleet(options, place, run_place)
                           : run_with(rights, options, place);
  } catch (const RightsRefused& refused) {
    print_problem(refused.what());
    return kUsage;
  }
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
  operator_name();  // while the environment is still that of who typed the command
  return run_place(options, find_place(options));
}

}  // namespace bootcheck
