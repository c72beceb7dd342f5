// `%{id}`, `%{name}`, `%{root}`, `%{pid_file}` and `%{environment}` in the strings of a worker
// entry.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bootcheck {

/// Placeholders known so far, and what they stand for: texts of somebody else, who keeps them.
using Placeholders = std::vector<std::pair<std::string_view, std::string_view>>;

struct Expansion {
  std::string text;
  std::string mistake;  ///< a placeholder that stands for nothing here; empty: none
};

/// In bytes: each placeholder may stand for a long text, and be there a thousand times.
inline constexpr std::size_t kLongestExpansion = 1'000'000;

/// Replaces each `%{name}`. Any other `%` is left as it is. What gets too long is a mistake.
Expansion expand(std::string_view text, const Placeholders& placeholders);

}  // namespace bootcheck
