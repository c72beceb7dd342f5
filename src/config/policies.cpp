#include "config/policies.h"

#include <fmt/format.h>

namespace bootcheck {
namespace {

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
      section.mistakes().add(*node, fmt::format("`{}` is none of: release, restart_file", word));
    }
  }
}

}  // namespace

Path below(const Path& root, const Path& path) {
  return (path.is_absolute() ? path : root / path).lexically_normal();
}

RestartPolicy read_restart(const YamlNode& node, RestartPolicy policy, const Path& root,
                           Mistakes& mistakes) {
  const Section section(
      node, {"mode", "on", "restart_file", "max_unavailable", "max_surge", "settle"}, mistakes);
  read_into(section, "mode", policy.mode, read_word<RestartMode>,
            WordList<RestartMode>{{"drain", RestartMode::drain}, {"surge", RestartMode::surge}});
  read_triggers(section, policy);
  if (const auto file = section.find("restart_file")) {
    if (const auto text = read_text(*file, mistakes)) policy.restart_file = below(root, *text);
  }
  read_into(section, "max_unavailable", policy.max_unavailable, read_share);
  read_into(section, "max_surge", policy.max_surge, read_share);
  read_into(section, "settle", policy.settle, read_duration);
  return policy;
}

Limits read_limits(const YamlNode& node, Limits limits, Mistakes& mistakes) {
  const Section section(node, {"memory", "age"}, mistakes);
  read_into(section, "memory", limits.memory, read_size);
  read_into(section, "age", limits.age, read_time_limit);
  return limits;
}

}  // namespace bootcheck
