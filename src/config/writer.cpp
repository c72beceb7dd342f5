#include "config/writer.h"

#include "config/presets.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <fmt/format.h>

namespace bootcheck {
namespace {

std::string list(const std::vector<std::string>& texts) {
  std::string line;
  for (const auto& text : texts)
    line += (line.empty() ? "" : ", ") + yaml_quoted(text);
  return "[" + line + "]";
}

std::string mapping(const std::map<std::string, std::string>& variables) {
  std::string line;
  for (const auto& [name, value] : variables)
    line += (line.empty() ? "" : ", ") + yaml_quoted(name) + ": " + yaml_quoted(value);
  return "{" + line + "}";
}

/// Without loss: `5m`, `90s`, `1500ms`.
std::string exact(Duration duration) {
  static constexpr auto kUnits = std::to_array<std::pair<Duration::rep, std::string_view>>(
      {{86'400'000, "d"}, {3'600'000, "h"}, {60'000, "m"}, {1000, "s"}});
  for (const auto& [size, unit] : kUnits) {
    if (duration.count() != 0 && duration.count() % size == 0)
      return fmt::format("{}{}", duration.count() / size, unit);
  }
  return fmt::format("{}ms", duration.count());
}

std::string exact(std::uint64_t bytes) {
  static constexpr auto kUnits = std::to_array<std::pair<std::uint64_t, std::string_view>>(
      {{1ULL << 30U, "G"}, {1ULL << 20U, "M"}, {1ULL << 10U, "K"}});
  for (const auto& [size, unit] : kUnits) {
    if (bytes % size == 0) return fmt::format("{}{}", bytes / size, unit);
  }
  return fmt::format("{}", bytes);
}

std::string text(const Share& share) {
  return fmt::format("{}{}", share.value, share.percent ? "%" : "");
}

std::string signal_text(int signal) {
  const auto* const name = ::sigabbrev_np(signal);
  return name == nullptr ? std::to_string(signal) : std::string(name);
}

std::string text(const RestartPolicy& restart) {
  std::string on = restart.on_release ? "release" : "";
  if (restart.on_restart_file) on += on.empty() ? "restart_file" : ", restart_file";
  return fmt::format(
      "{{mode: {}, boot: {}, on: [{}], restart_file: {}, max_unavailable: {}, max_surge: {}, "
      "settle: {}, preloader_wait: {}}}",
      restart.mode == RestartMode::surge ? "surge" : "drain",
      restart.boot == BootOrder::before ? "before" : "after", on,
      yaml_quoted(restart.restart_file.native()), text(restart.max_unavailable),
      text(restart.max_surge), exact(restart.settle), exact(restart.preloader_wait));
}

std::string text(const Limits& limits) {
  std::string line = limits.memory ? "memory: " + exact(*limits.memory) : "";
  if (limits.age) line += (line.empty() ? "age: " : ", age: ") + exact(*limits.age);
  return "{" + line + "}";
}

/// What stands in an entry of a program that chooses its names and start command itself.
std::string fixed_preset(const Worker& worker) {
  const Argv args(worker.start.begin() + 2,
                  worker.start.end() - 1);  // between --identifier=ID and `start`
  std::string lines = fmt::format("  - preset: {}\n    identifiers: [{}]\n", worker.preset,
                                  yaml_quoted(worker.identifier));
  if (!args.empty()) lines += fmt::format("    args: {}\n", list(args));
  return lines;
}

/// The name as an entry with identifiers has to give it: without `%{id}` the reader would add one.
std::string name_pattern(const Worker& worker) {
  auto name = worker.name;
  constexpr auto kNowhere = std::string::npos;
  const auto at = worker.identifier.empty() ? kNowhere : name.rfind(worker.identifier);
  return at == kNowhere ? name : name.replace(at, worker.identifier.size(), "%{id}");
}

std::string any_program(const Worker& worker) {
  std::string lines = fmt::format("  - name: {}\n", yaml_quoted(name_pattern(worker)));
  if (!worker.preset.empty()) lines += fmt::format("    preset: {}\n", worker.preset);
  if (!worker.identifier.empty())
    lines += fmt::format("    identifiers: [{}]\n", yaml_quoted(worker.identifier));
  lines += fmt::format(
      "    start: {}\n    foreground: {}\n    pid_file: {}\n    working_directory: {}\n",
      list(worker.start), worker.foreground, yaml_quoted(worker.pid_file.native()),
      yaml_quoted(worker.working_directory.native()));
  if (!worker.status.empty()) lines += fmt::format("    status: {}\n", list(worker.status));
  if (!worker.stop.empty()) lines += fmt::format("    stop: {}\n", list(worker.stop));
  return lines;
}

std::string entry(const Worker& worker) {
  const auto* const preset = find_preset(worker.preset);
  auto lines = preset != nullptr && preset->fixed ? fixed_preset(worker) : any_program(worker);
  if (!worker.ready.empty()) lines += fmt::format("    ready: {}\n", list(worker.ready));
  if (!worker.process_title.empty())
    lines += fmt::format("    process_title: {}\n", yaml_quoted(worker.process_title));
  if (!worker.env.empty()) lines += fmt::format("    env: {}\n", mapping(worker.env));
  lines += fmt::format(
      "    preload: {}\n    enabled: {}\n    stop_signal: {}\n    start_timeout: {}\n",
      worker.preload, worker.enabled, signal_text(worker.stop_signal), exact(worker.start_timeout));
  if (worker.kill_after) lines += fmt::format("    kill_after: {}\n", exact(*worker.kill_after));
  lines += fmt::format("    restart: {}\n", text(worker.restart));
  if (!worker.unit.empty()) lines += fmt::format("    unit: {}\n", mapping(worker.unit));
  if (worker.limits != Limits()) lines += fmt::format("    limits: {}\n", text(worker.limits));
  return lines;
}

/// A character beyond ASCII that cannot stand in YAML as it is, or ends a line there: its length in
/// bytes, and how it is written. 0: none begins here.
std::pair<std::size_t, std::string> unprintable(std::string_view text) {
  static constexpr auto kOthers =
      std::to_array<std::pair<std::string_view, std::string_view>>({{"\u2028", "\\L"},
                                                                    {"\u2029", "\\P"},
                                                                    {"\ufeff", "\\ufeff"},
                                                                    {"\uffff", "\\uffff"},
                                                                    {"\ufffe", "\\ufffe"}});
  for (const auto& [bytes, escaped] : kOthers) {
    if (text.starts_with(bytes)) return {bytes.size(), std::string(escaped)};
  }
  const auto second = text.size() < 2 ? 0U : static_cast<unsigned char>(text[1]);
  const bool is_c1 = text.front() == '\xc2' && second >= 0x80 && second < 0xa0;
  if (!is_c1) return {};
  return {2, fmt::format("\\x{:02x}", second)};
}

template <class Enum>
std::string_view word(Enum value, std::initializer_list<std::pair<Enum, std::string_view>> words) {
  const auto* const found =
      std::ranges::find(words, value, &std::pair<Enum, std::string_view>::first);
  return found->second;
}

std::string environment_of_workers(const Config& config) {
  std::string lines = fmt::format("environment: {}\n", yaml_quoted(config.environment));
  if (!config.user.empty()) lines += fmt::format("user: {}\n", yaml_quoted(config.user));
  if (!config.env.empty()) lines += fmt::format("env: {}\n", mapping(config.env));
  if (config.env_file)
    lines += fmt::format("env_file: {}\n", yaml_quoted(config.env_file->native()));
  std::vector<std::string> folders;
  for (const auto& folder : config.path)
    folders.push_back(folder.native());
  if (!folders.empty()) lines += fmt::format("path: {}\n", list(folders));
  return lines;
}

std::string log_line(const LogSettings& log) {
  return fmt::format("log: {{to: {}, path: {}, level: {}, format: {}}}\n",
                     word(log.to, {{LogTarget::file, "file"},
                                   {LogTarget::syslog, "syslog"},
                                   {LogTarget::standard_error, "stderr"}}),
                     yaml_quoted(log.path.native()),
                     word(log.level, {{LogLevel::debug, "debug"},
                                      {LogLevel::info, "info"},
                                      {LogLevel::warn, "warn"},
                                      {LogLevel::error, "error"}}),
                     word(log.format, {{LogFormat::text, "text"}, {LogFormat::json, "json"}}));
}

std::string pass_settings(const Config& config) {
  std::string lines;
  if (config.parallel_starts > 0)
    lines = fmt::format("parallel_starts: {}\n", config.parallel_starts);
  lines += fmt::format(
      "backoff: {{first: {}, max: {}}}\norphans: {}\nrecover_jobs: "
      "{}\nlauncher: {}\n",
      exact(config.backoff.first), exact(config.backoff.max),
      word(config.orphans,
           {{Orphans::warn, "warn"}, {Orphans::drain, "drain"}, {Orphans::ignore, "ignore"}}),
      config.recover_jobs,
      word(config.launcher, {{Launcher::automatic, "auto"},
                             {Launcher::direct, "direct"},
                             {Launcher::systemd, "systemd"}}));
  lines += fmt::format("lock_file: {}\nstate_file: {}\nstuck_after: {}\n",
                       yaml_quoted(config.lock_file.native()),
                       yaml_quoted(config.state_file.native()), exact(config.stuck_after));
  lines += log_line(config.log);
  if (config.metrics_file)
    lines += fmt::format("metrics_file: {}\n", yaml_quoted(config.metrics_file->native()));
  if (!config.notify.empty()) lines += fmt::format("notify: {}\n", list(config.notify));
  return lines;
}

}  // namespace

std::string yaml_quoted(std::string_view text) {
  std::string quoted = "\"";
  while (!text.empty()) {
    if (const auto [length, escaped] = unprintable(text); length > 0) {
      quoted += escaped;
      text.remove_prefix(length);
      continue;
    }
    const char each = text.front();
    const auto byte = static_cast<unsigned char>(each);
    text.remove_prefix(1);
    if (each == '"' || each == '\\') {
      quoted += '\\';
      quoted += each;
    } else if (byte < 0x20 || byte == 0x7f) {
      quoted += fmt::format("\\x{:02x}", byte);
    } else {
      quoted += each;
    }
  }
  return quoted + '"';
}

std::string format_config(const Config& config) {
  auto yaml = fmt::format("app: {}\nroot: {}\n", yaml_quoted(config.app),
                          yaml_quoted(config.root.native()));
  yaml += environment_of_workers(config) + pass_settings(config) + "\nworkers:\n";
  for (const auto& worker : config.workers)
    yaml += entry(worker);
  return yaml;
}

}  // namespace bootcheck
