#include "config/fields.h"

#include "config/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <numeric>

#include <fmt/format.h>

namespace bootcheck {
namespace {

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

std::optional<int> to_int(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Longer lists are noise; what an alias repeats stays bounded by this.
constexpr std::size_t kMostItems = 1000;
/// A mapping can merge others that merge others, and itself.
constexpr int kMostMerges = 100;

bool is_too_long(const YamlNode& node, std::size_t size, Mistakes& mistakes) {
  if (size > kMostItems) mistakes.add(node, fmt::format("more than {} items", kMostItems));
  return size > kMostItems;
}

}  // namespace

void Mistakes::add_at(int line, int column, const std::string& message) {
  const auto same = [&](const ConfigError& error) {
    return error.line == line && error.column == column && error.message == message;
  };
  if (!enough() && std::ranges::none_of(errors_, same))
    errors_.push_back({file_, line, column, message});
}

ConfigErrors Mistakes::take() {
  std::ranges::stable_sort(
      errors_, {}, [](const ConfigError& error) { return std::pair(error.line, error.column); });
  return std::move(errors_);
}

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

std::optional<std::string> read_text(const YamlNode& node, Mistakes& mistakes) {
  if (node.kind() != YamlKind::scalar) {
    mistakes.add(node, "a single value belongs here");
  } else if (node.text().find('\0') != std::string_view::npos) {
    mistakes.add(node, "a NUL character cannot stand here");
  } else {
    return std::string(node.text());
  }
  return std::nullopt;
}

std::optional<bool> read_bool(const YamlNode& node, Mistakes& mistakes) {
  // The words of YAML 1.1, as Psych takes them.
  static constexpr auto kTrue = std::to_array<std::string_view>(
      {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"});
  static constexpr auto kFalse = std::to_array<std::string_view>(
      {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"});
  if (node.is_plain()) {
    if (std::ranges::find(kTrue, node.text()) != kTrue.end()) return true;
    if (std::ranges::find(kFalse, node.text()) != kFalse.end()) return false;
  }
  mistakes.add(node, "true or false belongs here");
  return std::nullopt;
}

std::optional<int> read_int(const YamlNode& node, int least, int most, Mistakes& mistakes) {
  if (node.is_plain()) {
    if (const auto value = to_int(node.text()); value && *value >= least && *value <= most)
      return value;
  }
  mistakes.add(node, fmt::format("a whole number from {} to {} belongs here", least, most));
  return std::nullopt;
}

std::optional<Duration> read_duration(const YamlNode& node, Mistakes& mistakes) {
  if (node.kind() == YamlKind::scalar) {
    if (const auto duration = parse_duration(node.text())) return duration;
  }
  mistakes.add(node, "a duration belongs here: 500ms, 45s, 10m, 4h, 1d, or seconds");
  return std::nullopt;
}

std::optional<Duration> read_time_limit(const YamlNode& node, Mistakes& mistakes) {
  const auto limit = read_duration(node, mistakes);
  if (!limit || *limit > Duration::zero()) return limit;
  mistakes.add(node, "a duration longer than 0 belongs here; leave it out for none");
  return std::nullopt;
}

std::optional<std::uint64_t> read_size(const YamlNode& node, Mistakes& mistakes) {
  if (node.kind() == YamlKind::scalar) {
    if (const auto size = parse_size(node.text()); size && *size > 0) return size;
  }
  mistakes.add(node, "a size belongs here: 512M, 1.5G, or bytes");
  return std::nullopt;
}

std::optional<Share> read_share(const YamlNode& node, Mistakes& mistakes) {
  if (node.kind() == YamlKind::scalar) {
    auto text = node.text();
    const bool percent = text.ends_with('%');
    if (percent) text.remove_suffix(1);
    if (const auto value = to_int(text);
        value && *value >= 1 && *value <= (percent ? 100 : 100'000))
      return Share{*value, percent};
  }
  mistakes.add(node, "a number of workers (from 1) or a percentage (1% to 100%) belongs here");
  return std::nullopt;
}

std::optional<int> read_signal(const YamlNode& node, Mistakes& mistakes) {
  static constexpr auto kNames =
      std::to_array<std::pair<std::string_view, int>>({{"HUP", SIGHUP},
                                                       {"INT", SIGINT},
                                                       {"QUIT", SIGQUIT},
                                                       {"USR1", SIGUSR1},
                                                       {"USR2", SIGUSR2},
                                                       {"TERM", SIGTERM},
                                                       {"TSTP", SIGTSTP},
                                                       {"WINCH", SIGWINCH},
                                                       {"ALRM", SIGALRM},
                                                       {"CONT", SIGCONT}});
  const auto text = read_text(node, mistakes);
  if (!text) return std::nullopt;
  auto name = std::string_view(*text);
  const auto number = to_int(name);
  if (name.starts_with("SIG")) name.remove_prefix(3);
  if (name == "KILL" || number == SIGKILL) {
    mistakes.add(node, "KILL asks nobody to finish a job; see kill_after");
    return std::nullopt;
  }
  // Any other signal, a real-time one apart, ends or stops whoever gets it in the middle of a job.
  const auto* const found = std::ranges::find_if(
      kNames, [&](const auto& each) { return each.first == name || each.second == number; });
  if (found != kNames.end()) return found->second;
  if (number && *number >= SIGRTMIN && *number <= SIGRTMAX) return number;
  mistakes.add(
      node,
      fmt::format("`{}` is no signal that asks a process to stop (TERM, QUIT, INT, ...)", *text));
  return std::nullopt;
}

std::optional<std::vector<std::string>> read_texts(const YamlNode& node, Mistakes& mistakes) {
  if (node.kind() != YamlKind::sequence) {
    mistakes.add(node, "a list belongs here: [one, two]");
    return std::nullopt;
  }
  std::vector<std::string> texts;
  const auto items = node.items();
  if (is_too_long(node, items.size(), mistakes)) return std::nullopt;
  for (const auto& item : items) {
    auto text = read_text(item, mistakes);
    if (!text) return std::nullopt;
    texts.push_back(std::move(*text));
  }
  return texts;
}

std::optional<std::map<std::string, std::string>> read_environment(const YamlNode& node,
                                                                   Mistakes& mistakes) {
  if (node.kind() != YamlKind::mapping) {
    mistakes.add(node, "a mapping belongs here: {NAME: value}");
    return std::nullopt;
  }
  std::map<std::string, std::string> env;
  const auto pairs = node.pairs();
  if (is_too_long(node, pairs.size(), mistakes)) return std::nullopt;
  for (const auto& [key, value] : pairs) {
    const auto name = read_text(key, mistakes);
    auto text = read_text(value, mistakes);
    if (!name || !text) continue;
    if (name->empty() || name->find('=') != std::string::npos)
      mistakes.add(key, "this is no name of a variable");
    if (!env.emplace(*name, std::move(*text)).second)
      mistakes.add(key, fmt::format("`{}` is given twice", *name));
  }
  return env;
}

std::optional<Argv> read_command(const YamlNode& node, Mistakes& mistakes) {
  if (node.kind() == YamlKind::scalar) {
    auto line = read_text(node, mistakes);
    if (line && !line->empty()) return Argv{"/bin/sh", "-c", std::move(*line)};
  } else if (auto argv = read_texts(node, mistakes);
             argv && !argv->empty() && !argv->front().empty()) {
    return argv;
  }
  mistakes.add(node, "a command belongs here: a line for /bin/sh, or a list of words");
  return std::nullopt;
}

}  // namespace bootcheck
