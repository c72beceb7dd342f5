// What proved a living process to be a worker.
#pragma once

#include <string_view>

namespace bootcheck {

/// Strongest first.
enum class Proof { none, record, title, start_command, birth, scan, status_command };

std::string_view name_of(Proof proof);

}  // namespace bootcheck
