// The Ruby program that boots an application once, starts several delayed_job workers from it
// (starter.rb), and hands back the jobs of dead ones (recovery*.rb).
#pragma once

#include <string_view>

namespace bootcheck {

/// Its text; Ruby reads it from stdin.
std::string_view delayed_job_starter();

}  // namespace bootcheck
