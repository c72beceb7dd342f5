#pragma once

#include <string_view>

namespace bootcheck {

/// Without the blanks and line ends around it.
std::string_view trimmed(std::string_view text);

}  // namespace bootcheck
