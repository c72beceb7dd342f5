#include "cli/fleet.h"

#include "cli/commands.h"
#include "cli/print.h"
#include "launch/side_by_side.h"
#include "report/json.h"
#include "report/text.h"
#include "system/paths.h"
#include "system/surroundings.h"

#include <algorithm>
#include <array>
#include <exception>
#include <vector>

#include <boost/json.hpp>

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

std::vector<int> statuses_of(const std::vector<TaskEnd>& ends) {
  std::vector<int> statuses;
  for (const auto& end : ends)
    statuses.push_back(end.status);
  return statuses;
}

int print_one_by_one(const std::vector<TaskEnd>& ends) {
  bool is_first = true;
  for (const auto& end : ends) {
    if (!end.out.empty()) print((is_first ? "" : "\n") + end.out);
    is_first = is_first && end.out.empty();
    print_as_problems(end.err);
  }
  return worst(statuses_of(ends));
}

/// `{"apps": [...]}`: what each application alone would print; of one that printed none, why.
int print_one_document(const Options& options, const std::vector<Path>& files,
                       const std::vector<TaskEnd>& ends) {
  boost::json::array apps;
  for (std::size_t at = 0; at < ends.size(); ++at) {
    const auto& end = ends[at];
    print_as_problems(end.err);
    boost::json::error_code error;
    auto document = boost::json::parse(end.out, error);
    if (error)
      document = boost::json::object{{"config", json_text(files[at].native())},
                                     {"exit_status", end.status},
                                     {"problem", json_text(one_line(end.err))}};
    apps.push_back(std::move(document));
  }
  const int status = worst(statuses_of(ends));
  print(indented(boost::json::object{{"schema", 1},
                                     {"command", json_text(name_of(options.command))},
                                     {"apps", std::move(apps)},
                                     {"exit_status", status}}));
  return status;
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
  // What goes on for long is shown as it happens.
  if (options.follow || options.wait || options.stay) return worst(side_by_side(apps));
  if (options.json) return print_one_document(options, files, side_by_side_in_silence(apps));
  if (!is_terminal()) return worst(side_by_side(apps));
  stdout_style();  // while stdout is the terminal
  return print_one_by_one(side_by_side_in_silence(apps));
}

}  // namespace bootcheck
