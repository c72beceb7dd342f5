// Seeing a worker that is on its way up.
#pragma once

#include "act/start.h"
#include "act/start_attempt.h"

#include <optional>

namespace bootcheck {

/// What lives under the pid in a worker's pid file.
struct Sight {
  std::optional<Process> up;  ///< it is the worker
  bool is_coming = false;     ///< it may become it: it bears its start command line still, or has
                              ///< yet to change back into the application
};

/// A worker, by index, that the command of `attempt` leaves behind: proved by its pid file and its
/// title, or, where it names no title or the pid file is ours to write, by its birth. `before`: the
/// pid file right before the start.
Sight see_daemon(const StartContext& context, std::size_t worker, const StartAttempt& attempt,
                 const PidFile& before);

/// A foreground program that is our own child, so that its pid is certain. None once it has ended.
Sight see_child(const StartContext& context, pid_t child);

}  // namespace bootcheck
