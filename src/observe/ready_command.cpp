#include "observe/ready_command.h"

#include "launch/environment.h"
#include "launch/run_commands.h"
#include "model/readiness.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace bootcheck {
namespace {

LaunchRequest ready_request(const Config& config, const Worker& worker) {
  LaunchRequest request;
  request.argv = worker.ready;
  request.working_directory = worker.working_directory;
  request.env = environment_of(config, worker);
  request.output = "/dev/null";
  request.time_limit = kReadyLimit;
  return request;
}

/// One worker for each of the commands.
std::vector<std::size_t> without_repetitions(const std::vector<Worker>& workers,
                                             const std::vector<std::size_t>& whom) {
  std::vector<std::size_t> different;
  for (const auto worker : whom) {
    if (std::ranges::none_of(different, [&](std::size_t other) {
          return ask_the_same(workers[other], workers[worker]);
        }))
      different.push_back(worker);
  }
  return different;
}

}  // namespace

void ask_ready_commands(Machine& machine, const Config& config,
                        const std::vector<std::size_t>& whom, std::vector<Observation>& seen) {
  std::vector<LaunchRequest> requests;
  std::vector<std::size_t> asked;
  const auto note = [&](std::size_t worker, const LaunchOutcome& outcome) {
    for (std::size_t at = 0; at < seen.size(); ++at) {
      if (ask_the_same(config.workers[at], config.workers[worker])) seen[at].ready = outcome;
    }
  };
  for (const auto worker : without_repetitions(config.workers, whom)) {
    try {
      requests.push_back(ready_request(config, config.workers[worker]));
      asked.push_back(worker);
    } catch (const std::system_error& error) {
      note(worker, NotStarted{error.what()});
    }
  }
  if (requests.empty()) return;
  const auto outcomes = run_commands(machine, requests);
  for (std::size_t at = 0; at < asked.size(); ++at)
    note(asked[at], outcomes[at]);
}

}  // namespace bootcheck
