#include "config/section.h"

#include "util/nearest.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

namespace bootcheck {
namespace {

/// A mapping can merge others that merge others, and itself.
constexpr int kMostMerges = 100;

/// Keys that people write, and what says the same here.
constexpr auto kElsewhere = std::to_array<std::pair<std::string_view, std::string_view>>(
    {{"queues", "write `args: [--queues=default,mailers]`"},
     {"queue", "write `args: [--queue=default]`"},
     {"memory", "write `limits: {memory: 600M}`"},
     {"age", "write `limits: {age: 1d}`"},
     {"processes", "write `count: 3`"},
     {"instances", "write `count: 3`"},
     {"command", "write `start: [bin/feed]`"}});

std::string hint(std::string_view key, Keys known) {
  if (const auto near = nearest(key, known); !near.empty())
    return fmt::format(": did you mean `{}`?", near);
  const auto* const other =
      std::ranges::find(kElsewhere, key, &std::pair<std::string_view, std::string_view>::first);
  return other == kElsewhere.end() ? std::string() : fmt::format("; {}", other->second);
}

/// What stands at a node, for a message.
std::string shown(const YamlNode& node) {
  if (node.is_absent() || node.is_null()) return "nothing";
  if (node.kind() == YamlKind::sequence) return "a list";
  if (node.kind() == YamlKind::mapping) return "a mapping";
  constexpr std::size_t kLongest = 60;
  const auto text = node.text();
  return fmt::format("`{}{}`", text.substr(0, kLongest), text.size() > kLongest ? "..." : "");
}

}  // namespace

void Mistakes::add_at(int line, int column, const std::string& message) {
  const auto same = [&](const ConfigError& error) {
    return error.line == line && error.column == column && error.message == message;
  };
  if (!enough() && std::ranges::none_of(errors_, same))
    errors_.push_back({file_, line, column, message});
}

void Mistakes::expected(const YamlNode& node, std::string_view what) {
  const auto is_here = [&](const Named& named) {
    return named.line == node.line() && named.column == node.column();
  };
  const auto named = std::ranges::find_if(named_, is_here);
  add(node, fmt::format("{}expected {}, found {}",
                        named == named_.end() ? std::string() : fmt::format("`{}`: ", named->key),
                        what, shown(node)));
}

bool Mistakes::has_room(const YamlNode& node, std::size_t bytes) {
  constexpr std::size_t kForEach = 64;  // a string, and where it is kept
  if (kept_ > kMostKept) return false;
  kept_ += bytes + kForEach;
  if (kept_ <= kMostKept) return true;
  if (errors_.size() >= kMostErrors) return false;
  errors_.push_back(
      {file_, node.line(), node.column(),
       fmt::format("with what its aliases and identifiers repeat the configuration is "
                   "larger than {} MB",
                   kMostKept >> 20)});
  return false;
}

ConfigErrors Mistakes::take() {
  std::ranges::stable_sort(
      errors_, {}, [](const ConfigError& error) { return std::pair(error.line, error.column); });
  return std::move(errors_);
}

Section::Section(const YamlNode& node, Keys known, Mistakes& mistakes)
    : node_(node), mistakes_(&mistakes) {
  if (node.is_absent()) return;
  if (node.kind() != YamlKind::mapping) {
    mistakes.expected(node, "a mapping (key: value)");
    return;
  }
  read_pairs(node, known, false);
}

void Section::read_pairs(const YamlNode& mapping, Keys known, bool merged) {
  std::vector<YamlNode> merges;
  for (const auto& [key, value] : mapping.pairs()) {
    if (mistakes_->enough()) return;
    if (key.kind() == YamlKind::scalar && key.text() == "<<") {
      merges.push_back(value);
    } else {
      read(key, value, known, merged);
    }
  }
  for (const auto& value : merges)
    merge(value, known);
}

void Section::read(const YamlNode& key, const YamlNode& value, Keys known, bool merged) {
  if (key.kind() != YamlKind::scalar) {
    mistakes_->add(key, "a key has to be a word");
  } else if (std::ranges::find(known, key.text()) == known.end()) {
    mistakes_->add(
        key, fmt::format("unknown key `{}`{}", key.text().substr(0, 60), hint(key.text(), known)));
  } else if (find_value(key.text()) == nullptr) {
    values_.push_back({key.text(), value});
    mistakes_->name(value, key.text());
  } else if (!merged) {
    mistakes_->add(key, fmt::format("`{}` is given twice", key.text()));
  }
}

void Section::merge(const YamlNode& value, Keys known) {
  if (value.kind() != YamlKind::mapping) {
    mistakes_->add(value, "`<<` takes one mapping: `<<: *default`");
  } else if (++merges_ > kMostMerges) {
    mistakes_->add(value, "it merges too many mappings, or itself");
  } else {
    read_pairs(value, known, true);
  }
}

const Section::Value* Section::find_value(std::string_view key) const {
  const auto found = std::ranges::find(values_, key, &Value::key);
  return found == values_.end() ? nullptr : &*found;
}

std::optional<YamlNode> Section::find(std::string_view key) const {
  const auto* found = find_value(key);
  if (found == nullptr || found->node.is_null()) return std::nullopt;
  return found->node;
}

}  // namespace bootcheck
