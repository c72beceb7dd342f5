// How delayed_job's processes look in /proc: the titles of its workers and the command lines of
// their starts.
#pragma once

#include "util/types.h"

#include <string_view>

namespace bootcheck::delayed_job {

/// The preset's name in the configuration.
inline constexpr std::string_view kPreset = "delayed_job";
/// Of workers that stay in the foreground, `rake jobs:work`.
inline constexpr std::string_view kRakePreset = "jobs_work";

/// Whether a command line is that of a worker, any: `delayed_job.3`, `app/delayed_job`. The monitor
/// of daemons (`delayed_job.3_monitor`) is none.
bool is_worker(const Argv& command_line);

/// Whether these words start the worker of this identifier, maybe among others:
/// `ruby bin/delayed_job --identifier=2 start`, `... -n 3 start` (delayed/command.rb). They may
/// also be a title, as the preloader's forks have it.
bool is_start_of(const Argv& command_line, std::string_view identifier);

}  // namespace bootcheck::delayed_job
