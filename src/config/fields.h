// Typed values out of YAML nodes. Every mistake is noted with its place, and reading goes on.
#pragma once

#include "config/section.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bootcheck {

// Each reads the value of one node; none, and a mistake noted, when it is no such value.
std::optional<std::string> read_text(const YamlNode& node, Mistakes& mistakes);
std::optional<bool> read_bool(const YamlNode& node, Mistakes& mistakes);
std::optional<int> read_int(const YamlNode& node, int least, int most, Mistakes& mistakes);
std::optional<Duration> read_duration(const YamlNode& node, Mistakes& mistakes);
/// A duration that cannot be 0.
std::optional<Duration> read_time_limit(const YamlNode& node, Mistakes& mistakes);
std::optional<std::uint64_t> read_size(const YamlNode& node, Mistakes& mistakes);
std::optional<Share> read_share(const YamlNode& node, Mistakes& mistakes);
std::optional<int> read_signal(const YamlNode& node, Mistakes& mistakes);
std::optional<std::vector<std::string>> read_texts(const YamlNode& node, Mistakes& mistakes);
std::optional<std::map<std::string, std::string>> read_environment(const YamlNode& node,
                                                                   Mistakes& mistakes);
/// A list is exec'd as it is; a string becomes {"/bin/sh", "-c", line}.
std::optional<Argv> read_command(const YamlNode& node, Mistakes& mistakes);

template <class Enum>
using WordList = std::span<const std::pair<std::string_view, Enum>>;

/// One of a few words.
template <class Enum>
std::optional<Enum> read_word(const YamlNode& node, WordList<Enum> words, Mistakes& mistakes) {
  const auto text = read_text(node, mistakes);
  if (!text) return std::nullopt;
  std::string allowed;
  for (const auto& [word, value] : words) {
    if (word == *text) return value;
    allowed += (allowed.empty() ? "" : ", ") + std::string(word);
  }
  mistakes.expected(node, "one of " + allowed);
  return std::nullopt;
}

/// Reads a key of a section into `value`, if it is there and right.
template <class Value, class Read, class... Arguments>
void read_into(const Section& section, std::string_view key, Value& value, const Read& read,
               const Arguments&... arguments) {
  if (const auto node = section.find(key)) {
    if (auto found = read(*node, arguments..., section.mistakes())) value = std::move(*found);
  }
}

}  // namespace bootcheck
