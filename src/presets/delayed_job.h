// The Ruby program that boots an application once and starts several delayed_job workers from it
// (delayed_job.rb).
#pragma once

#include <string_view>

namespace bootcheck {

/// Its text; Ruby reads it from stdin.
std::string_view delayed_job_starter();

}  // namespace bootcheck
