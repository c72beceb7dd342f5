#include "pass/tell.h"

#include "pass/notify_command.h"
#include "report/metrics.h"
#include "report/notify.h"
#include "report/problems.h"
#include "system/state_file.h"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

namespace bootcheck {
namespace {

std::vector<std::string> notifications(const Context& context, const std::vector<Event>& events,
                                       State& state) {
  std::vector<std::string> documents;
  if (context.config.notify.empty()) return documents;
  const Origin origin{.app = context.config.app, .host = context.here.host};
  for (const auto& event : facts_to_notify(events, context.machine.wall_now(), state.told))
    documents.push_back(notification(event, origin));
  return documents;
}

/// A pass that did nothing need not look again.
AppStatus status_after(const Context& context, const PassDone& done) {
  if (is_idle(done.seen.plan)) return status_of(context, done.seen);
  return status_of(context, take_snapshot(context, {.earlier = &done.seen.facts}));
}

}  // namespace

Event own_trouble(const Context& context, Task task, Failure failure) {
  auto event =
      make_event(EventKind::failed, {}, Severity::warning, Trouble{task, std::move(failure)});
  event.at = context.machine.wall_clock();
  return event;
}

std::vector<Event> tell_others(const Context& context, PassDone& done, Duration began,
                               const SaveState& save) {
  auto& state = done.seen.state;
  const auto& config = context.config;
  std::vector<Event> trouble;
  if (config.metrics_file) {
    count_events(done.events, state.counters);
    save(state);
    const PassFigures figures{.ended_at = context.machine.wall_now(),
                              .took = context.machine.monotonic_clock() - began,
                              .counters = state.counters};
    const auto text = format_metrics(status_after(context, done), figures);
    try {
      context.machine.publish_file(*config.metrics_file, text);
    } catch (const std::system_error& error) {
      trouble.push_back(own_trouble(context, Task::write_metrics, failure_of(error)));
    }
  }
  const auto documents = notifications(context, done.events, state);
  if (documents.empty()) return trouble;
  save(state);
  std::ranges::move(notify(context, documents), std::back_inserter(trouble));
  return trouble;
}

std::vector<Event> tell_of_busy_lock(const Context& context, const Event& event) {
  EventLog log(context);
  log.write({event});
  std::vector<Event> events{event};
  if (log.trouble()) events.push_back(*log.trouble());
  if (event.kind != EventKind::stuck) return events;
  // The state file is the stuck pass's as long as it holds the lock.
  const Path memory = context.config.state_file.native() + ".stuck";
  auto state = load_state(context.machine, memory, context.here).state;
  auto due = problems_to_tell(events, context.machine.wall_now(), state.told);
  const auto documents = notifications(context, events, state);
  try {
    save_state(context.machine, memory, state);
  } catch (const std::system_error& error) {
    due.push_back(own_trouble(context, Task::write_state, failure_of(error)));
    log.write({due.back()});
  }
  log.write(notify(context, documents));
  return due;
}

}  // namespace bootcheck
