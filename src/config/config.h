// The effective configuration: what `config/bootcheck.yml` or `-n`/`-i` say, defaults filled in,
// placeholders expanded.
#pragma once

#include "model/worker.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bootcheck {

enum class Launcher { automatic, direct, systemd };
enum class LogTarget { file, syslog, standard_error };
enum class LogLevel { debug, info, warn, error };
enum class LogFormat { text, json };

struct Backoff {
  Duration first{std::chrono::minutes{1}};  ///< 0 turns it off
  Duration max{std::chrono::minutes{5}};
};

struct LogSettings {
  LogTarget to = LogTarget::file;
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::text;
  Path path;  ///< absolute
};

struct Config {
  std::optional<Path> file;  ///< where it was read from; none: zero configuration
  std::string app;
  Path root;  ///< absolute, as written: links are not resolved
  std::string environment = "production";
  std::string user;  ///< empty: whoever runs bootcheck
  std::map<std::string, std::string> env;
  std::vector<Path> path;  ///< put before PATH
  std::optional<Path> env_file;
  std::vector<Worker> workers;  ///< in the order of the file
  int parallel_starts = 0;      ///< 0: as many as there are processors
  Backoff backoff;
  Orphans orphans = Orphans::warn;
  bool recover_jobs = true;
  Launcher launcher = Launcher::automatic;
  Path lock_file;
  Path state_file;
  Duration stuck_after{std::chrono::minutes{10}};
  LogSettings log;
  std::optional<Path> metrics_file;
  Argv notify;
};

}  // namespace bootcheck
