#include "pass/tell.h"

#include "pass/log_writer.h"
#include "pass/notify_command.h"
#include "report/metrics.h"
#include "report/notify.h"
#include "report/problems.h"
#include "system/state_file.h"
#include "util/timestamp.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace bootcheck {
namespace {

std::vector<std::string> notifications(const Context& context, const std::vector<Event>& events,
                                       State& state) {
  const auto& config = context.config;
  auto& machine = context.machine;
  std::vector<std::string> documents;
  if (config.notify.empty()) return documents;
  const Occasion occasion{
      .app = config.app, .host = machine.host_name(), .time = utc_timestamp(machine.wall_clock())};
  for (const auto& event : facts_to_notify(events, machine.wall_now(), state.told))
    documents.push_back(notification(event, occasion));
  return documents;
}

/// A pass that did nothing need not look again.
AppStatus status_after(const Context& context, const PassDone& done) {
  if (is_idle(done.seen.plan)) return status_of(context, done.seen);
  return status_of(context, take_snapshot(context, {}));
}

}  // namespace

Event own_trouble(Task task, Failure failure) {
  return make_event(EventKind::failed, {}, Severity::warning, Trouble{task, std::move(failure)});
}

void write_log(const Context& context, std::vector<Event>& events) {
  if (events.empty()) return;
  const auto& config = context.config;
  auto& machine = context.machine;
  const auto problem =
      append_to_log(machine, config.log, config.app, events, utc_timestamp(machine.wall_clock()));
  if (problem) events.push_back(own_trouble(Task::write_log, {*problem, {}}));
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
      trouble.push_back(own_trouble(Task::write_metrics, failure_of(error)));
    }
  }
  const auto documents = notifications(context, done.events, state);
  if (documents.empty()) return trouble;
  save(state);
  std::ranges::move(notify(config, documents), std::back_inserter(trouble));
  return trouble;
}

std::vector<Event> tell_of_busy_lock(const Context& context, const Event& event) {
  const auto& config = context.config;
  std::vector<Event> events{event};
  write_log(context, events);
  if (event.kind != EventKind::stuck) return events;
  // The state file is the stuck pass's as long as it holds the lock.
  const Path memory = config.state_file.native() + ".stuck";
  auto state = load_state(context.machine, memory, context.boot_id).state;
  auto due = problems_to_tell(events, context.machine.wall_now(), state.told);
  const auto documents = notifications(context, events, state);
  try {
    save_state(context.machine, memory, state);
  } catch (const std::system_error& error) {
    due.push_back(own_trouble(Task::write_state, failure_of(error)));
  }
  auto trouble = notify(config, documents);
  if (!trouble.empty()) write_log(context, trouble);
  return due;
}

}  // namespace bootcheck
