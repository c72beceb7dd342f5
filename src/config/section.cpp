#include "config/section.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include <fmt/format.h>

namespace bootcheck {
namespace {

/// A mapping can merge others that merge others, and itself.
constexpr int kMostMerges = 100;

/// How many letters have to be added, taken away, changed or swapped with their neighbour.
std::size_t distance(std::string_view one, std::string_view other) {
  std::vector<std::size_t> before_last(other.size() + 1);
  std::vector<std::size_t> last(other.size() + 1);
  std::iota(last.begin(), last.end(), 0U);
  for (std::size_t i = 1; i <= one.size(); ++i) {
    std::vector<std::size_t> row(other.size() + 1, i);
    for (std::size_t j = 1; j <= other.size(); ++j) {
      row[j] = std::min(
          {last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] == other[j - 1] ? 0U : 1U)});
      if (i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1])
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last.back();
}

/// The one of `words` that `word` was probably meant to be; empty: none is near.
std::string_view nearest(std::string_view word, Keys words) {
  std::string_view best;
  auto least = word.size() / 3 + 1;  // a third of the letters may be wrong
  if (word.size() > 40) return best;
  for (const auto candidate : words) {
    if (const auto away = distance(word, candidate); away <= least) {
      least = away - (away > 0 ? 1 : 0);
      best = candidate;
    }
  }
  return best;
}

}  // namespace

void Mistakes::add_at(int line, int column, const std::string& message) {
  const auto same = [&](const ConfigError& error) {
    return error.line == line && error.column == column && error.message == message;
  };
  if (!enough() && std::ranges::none_of(errors_, same))
    errors_.push_back({file_, line, column, message});
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
    mistakes.add(node, "a mapping (key: value) belongs here");
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
    const auto near = nearest(key.text(), known);
    mistakes_->add(
        key, fmt::format("unknown key `{}`{}", key.text().substr(0, 60),
                         near.empty() ? std::string() : fmt::format(": did you mean `{}`?", near)));
  } else if (find_value(key.text()) == nullptr) {
    values_.push_back({key.text(), value});
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
