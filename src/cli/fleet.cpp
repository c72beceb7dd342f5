#include "cli/fleet.h"

#include "cli/commands.h"
#include "cli/print.h"
#include "launch/side_by_side.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

namespace bootcheck {
namespace {

Path config_path(const Options& options) {
  if (options.config) return *options.config;
  const char* named =
      std::getenv("BOOTCHECK_CONFIG");  // NOLINT(concurrency-mt-unsafe): there is one thread
  return named == nullptr ? Path() : Path(named);
}

std::vector<Path> configs_in(const Path& folder) {
  std::vector<Path> files;
  for (const auto& entry : boost::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == ".yml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

int worst(const std::vector<int>& statuses) {
  constexpr auto kWorstFirst =
      std::to_array<int>({kCannotWork, kUsage, kLockBusy, kWorkerProblem, kNotRunning});
  for (const int bad : kWorstFirst) {
    if (std::ranges::find(statuses, bad) != statuses.end()) return bad;
  }
  const bool all_well = std::ranges::all_of(statuses, [](int status) { return status == kWell; });
  return all_well ? kWell : kCannotWork;  // a signal, say
}

}  // namespace

bool is_fleet(const Options& options) {
  const auto path = config_path(options);
  boost::system::error_code ignored;
  return !path.empty() && boost::filesystem::is_directory(path, ignored);
}

int run_fleet(const Options& options, const std::function<int(const Options&)>& run_app) {
  const auto folder = config_path(options);
  const auto files = configs_in(folder);
  if (files.empty()) {
    print_problem(folder.native() + " holds no *.yml");
    return kUsage;
  }
  std::vector<std::function<int()>> apps;
  for (const auto& file : files) {
    apps.emplace_back([&options, &run_app, file] {
      auto own = options;
      own.config = file;
      own.in_fleet = true;
      return run_app(own);
    });
  }
  return worst(side_by_side(apps));
}

}  // namespace bootcheck
