// Words of shell lines. Pure.
#pragma once

#include "util/types.h"

#include <string>
#include <string_view>

namespace bootcheck {

/// A word for /bin/sh, quoted where need be.
std::string shell_word(std::string_view text);

/// A line in words as /bin/sh would split it; operators are words of their own, nothing is
/// expanded.
Argv shell_words(std::string_view line);

}  // namespace bootcheck
