#include "observe/status_command.h"

#include "launch/environment.h"

#include <algorithm>

namespace bootcheck {
namespace {

constexpr Duration kTimeLimit = std::chrono::seconds{10};

}  // namespace

LaunchRequest status_request(const Config& config, const Worker& worker) {
  LaunchRequest request;
  request.argv = worker.status;
  request.working_directory = worker.working_directory;
  request.env = environment_of(config, worker);
  request.output = "/dev/null";
  request.time_limit = kTimeLimit;
  return request;
}

StatusAnswer status_answer(const LaunchOutcome& outcome) {
  const auto* exited = std::get_if<Exited>(&outcome);
  if (exited == nullptr) return StatusAnswer::unknown;
  if (exited->code == 0) return StatusAnswer::running;
  return exited->code >= 1 && exited->code <= 3 ? StatusAnswer::not_running : StatusAnswer::unknown;
}

void ask_status_commands(const Config& config, std::vector<Observation>& seen) {
  if (std::ranges::all_of(config.workers, &Argv::empty, &Worker::status)) return;
  Launches launches;
  for (std::size_t at = 0; at < seen.size(); ++at) {
    const auto& worker = config.workers[at];
    if (worker.status.empty()) continue;
    launches.start(status_request(config, worker),
                   [&answer = seen[at].status](const LaunchOutcome& outcome) {
                     answer = status_answer(outcome);
                   });
  }
  launches.run();
}

}  // namespace bootcheck
