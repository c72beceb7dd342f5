#include "pass/tell.h"

#include "pass/notify_command.h"
#include "report/log.h"
#include "report/metrics.h"
#include "report/notify.h"
#include "report/problems.h"
#include "system/clock.h"
#include "system/state_file.h"

#include <algorithm>
#include <system_error>

#include <unistd.h>

namespace bootcheck {
namespace {

std::string host_name() {
  std::string name(256, '\0');
  if (::gethostname(name.data(), name.size()) != 0) return {};
  name.resize(name.find('\0'));
  return name;
}

std::vector<std::string> notifications(const Config& config, const std::vector<Event>& events,
                                       State& state) {
  std::vector<std::string> documents;
  if (config.notify.empty()) return documents;
  const Occasion occasion{.app = config.app, .host = host_name(), .time = utc_timestamp()};
  for (const auto& event : facts_to_notify(events, wall_now(), state.told))
    documents.push_back(notification(event, occasion));
  return documents;
}

/// A pass that did nothing need not look again.
AppStatus status_after(const Session& session, const PassDone& done) {
  if (is_idle(done.before.plan)) return status_of(session, done.before);
  return status_of(session, take_snapshot(session, {}));
}

}  // namespace

Event own_trouble(std::string what, std::string problem) {
  Event event;
  event.kind = EventKind::failed;
  event.severity = Severity::warning;
  event.fields.emplace_back("what", std::move(what));
  event.problem = std::move(problem);
  return event;
}

void write_log(const Config& config, std::vector<Event>& events) {
  if (events.empty()) return;
  Log log(config.log, config.app);
  const auto timestamp = utc_timestamp();
  for (const auto& event : events) {
    if (const auto problem = log.write(event, timestamp)) {
      events.push_back(own_trouble("log", "the log cannot be written: " + *problem));
      return;
    }
  }
}

std::vector<Event> tell_others(const Session& session, const PassDone& done, State& state,
                               std::chrono::steady_clock::time_point began,
                               const std::function<void()>& save) {
  const auto& config = session.config();
  std::vector<Event> trouble;
  if (config.metrics_file) {
    count_events(done.events, state.counters);
    save();
    const auto took = std::chrono::steady_clock::now() - began;
    const PassFigures figures{.ended_at = wall_now(),
                              .took = std::chrono::duration_cast<Duration>(took),
                              .counters = state.counters};
    const auto text = format_metrics(status_after(session, done), figures);
    if (auto problem = write_metrics(*config.metrics_file, text))
      trouble.push_back(own_trouble("metrics", "the metrics file cannot be written: " + *problem));
  }
  const auto documents = notifications(config, done.events, state);
  if (documents.empty()) return trouble;
  save();
  std::ranges::move(notify(config, documents), std::back_inserter(trouble));
  return trouble;
}

std::vector<Event> tell_of_busy_lock(const Session& session, const Event& event) {
  const auto& config = session.config();
  std::vector<Event> events{event};
  write_log(config, events);
  if (event.kind != EventKind::stuck) return events;
  // The state file is the stuck pass's as long as it holds the lock.
  const Path memory = config.state_file.native() + ".stuck";
  auto state = load_state(memory, session.boot_id()).state;
  auto due = problems_to_tell(events, wall_now(), state.told);
  const auto documents = notifications(config, events, state);
  try {
    save_state(memory, state);
  } catch (const std::system_error& error) {
    due.push_back(own_trouble("state", error.what()));
  }
  auto trouble = notify(config, documents);
  if (!trouble.empty()) write_log(config, trouble);
  return due;
}

}  // namespace bootcheck
