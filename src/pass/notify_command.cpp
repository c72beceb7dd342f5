#include "pass/notify_command.h"

#include "launch/environment.h"
#include "launch/launch.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace bootcheck {
namespace {

constexpr Duration kTimeLimit = std::chrono::seconds{30};
constexpr int kSideBySide = 8;

LaunchRequest request_of(const Config& config, const std::string& document, Duration time_left) {
  LaunchRequest request;
  request.argv = config.notify;
  request.working_directory = config.root;
  request.env = environment_of(config, Worker());
  request.input = document;
  request.output = config.log.path.parent_path() / "notify.log";
  request.time_limit = time_left;
  return request;
}

class Notifier {
 public:
  Notifier(const Context& context, const std::vector<std::string>& documents)
      : context_(context),
        documents_(documents),
        deadline_(context.machine.monotonic_clock() + kTimeLimit) {}

  std::vector<Event> run() {
    try {
      start_next();
      launches_.run();
    } catch (const std::system_error& error) {
      note(NotStarted{error.what()});
    }
    std::vector<Event> events;
    for (const auto& failure : failures_)
      events.push_back(make_event(EventKind::failed, {}, Severity::warning, failure));
    stamp(events, context_.machine.wall_clock());
    return events;
  }

 private:
  // A command that cannot be started has ended before its start returns: no recursion then.
  void start_next() {
    if (std::exchange(starting_, true)) return;
    while (next_ < documents_.size() && running_ < kSideBySide) {
      const auto time_left = deadline_ - context_.machine.monotonic_clock();
      const auto& document = documents_[next_++];
      if (time_left <= Duration{0}) {
        note(TimedOut{});
        continue;
      }
      ++running_;
      launches_.start(request_of(context_.config, document, time_left),
                      [this](const LaunchOutcome& outcome) {
                        --running_;
                        note(outcome);
                        start_next();
                      });
    }
    starting_ = false;
  }

  void note(const LaunchOutcome& outcome) {
    if (outcome == LaunchOutcome(Exited{0}) || outcome == LaunchOutcome(LeftRunning{})) return;
    const auto same = std::ranges::find(failures_, outcome, &NotifyFailed::outcome);
    if (same != failures_.end()) {
      ++same->count;
    } else {
      failures_.push_back({outcome, 1});
    }
  }

  const Context& context_;
  const std::vector<std::string>& documents_;
  const Duration deadline_;
  Launches launches_;
  std::vector<NotifyFailed> failures_;
  std::size_t next_ = 0;
  int running_ = 0;
  bool starting_ = false;
};

}  // namespace

std::vector<Event> notify(const Context& context, const std::vector<std::string>& documents) {
  if (documents.empty()) return {};
  return Notifier(context, documents).run();
}

}  // namespace bootcheck
