// The command line: words in, options or a usage error out. Pure.
#pragma once

#include "model/worker.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bootcheck {

enum class Command {
  run,
  status,
  restart,
  stop,
  start,
  why,
  logs,
  config,
  init,
  doctor,
  crontab,
  recover
};

struct Options {
  Command command = Command::run;
  std::vector<std::string> workers;  ///< names or globs; empty: all
  std::optional<Path> config;
  std::optional<Path> root;
  std::optional<int> count;              ///< -n
  std::vector<std::string> identifiers;  ///< -i
  std::string environment;               ///< -e; empty: not given
  bool dry_run = false;
  bool json = false;
  bool verbose = false;
  bool quiet = false;
  std::optional<Duration> lock_wait;
  std::optional<Duration> stay;  ///< run: how long
  bool surge = false;            ///< restart
  std::optional<Duration>
      wait;  ///< restart, stop: until all have drained; kForEver without a duration
  std::optional<Duration> hold_for;  ///< stop
  std::string reason;                ///< stop
  bool follow = false;               ///< logs
  std::optional<std::size_t> lines;  ///< logs
  bool install = false;              ///< crontab
  std::string host;                  ///< recover
  bool yes = false;                  ///< recover: without asking
  bool in_fleet = false;             ///< one of several applications: -c is a folder
};

struct UsageError {
  std::string message;
};
/// --help and --version: text for stdout, exit status 0.
struct Information {
  std::string text;
};
using ParsedOptions = std::variant<Options, UsageError, Information>;

/// Parses the words behind the program's name.
ParsedOptions parse_options(std::vector<std::string> words);

/// The word for a command: `status`.
std::string name_of(Command command);

}  // namespace bootcheck
