#include "observe/status_command.h"

#include "launch/environment.h"
#include "launch/run_commands.h"

#include <system_error>

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

void ask_status_commands(Machine& machine, const Config& config, std::vector<Observation>& seen) {
  std::vector<LaunchRequest> requests;
  std::vector<std::size_t> asked;
  for (std::size_t at = 0; at < seen.size(); ++at) {
    const auto& worker = config.workers[at];
    if (worker.status.empty()) continue;
    seen[at].status = StatusAnswer::unknown;
    try {
      requests.push_back(status_request(config, worker));
      asked.push_back(at);
    } catch (const std::system_error&) {  // its start will say why; the others are not concerned
    }
  }
  if (requests.empty()) return;
  const auto outcomes = run_commands(machine, requests);
  for (std::size_t at = 0; at < asked.size(); ++at)
    seen[asked[at]].status = status_answer(outcomes[at]);
}

}  // namespace bootcheck
