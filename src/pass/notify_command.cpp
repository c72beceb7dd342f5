#include "pass/notify_command.h"

#include "launch/environment.h"
#include "launch/launch.h"

#include <system_error>

#include <fmt/format.h>

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
  request.user = workers_user(config);
  request.time_limit = kTimeLimit;
  return request;
}

/// Empty: it did its work.
std::string failure(const LaunchOutcome& outcome) {
  if (const auto* exited = std::get_if<Exited>(&outcome))
    return exited->code == 0 ? std::string() : fmt::format("it exited with {}", exited->code);
  if (const auto* killed = std::get_if<KilledBySignal>(&outcome))
    return fmt::format("it was ended by signal {}", killed->signal);
  if (const auto* failed = std::get_if<NotStarted>(&outcome)) return failed->why;
  if (std::holds_alternative<TimedOut>(outcome)) return "it took more than 30 s and was ended";
  return {};
}

Event failed_event(const std::string& why) {
  Event event;
  event.kind = EventKind::failed;
  event.severity = Severity::warning;
  event.fields = {{"what", "notify"}, {"error", why}};
  return event;
}

}  // namespace

std::vector<Event> notify(const Config& config, const std::vector<std::string>& documents) {
  std::vector<Event> failed;
  const auto note = [&failed](const LaunchOutcome& outcome) {
    if (auto why = failure(outcome); !why.empty()) failed.push_back(failed_event(why));
  };
  try {
    Launches launches;
    for (const auto& document : documents)
      launches.start(request_of(config, document), note);
    launches.run();
  } catch (const std::system_error& error) {
    failed.push_back(failed_event(error.what()));
  }
  return failed;
}

}  // namespace bootcheck
