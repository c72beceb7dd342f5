#include "pass/notify_command.h"

#include "launch/environment.h"
#include "launch/launch.h"

#include <system_error>

namespace bootcheck {
namespace {

constexpr Duration kTimeLimit = std::chrono::seconds{30};

LaunchRequest request_of(const Config& config, const std::string& document) {
  LaunchRequest request;
  request.argv = config.notify;
  request.working_directory = config.root;
  request.env = environment_of(config, Worker());
  request.input = document;
  request.output = config.log.path.parent_path() / "notify.log";
  request.time_limit = kTimeLimit;
  return request;
}

bool has_failed(const LaunchOutcome& outcome) {
  return outcome != LaunchOutcome(Exited{0}) && !std::holds_alternative<LeftRunning>(outcome);
}

Event failed_event(const LaunchOutcome& outcome) {
  return make_event(EventKind::failed, {}, Severity::warning, NotifyFailed{outcome});
}

}  // namespace

std::vector<Event> notify(const Config& config, const std::vector<std::string>& documents) {
  std::vector<Event> failed;
  const auto note = [&failed](const LaunchOutcome& outcome) {
    if (has_failed(outcome)) failed.push_back(failed_event(outcome));
  };
  try {
    Launches launches;
    for (const auto& document : documents)
      launches.start(request_of(config, document), note);
    launches.run();
  } catch (const std::system_error& error) {
    failed.push_back(failed_event(NotStarted{error.what()}));
  }
  return failed;
}

}  // namespace bootcheck
