// The structure of the configuration: mappings with known keys, and what is wrong with them.
#pragma once

#include "config/reader.h"
#include "config/yaml.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
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
  /// Something else stands there: `stuck_after: expected a duration such as 45s, found ...`.
  void expected(const YamlNode& node, std::string_view what);

  /// The value belongs to this key, which has to live as long as there is something to expect.
  void name(const YamlNode& value, std::string_view key) {
    named_.push_back({value.line(), value.column(), key});
  }

  /// Counts a text that the configuration keeps, and whether there is still room for it. Aliases
  /// and identifiers repeat what stands in the file once: a short file could fill any memory.
  bool has_room(const YamlNode& node, std::size_t bytes);

  bool none() const { return errors_.empty(); }
  /// There are so many that reading on helps nobody, or the configuration is too large.
  bool enough() const { return errors_.size() >= kMostErrors || kept_ > kMostKept; }
  /// In the order of the file.
  ConfigErrors take();

 private:
  static constexpr std::size_t kMostErrors = 100;
  static constexpr std::size_t kMostKept = std::size_t{16} << 20;  // bytes

  struct Named {
    int line;
    int column;
    std::string_view key;
  };

  std::string file_;
  std::vector<Named> named_;
  ConfigErrors errors_;
  std::size_t kept_ = 0;
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

}  // namespace bootcheck
