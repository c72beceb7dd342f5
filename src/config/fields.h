// Typed values out of YAML nodes. Every mistake is noted with its place, and reading goes on.
#pragma once

#include "config/reader.h"
#include "config/yaml.h"

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

/// Collects what is wrong with one file.
class Mistakes {
 public:
  explicit Mistakes(std::string file) : file_(std::move(file)) {}

  /// The same mistake of the same place counts once; from the hundredth on they are not kept.
  void add(const YamlNode& node, const std::string& message) {
    add_at(node.line(), node.column(), message);
  }
  void add_at(int line, int column, const std::string& message);

  bool none() const { return errors_.empty(); }
  /// There are so many that reading on helps nobody.
  bool enough() const { return errors_.size() >= 100; }
  /// In the order of the file.
  ConfigErrors take();

 private:
  std::string file_;
  ConfigErrors errors_;
};

/// The keys that a mapping may have.
using Keys = std::span<const std::string_view>;

/// A mapping with known keys. Unknown keys, with the nearest known one, and keys given twice are
/// mistakes. `<<` merges another mapping, as in Psych: `<<: *default`.
class Section {
 public:
  /// A node that is no mapping is a mistake, and a section without keys; so is an absent one, but
  /// no mistake.
  Section(const YamlNode& node, Keys known, Mistakes& mistakes);

  const YamlNode& node() const { return node_; }
  Mistakes& mistakes() const { return *mistakes_; }
  /// None: not given, or given without a value.
  std::optional<YamlNode> find(std::string_view key) const;

 private:
  struct Value {
    std::string_view key;
    YamlNode node;
  };

  const Value* find_value(std::string_view key) const;
  void read(const YamlNode& key, const YamlNode& value, Keys known, bool merged);
  void read_pairs(const YamlNode& mapping, Keys known, bool merged);
  void merge(const YamlNode& value, Keys known);

  YamlNode node_;
  Mistakes* mistakes_;
  int merges_ = 0;
  std::vector<Value> values_;  // a few, so that looking through them is quick
};

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
  mistakes.add(node, "`" + *text + "` is none of: " + allowed);
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

/// The one of `words` that `word` was probably meant to be; empty: none is near.
std::string_view nearest(std::string_view word, Keys words);

}  // namespace bootcheck
