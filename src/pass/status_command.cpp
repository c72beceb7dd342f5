#include "pass/status_command.h"

#include "pass/environment.h"
#include "system/launch.h"

#include <algorithm>

namespace bootcheck {
namespace {

constexpr Duration kTimeLimit = std::chrono::seconds{10};

StatusAnswer answer_of(const LaunchOutcome& outcome) {
  const auto* exited = std::get_if<Exited>(&outcome);
  if (exited == nullptr) return StatusAnswer::unknown;
  if (exited->code == 0) return StatusAnswer::running;
  return exited->code >= 1 && exited->code <= 3 ? StatusAnswer::not_running : StatusAnswer::unknown;
}

}  // namespace

void ask_status_commands(const Config& config, std::vector<Observation>& seen) {
  if (std::ranges::all_of(config.workers, &Argv::empty, &Worker::status)) return;
  Launches launches;
  for (std::size_t at = 0; at < seen.size(); ++at) {
    const auto& worker = config.workers[at];
    if (worker.status.empty()) continue;
    LaunchRequest request;
    request.argv = worker.status;
    request.working_directory = worker.working_directory;
    request.env = environment_of(config, worker);
    request.output = "/dev/null";
    request.user = workers_user(config);
    request.time_limit = kTimeLimit;
    launches.start(request, [&answer = seen[at].status](const LaunchOutcome& outcome) {
      answer = answer_of(outcome);
    });
  }
  launches.run();
}

}  // namespace bootcheck
