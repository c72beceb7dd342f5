#include "cli/config_json.h"

#include "report/json.h"

#include <csignal>
#include <cstring>

namespace bootcheck {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return json_text(text);
}

json::value path_or_null(const std::optional<Path>& path) {
  if (!path) return nullptr;
  return json_text(path->native());
}

json::array words_of(const Argv& words) {
  json::array array;
  for (const auto& word : words)
    array.push_back(json_text(word));
  return array;
}

json::array paths_of(const std::vector<Path>& paths) {
  json::array array;
  for (const auto& path : paths)
    array.push_back(json_text(path.native()));
  return array;
}

json::object variables_of(const std::map<std::string, std::string>& variables) {
  json::object object;
  for (const auto& variable : variables)
    object[json_text(variable.first)] = json_text(variable.second);
  return object;
}

/// In seconds; a fraction only where there is one.
json::value seconds(Duration duration) {
  const auto ms = duration.count();
  if (ms % 1000 == 0) return ms / 1000;
  return static_cast<double>(ms) / 1000.0;
}

json::value seconds_or_null(const std::optional<Duration>& duration) {
  if (!duration) return nullptr;
  return seconds(*duration);
}

json::value share_value(const Share& share) {
  if (!share.percent) return share.value;
  return json_text(std::to_string(share.value) + "%");
}

/// `TERM`, as it is written in the configuration; real-time signals have a number only.
json::value signal_value(int signal) {
  const auto* const name = ::sigabbrev_np(signal);
  if (name == nullptr) return signal;
  return json_text(name);
}

json::object restart_object(const RestartPolicy& restart) {
  json::array on;
  if (restart.on_release) on.push_back("release");
  if (restart.on_restart_file) on.push_back("restart_file");
  return {{"mode", restart.mode == RestartMode::surge ? "surge" : "drain"},
          {"boot", restart.boot == BootOrder::before ? "before" : "after"},
          {"on", std::move(on)},
          {"restart_file", text_or_null(restart.restart_file.native())},
          {"max_unavailable", share_value(restart.max_unavailable)},
          {"max_surge", share_value(restart.max_surge)},
          {"settle_seconds", seconds(restart.settle)},
          {"preloader_wait_seconds", seconds(restart.preloader_wait)}};
}

json::object limits_object(const Limits& limits) {
  return {{"memory_bytes", limits.memory ? json::value(*limits.memory) : json::value(nullptr)},
          {"age_seconds", seconds_or_null(limits.age)}};
}

json::object worker_object(const Worker& worker) {
  return {{"name", json_text(worker.name)},
          {"identifier", json_text(worker.identifier)},
          {"preset", text_or_null(worker.preset)},
          {"enabled", worker.enabled},
          {"pid_file", json_text(worker.pid_file.native())},
          {"process_title", text_or_null(worker.process_title)},
          {"start", words_of(worker.start)},
          {"status", words_of(worker.status)},
          {"ready", words_of(worker.ready)},
          {"stop", words_of(worker.stop)},
          {"working_directory", json_text(worker.working_directory.native())},
          {"env", variables_of(worker.env)},
          {"foreground", worker.foreground},
          {"preload", worker.preload},
          {"stop_signal", signal_value(worker.stop_signal)},
          {"start_timeout_seconds", seconds(worker.start_timeout)},
          {"kill_after_seconds", seconds_or_null(worker.kill_after)},
          {"restart", restart_object(worker.restart)},
          {"limits", limits_object(worker.limits)},
          {"unit", variables_of(worker.unit)}};
}

std::string_view name_of(Orphans orphans) {
  switch (orphans) {
    case Orphans::warn:
      return "warn";
    case Orphans::drain:
      return "drain";
    case Orphans::ignore:
      return "ignore";
  }
  return "warn";
}

std::string_view name_of(Launcher launcher) {
  switch (launcher) {
    case Launcher::automatic:
      return "auto";
    case Launcher::direct:
      return "direct";
    case Launcher::systemd:
      return "systemd";
  }
  return "auto";
}

std::string_view name_of(LogTarget target) {
  switch (target) {
    case LogTarget::file:
      return "file";
    case LogTarget::syslog:
      return "syslog";
    case LogTarget::standard_error:
      return "stderr";
  }
  return "file";
}

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warn:
      return "warn";
    case LogLevel::error:
      return "error";
  }
  return "info";
}

json::object log_object(const LogSettings& log) {
  return {{"to", json_text(name_of(log.to))},
          {"level", json_text(name_of(log.level))},
          {"format", log.format == LogFormat::json ? "json" : "text"},
          {"path", text_or_null(log.path.native())}};
}

}  // namespace

std::string config_json(const Config& config) {
  json::array workers;
  for (const auto& worker : config.workers)
    workers.push_back(worker_object(worker));
  const json::object document{
      {"schema", 1},
      {"file", path_or_null(config.file)},
      {"app", json_text(config.app)},
      {"root", json_text(config.root.native())},
      {"environment", json_text(config.environment)},
      {"user", text_or_null(config.user)},
      {"env", variables_of(config.env)},
      {"path", paths_of(config.path)},
      {"env_file", path_or_null(config.env_file)},
      {"parallel_starts", config.parallel_starts},
      {"backoff", json::object{{"first_seconds", seconds(config.backoff.first)},
                               {"max_seconds", seconds(config.backoff.max)}}},
      {"orphans", json_text(name_of(config.orphans))},
      {"recover_jobs", config.recover_jobs},
      {"launcher", json_text(name_of(config.launcher))},
      {"lock_file", json_text(config.lock_file.native())},
      {"state_file", json_text(config.state_file.native())},
      {"stuck_after_seconds", seconds(config.stuck_after)},
      {"log", log_object(config.log)},
      {"metrics_file", path_or_null(config.metrics_file)},
      {"notify", words_of(config.notify)},
      {"workers", std::move(workers)}};
  return indented(document);
}

}  // namespace bootcheck
