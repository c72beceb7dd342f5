// The Ruby program that boots an application once, starts delayed_job workers from it
// (preloader.rb), and hands back the jobs of dead ones (recovery*.rb); and what is said to it.
#pragma once

#include "util/types.h"

#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace bootcheck {

/// Its text; Ruby reads it from stdin.
std::string_view delayed_job_preloader();

/// What it says: the application has booted, and it listens.
struct Booted {};
/// A batch has ended.
struct BatchEnded {
  int batch = 0;
  int exit_status = 0;
};

/// Reads one line of what it says; none: nothing that is known.
std::optional<std::variant<Booted, BatchEnded>> read_answer(std::string_view line);

}  // namespace bootcheck
