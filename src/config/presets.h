// What bootcheck knows of each kind of worker program. Data, not code paths.
#pragma once

#include <span>
#include <string_view>

namespace bootcheck {

struct Preset {
  std::string_view name;  ///< `delayed_job`; its workers are called `delayed_job.%{id}`
  std::span<const std::string_view> start;  ///< `%{args}` stands for the entry's `args`
  std::string_view
      process_title;  ///< what the command line becomes once it is up; empty: it varies
  int stop_signal;    ///< lets it finish its jobs and exit
  bool foreground;    ///< it does not daemonize
  bool preload;       ///< its workers may share one boot of the application
  /// Name, pid file, start command and working directory are the program's own and cannot be
  /// chosen.
  bool fixed;
  /// An argument, or with a `=` a variable, with which it daemonizes all the same.
  std::string_view daemonizes = {};
};

/// Null: there is none of this name.
const Preset* find_preset(std::string_view name);
std::span<const Preset> all_presets();

}  // namespace bootcheck
