// Seeing a worker that is on its way up.
#pragma once

#include "act/start.h"

#include <optional>

namespace bootcheck {

/// A worker that daemonizes: proved by its pid file and its title, or by its birth during the
/// start; where its preset changes back into the application, it has done so. By index.
std::optional<Process> see_daemon(const StartContext& context, std::size_t worker);

/// Whether it bears its title and has still to change back into the application.
bool is_coming_up(const StartContext& context, std::size_t worker);

/// A foreground program that is our own child, so that its pid is certain. None once it has ended.
std::optional<Process> see_child(const StartContext& context, pid_t child);

/// A foreground program that systemd started, found in /proc; by index.
std::optional<Process> see_program(const StartContext& context, std::size_t worker);

}  // namespace bootcheck
