#include "pass/notify_command.h"

#include "launch/environment.h"
#include "launch/run_commands.h"

#include <algorithm>
#include <system_error>

namespace bootcheck {
namespace {

constexpr RunLimits kLimits{.at_a_time = 8, .together = std::chrono::seconds{30}};

LaunchRequest request_of(const Config& config, const std::string& document) {
  LaunchRequest request;
  request.argv = config.notify;
  request.working_directory = config.root;
  request.env = environment_of(config, Worker());
  request.input = document;
  request.output = config.log.path.parent_path() / "notify.log";
  return request;
}

bool has_failed(const LaunchOutcome& outcome) {
  return outcome != LaunchOutcome(Exited{0}) && !std::holds_alternative<LeftRunning>(outcome);
}

std::vector<LaunchOutcome> run_all(const Context& context,
                                   const std::vector<std::string>& documents) {
  std::vector<LaunchRequest> requests;
  for (const auto& document : documents)
    requests.push_back(request_of(context.config, document));
  try {
    return run_commands(context.machine, requests, kLimits);
  } catch (const std::system_error& error) {
    return {NotStarted{error.what()}};
  }
}

}  // namespace

std::vector<Event> notify(const Context& context, const std::vector<std::string>& documents) {
  if (documents.empty()) return {};
  std::vector<NotifyFailed> failures;
  for (const auto& outcome : run_all(context, documents)) {
    if (!has_failed(outcome)) continue;
    const auto same = std::ranges::find(failures, outcome, &NotifyFailed::outcome);
    if (same != failures.end()) {
      ++same->count;
    } else {
      failures.push_back({outcome, 1});
    }
  }
  std::vector<Event> events;
  for (const auto& failure : failures)
    events.push_back(make_event(EventKind::failed, {}, Severity::warning, failure));
  stamp(events, context.machine.wall_clock());
  return events;
}

}  // namespace bootcheck
