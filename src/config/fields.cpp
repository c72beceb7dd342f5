#include "config/fields.h"

#include "util/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>

#include <fmt/format.h>

namespace bootcheck {
namespace {

std::optional<int> to_int(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Longer lists are noise; what an alias repeats stays bounded by this.
constexpr std::size_t kMostItems = 1000;

bool is_too_long(const YamlNode& node, std::size_t size, Mistakes& mistakes) {
  if (size > kMostItems) mistakes.add(node, fmt::format("more than {} items", kMostItems));
  return size > kMostItems;
}

}  // namespace

std::optional<std::string> read_text(const YamlNode& node, Mistakes& mistakes) {
  if (node.kind() != YamlKind::scalar) {
    mistakes.expected(node, "a single value");
  } else if (node.text().find('\0') != std::string_view::npos) {
    mistakes.add(node, "a NUL character cannot stand here");
  } else if (mistakes.has_room(node, node.text().size())) {
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
  mistakes.expected(node, "true or false");
  return std::nullopt;
}

std::optional<int> read_int(const YamlNode& node, int least, int most, Mistakes& mistakes) {
  if (node.is_plain()) {
    if (const auto value = to_int(node.text()); value && *value >= least && *value <= most)
      return value;
  }
  mistakes.expected(node, fmt::format("a whole number from {} to {}", least, most));
  return std::nullopt;
}

std::optional<Duration> read_duration(const YamlNode& node, Mistakes& mistakes) {
  if (node.kind() == YamlKind::scalar) {
    if (const auto duration = parse_duration(node.text())) return duration;
  }
  mistakes.expected(node, "a duration such as 45s (500ms, 10m, 4h, 1d, or seconds)");
  return std::nullopt;
}

std::optional<Duration> read_time_limit(const YamlNode& node, Mistakes& mistakes) {
  const auto limit = read_duration(node, mistakes);
  if (!limit || *limit > Duration::zero()) return limit;
  mistakes.expected(node, "a duration longer than 0 (leave it out for none)");
  return std::nullopt;
}

std::optional<std::uint64_t> read_size(const YamlNode& node, Mistakes& mistakes) {
  if (node.kind() == YamlKind::scalar) {
    if (const auto size = parse_size(node.text()); size && *size > 0) return size;
  }
  mistakes.expected(node, "a size such as 512M (1.5G, or bytes)");
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
  mistakes.expected(node, "a number of workers (from 1) or a percentage (1% to 100%)");
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
    mistakes.add(node, "KILL lets nobody finish a job; write TERM, and see `kill_after`");
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
    mistakes.expected(node, "a list such as [one, two]");
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
    mistakes.expected(node, "a mapping such as {NAME: value}");
    return std::nullopt;
  }
  std::map<std::string, std::string> env;
  const auto pairs = node.pairs();
  if (is_too_long(node, pairs.size(), mistakes)) return std::nullopt;
  for (const auto& [key, value] : pairs) {
    if (key.kind() == YamlKind::scalar) mistakes.name(value, key.text());
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
  mistakes.expected(node, "a command: a line for /bin/sh, or a list of words");
  return std::nullopt;
}

}  // namespace bootcheck
