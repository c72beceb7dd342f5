#include "model/event.h"

#include <utility>

namespace bootcheck {
namespace {

template <class Each>
concept HasPid = requires(const Each& each) {
  each.pid;
};

}  // namespace

Event make_event(EventKind kind, std::string worker, Severity severity, Detail detail) {
  Event event;
  event.kind = kind;
  event.severity = severity;
  event.worker = std::move(worker);
  event.detail = std::move(detail);
  return event;
}

void stamp(std::vector<Event>& events, Duration since_epoch) {
  for (auto& event : events) {
    if (event.at == Duration{0}) event.at = since_epoch;
  }
}

std::string_view name_of(EventKind kind) {
  switch (kind) {
    case EventKind::started:
      return "started";
    case EventKind::start_failed:
      return "start_failed";
    case EventKind::boot_failed:
      return "boot_failed";
    case EventKind::crashed:
      return "crashed";
    case EventKind::stale:
      return "stale";
    case EventKind::restored:
      return "restored";
    case EventKind::asked_to_stop:
      return "asked_to_stop";
    case EventKind::drained:
      return "drained";
    case EventKind::set_aside:
      return "set_aside";
    case EventKind::job_recovered:
      return "job_recovered";
    case EventKind::job_left_alone:
      return "job_left_alone";
    case EventKind::recovery_failed:
      return "recovery_failed";
    case EventKind::failing:
      return "failing";
    case EventKind::not_ready:
      return "not_ready";
    case EventKind::recovered:
      return "recovered";
    case EventKind::duplicate:
      return "duplicate";
    case EventKind::left_over:
      return "left_over";
    case EventKind::no_process:
      return "no_process";
    case EventKind::still_held:
      return "still_held";
    case EventKind::orphan:
      return "orphan";
    case EventKind::unknown:
      return "unknown";
    case EventKind::killed:
      return "killed";
    case EventKind::drain_slow:
      return "drain_slow";
    case EventKind::stuck:
      return "stuck";
    case EventKind::foreign_state:
      return "foreign_state";
    case EventKind::host_stopping:
      return "host_stopping";
    case EventKind::gap:
      return "gap";
    case EventKind::busy:
      return "busy";
    case EventKind::failed:
      return "failed";
  }
  return "failed";
}

std::optional<pid_t> pid_of(const Event& event) {
  return std::visit(
      [](const auto& detail) -> std::optional<pid_t> {
        if constexpr (HasPid<std::remove_cvref_t<decltype(detail)>>) {
          if (detail.pid != 0) return detail.pid;
        }
        return std::nullopt;
      },
      event.detail);
}

Failure failure_of(const std::system_error& error) {
  Failure failure;
  failure.thing = error.what();
  failure.reason = error.code().message();
  // libstdc++ and libc++ both put the text of the code behind what was handed in.
  const auto tail = ": " + failure.reason;
  if (failure.thing.ends_with(tail)) {
    failure.thing.resize(failure.thing.size() - tail.size());
  } else {
    failure.reason.clear();
  }
  return failure;
}

}  // namespace bootcheck
