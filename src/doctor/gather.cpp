#include "doctor/gather.h"

#include "doctor/gather_cron.h"
#include "doctor/gather_ruby.h"
#include "doctor/gather_settings.h"
#include "launch/environment.h"
#include "system/surroundings.h"
#include "system/user_database.h"

#include <algorithm>

namespace bootcheck::doctor {
namespace {

constexpr Duration kWrongClock = std::chrono::minutes{1};

std::string user_name(uid_t uid) {
  const auto number = std::to_string(uid);
  const auto user = find_user(number);
  return user ? user->name() : number;
}

FolderFacts look_at_folder(std::string purpose, const Path& path) {
  FolderFacts folder{.purpose = std::move(purpose),
                     .path = path,
                     .look = look_at(path),
                     .nearest = path,
                     .nearest_look = {}};
  folder.nearest_look = folder.look;
  while (!folder.nearest_look.exists && folder.nearest.has_parent_path()) {
    folder.nearest = folder.nearest.parent_path();
    folder.nearest_look = look_at(folder.nearest);
  }
  return folder;
}

std::vector<FolderFacts> look_at_folders(const Config& config) {
  std::vector<FolderFacts> folders;
  const auto add = [&folders](const char* purpose, const Path& path) {
    if (std::ranges::find(folders, path, &FolderFacts::path) == folders.end())
      folders.push_back(look_at_folder(purpose, path));
  };
  for (const auto& worker : config.workers)
    add("pid folder", worker.pid_file.parent_path());
  add("folder of the lock", config.lock_file.parent_path());
  add("folder of the state", config.state_file.parent_path());
  add("log folder", config.root / "log");
  if (config.log.to == LogTarget::file) add("log folder", config.log.path.parent_path());
  if (config.metrics_file) add("metrics folder", config.metrics_file->parent_path());
  return folders;
}

/// `/srv/shop/releases`, where a link leads the root below it.
Path releases_of(const Config& config) {
  const auto real = look_at(config.root).real;
  if (real.empty() || real == config.root) return {};
  for (auto folder = real.parent_path(); folder.has_parent_path(); folder = folder.parent_path()) {
    if (folder.filename() == "releases") return folder;
  }
  return {};
}

std::vector<FutureFile> look_at_clock(Machine& machine, const Config& config) {
  std::vector<FutureFile> found;
  for (const auto& file : {config.lock_file, config.state_file}) {
    const auto status = machine.file_status(file);
    if (!status) continue;
    const auto written = Duration(status->modified / 1'000'000);
    const auto ahead = written - machine.wall_clock();
    if (ahead > kWrongClock) found.push_back({file, ahead});
  }
  return found;
}

}  // namespace

std::string text_of(Machine& machine, const Path& file) {
  constexpr std::size_t kLongest = std::size_t{1} << 20U;
  const auto read = machine.read_file(file, {.links = Links::followed, .limit = kLongest});
  const auto* found = std::get_if<FileText>(&read);
  return found == nullptr ? std::string() : found->text;
}

Facts gather(Machine& machine, const Config& config, const Question& question) {
  Facts facts;
  facts.config = &config;
  facts.naming = question.naming;
  facts.uid = machine.user();
  facts.user = user_name(facts.uid);
  auto passes = look_at_cron(machine, config, question);
  facts.cron = std::move(passes.cron);
  facts.managers = look_for_managers(machine, config, question);
  const auto around = environment_under_cron(passes.env, facts.user);
  facts.ruby = look_at_ruby(machine, config, around);
  facts.programs = look_at_programs(config, around);
  facts.folders = look_at_folders(config);
  facts.releases = releases_of(config);
  facts.hides_processes = !machine.shows_all_processes();
  facts.raises = look_for_raises(machine, config);
  facts.cut_offs = look_for_cut_offs(machine, config);
  facts.deadlocks = reserves_with_deadlocks(machine, config);
  facts.lock = lock_holder(config.lock_file);
  facts.future = look_at_clock(machine, config);
  return facts;
}

}  // namespace bootcheck::doctor
