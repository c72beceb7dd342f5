#include "launch/environment.h"

#include "system/text_file.h"
#include "util/trimmed.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <unistd.h>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it declared by the
                        // program, environ(7)

namespace bootcheck {
namespace {

constexpr auto kDropped = std::to_array<std::string_view>(
    {"RUBYOPT", "RUBYLIB", "NOTIFY_SOCKET", "INVOCATION_ID", "JOURNAL_STREAM", "LISTEN_FDS",
     "LISTEN_PID", "LISTEN_FDNAMES", "OLDPWD", "PWD", "SHLVL", "_"});
constexpr auto kDroppedPrefixes =
    std::to_array<std::string_view>({"BUNDLE_", "BUNDLER_", "SUDO_", "BOOTCHECK_"});

bool is_inherited(std::string_view key) {
  return std::ranges::find(kDropped, key) == kDropped.end() &&
         std::ranges::none_of(kDroppedPrefixes,
                              [key](auto prefix) { return key.starts_with(prefix); });
}

std::map<std::string, std::string> own() {
  std::map<std::string, std::string> env;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view pair = *entry;
    const auto equals = pair.find('=');
    if (equals != std::string_view::npos)
      env.emplace(pair.substr(0, equals), pair.substr(equals + 1));
  }
  return env;
}

std::string_view unquoted(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == text.back() &&
                      (text.front() == '"' || text.front() == '\'');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

void put_before_path(const std::vector<Path>& folders, std::string& path) {
  std::string before;
  for (const auto& folder : folders)
    before += folder.native() + ":";
  if (path.empty() && !before.empty()) before.pop_back();
  path.insert(0, before);
}

}  // namespace

std::map<std::string, std::string> parse_env_file(const std::string& text) {
  std::map<std::string, std::string> env;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    auto line = trimmed(std::string_view(text).substr(start, end - start));
    start = end + 1;
    if (line.starts_with("export ")) line = trimmed(line.substr(7));
    const auto equals = line.find('=');
    if (line.starts_with('#') || equals == 0 || equals == std::string_view::npos) continue;
    env.insert_or_assign(std::string(trimmed(line.substr(0, equals))),
                         std::string(unquoted(trimmed(line.substr(equals + 1)))));
  }
  return env;
}

std::map<std::string, std::string> environment_of(const Config& config, const Worker& worker) {
  return environment_of(config, worker, own());
}

std::map<std::string, std::string> environment_of(
    const Config& config, const Worker& worker, const std::map<std::string, std::string>& around) {
  std::map<std::string, std::string> env;
  for (const auto& [key, value] : around) {
    if (is_inherited(key)) env.emplace(key, value);
  }
  const auto set = [&env](const std::map<std::string, std::string>& more) {
    for (const auto& [key, value] : more)
      env.insert_or_assign(key, value);
  };
  if (config.env_file) set(parse_env_file(read_text_file(*config.env_file)));
  env.try_emplace("PATH", "/usr/local/bin:/usr/bin:/bin");
  set({{"RAILS_ENV", config.environment}, {"RACK_ENV", config.environment}});
  set(config.env);
  put_before_path(config.path, env["PATH"]);
  set(worker.env);
  return env;
}

}  // namespace bootcheck
