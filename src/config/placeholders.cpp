#include "config/placeholders.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bootcheck {
namespace {

std::string no_such(std::string_view name, const Placeholders& placeholders) {
  std::vector<std::string> known;
  for (const auto& placeholder : placeholders)
    known.push_back(fmt::format("%{{{}}}", placeholder.first));
  return fmt::format("`%{{{}}}` stands for nothing here; known: {}", name, fmt::join(known, ", "));
}

}  // namespace

Expansion expand(std::string_view text, const Placeholders& placeholders) {
  Expansion expansion;
  while (true) {
    const auto begin = text.find("%{");
    const auto end = begin == text.npos ? text.npos : text.find('}', begin);
    expansion.text += text.substr(0, end == text.npos ? text.npos : begin);
    if (end == text.npos) return expansion;
    const auto name = text.substr(begin + 2, end - begin - 2);
    const auto known = std::ranges::find(placeholders, name, &Placeholders::value_type::first);
    if (known != placeholders.end()) {
      expansion.text += known->second;
    } else if (expansion.mistake.empty()) {
      expansion.mistake = no_such(name, placeholders);
    }
    text.remove_prefix(end + 1);
    if (expansion.text.size() > kLongestExpansion) {
      expansion.mistake = fmt::format("it gets longer than {} bytes", kLongestExpansion);
      return expansion;
    }
  }
}

}  // namespace bootcheck
