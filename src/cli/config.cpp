#include "cli/commands.h"
#include "cli/config_json.h"
#include "cli/print.h"
#include "config/policies.h"
#include "config/writer.h"
#include "doctor/cut_off.h"
#include "launch/environment.h"
#include "launch/transient_unit.h"
#include "report/text.h"
#include "system/inspect.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

namespace bootcheck {
namespace {

/// The program of a command that is not there; empty: it is, or a shell looks for it.
std::string absent_program(const Config& config, const Worker& worker, const Argv& command) {
  if (command.empty()) return {};
  const auto& program = command.front();
  if (program.find('/') != std::string::npos) {
    const auto path = below(worker.working_directory, program);
    return look_at(path).exists ? std::string() : path.native();
  }
  if (config.env_file && !look_at(*config.env_file).exists) return {};  // PATH is not known
  const auto folders = environment_of(config, worker).at("PATH");
  return find_program(program, folders) ? std::string() : program + " in " + folders;
}

/// What the configuration names and is not there.
std::vector<std::string> absentees(const Config& config) {
  std::vector<std::string> absent;
  const auto expect = [&](std::string_view key, const Path& path) {
    if (!look_at(path).exists) absent.push_back(fmt::format("{}: {}", key, path.native()));
  };
  expect("root", config.root);
  if (config.env_file) expect("env_file", *config.env_file);
  for (const auto& folder : config.path)
    expect("path", folder);
  for (const auto& worker : config.workers) {
    const Path program = worker.start.front();
    const auto old_script = worker.working_directory / "script" / program.filename();
    if (program.has_parent_path() && !look_at(old_script).exists)
      expect("start of " + worker.name, below(worker.working_directory, program));
  }
  for (const auto& worker : config.workers) {
    const std::pair<const char*, const Argv&> commands[] = {
        {"status", worker.status}, {"ready", worker.ready}, {"stop", worker.stop}};
    for (const auto& [key, command] : commands) {
      const auto program = absent_program(config, worker, command);
      auto line = fmt::format("{}: {}", key, program);
      if (!program.empty() && std::ranges::find(absent, line) == absent.end())
        absent.push_back(std::move(line));
    }
  }
  return absent;
}

/// Why `unit:` changes nothing; empty: it does, or there is none.
std::string_view why_unit_is_void(const Config& config) {
  const auto has_none = [](const Worker& worker) { return worker.unit.empty(); };
  if (uses_systemd(config) || std::ranges::all_of(config.workers, has_none)) return {};
  return config.launcher == Launcher::direct
             ? "`unit` has no effect with `launcher: direct`"
             : "`unit` has an effect only where root runs bootcheck under systemd";
}

/// Two workers whose processes look the same; empty: there are none.
std::string who_look_alike(const Config& config) {
  std::map<Argv, std::string_view> names;
  for (const auto& worker : config.workers) {
    const auto& title = worker.process_title;
    const auto [known, added] =
        names.emplace(title.empty() ? worker.start : Argv{title}, worker.name);
    if (!added) return fmt::format("{} and {}", known->second, worker.name);
  }
  return {};
}

/// As comments, so that what is printed is still a configuration.
std::string verdict(const Config& config, Machine& machine) {
  const auto count = config.workers.size();
  auto text = fmt::format("# This is a valid configuration of {} worker{}.\n", count,
                          count == 1 ? "" : "s");
  for (const auto& absent : absentees(config))
    text += fmt::format("# Not found: {}\n", one_line(absent));
  if (const auto names = who_look_alike(config); !names.empty()) {
    text +=
        fmt::format("# But {} look the same: without their pid files they cannot be told apart.\n",
                    one_line(names));
  }
  if (const auto why = why_unit_is_void(config); !why.empty())
    text += fmt::format("# But {}.\n", why);
  for (const auto& [cut_off, fix] : doctor::look_for_cut_offs(machine, config))
    text += fmt::format("# But {}; to change that:\n#   {}\n", one_line(cut_off), one_line(fix));
  return text;
}

}  // namespace

int config_command(const Options& options, const Config& given, Machine& machine) {
  auto config = given;
  if (config.parallel_starts == 0) config.parallel_starts = machine.processors();
  if (options.quiet) return kWell;
  print(options.json ? config_json(config) : format_config(config) + verdict(config, machine));
  return kWell;
}

}  // namespace bootcheck
