#include "doctor/ruby.h"

#include "system/inspect.h"
#include "system/surroundings.h"

#include <algorithm>
#include <array>

namespace bootcheck {
namespace {

bool is_ruby_program(const Worker& worker) {
  if (!worker.preset.empty()) return true;
  const auto name = Path(worker.start.front()).filename().native();
  return name == "ruby" || name == "bundle" || name == "rake" || name == "rails";
}

void add_folder(std::vector<Path>& folders, const std::optional<Path>& program) {
  if (!program) return;
  auto folder = program->parent_path();
  if (std::ranges::find(folders, folder) == folders.end()) folders.push_back(std::move(folder));
}

/// Where version managers put the programs of which they choose the version.
std::string shims() {
  const auto home = environment_variable("HOME");
  std::string path;
  for (const auto* folder : {".rbenv/shims", ".asdf/shims", ".local/share/mise/shims"})
    path += (path.empty() ? "" : ":") + (Path(home) / folder).native();
  return path;
}

}  // namespace

bool needs_ruby(const Config& config) {
  return std::ranges::any_of(config.workers, is_ruby_program);
}

std::vector<Path> ruby_folders_for_cron(const Config& config) {
  std::vector<Path> folders;
  if (config.env.contains("PATH")) return folders;
  std::string under_cron;
  for (const auto& folder : config.path)
    under_cron += folder.native() + ":";
  under_cron += kCronPath;
  const auto by_hand = environment_variable("PATH") + ":" + shims();
  for (const auto* name : {"ruby", "bundle"}) {
    if (find_program(name, under_cron)) continue;
    const auto found = find_program(name, by_hand);
    add_folder(folders, found);
    // Its shims call it by its name alone.
    if (found && found->native().find("/.asdf/") != std::string::npos)
      add_folder(folders, find_program("asdf", by_hand));
  }
  return folders;
}

std::string path_for_cron(const Config& config) {
  std::string path;
  if (!needs_ruby(config)) return path;
  for (const auto& folder : ruby_folders_for_cron(config))
    path += folder.native() + ":";
  return path.empty() ? path : path + std::string(kCronPath);
}

}  // namespace bootcheck
