#include "cli/fleet.h"

#include "cli/commands.h"
#include "cli/print.h"
#include "launch/side_by_side.h"
#include "system/paths.h"
#include "system/surroundings.h"

#include <algorithm>
#include <array>
#include <exception>
#include <vector>

namespace bootcheck {
namespace {

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

bool is_fleet(const Place& place) {
  const auto status = place.config ? file_status(*place.config) : std::nullopt;
  return status && status->is_directory;
}

int run_fleet(const Options& options, const Place& place,
              const std::function<int(const Options&, const Place&)>& run_app) {
  const auto files = files_in(*place.config, ".yml");
  if (files.empty()) {
    print_problem(place.config->native() + " holds no *.yml");
    return kUsage;
  }
  auto one_of_many = options;
  one_of_many.in_fleet = true;
  std::vector<std::function<int()>> apps;
  for (const auto& file : files) {
    apps.emplace_back([&one_of_many, &run_app, own = place, file]() mutable {
      own.config = file;
      try {
        return run_app(one_of_many, own);
      } catch (const std::exception& error) {
        print_problem(error.what());
        return static_cast<int>(kCannotWork);
      }
    });
  }
  return worst(side_by_side(apps));
}

}  // namespace bootcheck
