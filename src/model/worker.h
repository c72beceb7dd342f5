// What the configuration says of one worker, every default and placeholder filled in. Data only.
#pragma once

#include "model/unit_property.h"
#include "util/types.h"

#include <csignal>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace bootcheck {

/// A bound that is either a plain number of workers or a share of them.
struct Share {
  int value = 100;
  bool percent = true;

  /// How many of `total` workers this is: a percentage is rounded down, and at least one may always
  /// roll.
  int of(int total) const;
  bool operator==(const Share&) const = default;
};

enum class RestartMode { drain, surge };

/// `boot:`: whether a successor's application is booted before or after its predecessor is asked.
enum class BootOrder { before, after };

/// `orphans:`, and what is done with a worker that runs twice.
enum class Orphans { warn, drain, ignore };

/// `restart:`, see bootcheck.yml(5).
struct RestartPolicy {
  RestartMode mode = RestartMode::drain;
  BootOrder boot = BootOrder::before;                ///< of workers that share a preloader
  Duration preloader_wait{std::chrono::minutes{2}};  ///< how long `restart --wait` keeps one
  bool on_release = true;       ///< roll a worker whose working directory is in another release
  bool on_restart_file = true;  ///< roll a worker when the restart file's mtime changed
  Path restart_file;            ///< absolute
  Share max_unavailable;        ///< drain: how many may be down or draining at a time
  Share max_surge;              ///< surge: how many old workers may be kept beside their successors
  Duration settle{6000};        ///< how long a pass waits for idle workers to exit
  bool operator==(const RestartPolicy&) const = default;
};

/// `limits:`: a worker that outgrows one is drained, never killed.
struct Limits {
  std::optional<std::uint64_t> memory;  ///< bytes
  std::optional<Duration> age;
  bool operator==(const Limits&) const = default;
};

/// One process with a fixed identifier: one name, one pid file.
struct Worker {
  std::string name;        ///< `delayed_job.2`
  std::string identifier;  ///< `2`
  std::string preset;      ///< empty for any other program
  std::size_t entry =
      0;          ///< which entry of `workers:` it comes from: shares in `restart:` count per entry
  Path pid_file;  ///< absolute
  std::string
      process_title;  ///< what /proc/PID/cmdline bears once it is up; empty: its start command line
  Argv start;         ///< for delayed_job: `bin/delayed_job --identifier=2 ARGS... start`
  Argv status;        ///< judged by LSB exit codes; empty: judged by pid file and /proc
  Argv ready;         ///< says by its exit code whether what it needs is there; empty: it is
  Argv stop;  ///< asks it to exit where `status` alone says that it runs; empty: nothing can
  Path working_directory;                  ///< absolute; where the start command runs
  std::map<std::string, std::string> env;  ///< added to the environment of what is started
  bool foreground = false;  ///< it does not daemonize: bootcheck detaches it and keeps its pid file
  bool preload = false;     ///< it shares one boot of the application with others of its preset
  bool enabled = true;
  int stop_signal = SIGTERM;  ///< asks it to finish its job and exit
  Duration start_timeout{std::chrono::minutes{5}};
  std::optional<Duration> kill_after;  ///< the only thing that ever makes bootcheck send SIGKILL
  RestartPolicy restart;
  Limits limits;
  UnitProperties unit;  ///< of the transient unit, where it runs in one
};

}  // namespace bootcheck
