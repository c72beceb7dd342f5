#include "config/policies.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr auto kRestartKeys =
    std::to_array<std::string_view>({"mode", "boot", "on", "restart_file", "max_unavailable",
                                     "max_surge", "settle", "preloader_wait"});
constexpr auto kModes = std::to_array<std::pair<std::string_view, RestartMode>>(
    {{"drain", RestartMode::drain}, {"surge", RestartMode::surge}});
constexpr auto kBootOrders = std::to_array<std::pair<std::string_view, BootOrder>>(
    {{"before", BootOrder::before}, {"after", BootOrder::after}});
constexpr auto kLimitKeys = std::to_array<std::string_view>({"memory", "age"});

/// Nothing can be taken out of it. A hidden file passes for `.` here, which costs time and no more.
bool is_plainly_normal(std::string_view path) {
  const auto is_doubtful = [](char one, char next) {
    return one == '/' && (next == '/' || next == '.');
  };
  return path.starts_with('/') && !path.ends_with('/') &&
         std::ranges::adjacent_find(path, is_doubtful) == path.end();
}

void read_triggers(const Section& section, RestartPolicy& policy) {
  const auto node = section.find("on");
  if (!node) return;
  const auto words = read_texts(*node, section.mistakes());
  if (!words) return;
  policy.on_release = policy.on_restart_file = false;
  for (const auto& word : *words) {
    if (word == "release") {
      policy.on_release = true;
    } else if (word == "restart_file") {
      policy.on_restart_file = true;
    } else {
      section.mistakes().add(
          *node, fmt::format("`on`: expected release or restart_file, found `{}`", word));
    }
  }
}

/// Nothing comes up with less; `600` are bytes, and would have it replaced at every pass.
std::optional<std::uint64_t> read_memory_limit(const YamlNode& node, Mistakes& mistakes) {
  constexpr std::uint64_t kLeast = std::uint64_t{16} << 20U;
  const auto size = read_size(node, mistakes);
  if (!size || *size >= kLeast) return size;
  mistakes.expected(node, "at least 16M, such as 600M");
  return std::nullopt;
}

}  // namespace

Path below(const Path& root, const Path& path) {
  auto full = path.is_absolute() ? path : root / path;
  return is_plainly_normal(full.native()) ? full : full.lexically_normal();
}

RestartPolicy read_restart(const YamlNode& node, RestartPolicy policy, const Path& root,
                           Mistakes& mistakes) {
  const Section section(node, kRestartKeys, mistakes);
  read_into(section, "mode", policy.mode, read_word<RestartMode>, kModes);
  read_into(section, "boot", policy.boot, read_word<BootOrder>, kBootOrders);
  read_triggers(section, policy);
  if (const auto file = section.find("restart_file")) {
    if (const auto text = read_text(*file, mistakes)) policy.restart_file = below(root, *text);
  }
  read_into(section, "max_unavailable", policy.max_unavailable, read_share);
  read_into(section, "max_surge", policy.max_surge, read_share);
  read_into(section, "settle", policy.settle, read_duration);
  read_into(section, "preloader_wait", policy.preloader_wait, read_duration);
  return policy;
}

Limits read_limits(const YamlNode& node, Limits limits, Mistakes& mistakes) {
  const Section section(node, kLimitKeys, mistakes);
  read_into(section, "memory", limits.memory, read_memory_limit);
  read_into(section, "age", limits.age, read_time_limit);
  return limits;
}

UnitProperties read_unit(const YamlNode& node, UnitProperties unit, Mistakes& mistakes) {
  const Section section(node, unit_property_names(), mistakes);
  for (const auto name : unit_property_names()) {
    const auto value = section.find(name);
    auto text = value ? read_text(*value, mistakes) : std::nullopt;
    if (!text) continue;
    if (is_unit_property(name, *text)) {
      unit.insert_or_assign(std::string(name), std::move(*text));
    } else {
      mistakes.expected(*value, values_of_unit_property(name));
    }
  }
  return unit;
}

}  // namespace bootcheck
