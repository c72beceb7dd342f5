#include "model/event.h"

namespace bootcheck {

std::string_view name_of(EventKind kind) {
  switch (kind) {
    case EventKind::started:
      return "started";
    case EventKind::start_failed:
      return "start_failed";
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
    case EventKind::recovery_failed:
      return "recovery_failed";
    case EventKind::failing:
      return "failing";
    case EventKind::recovered:
      return "recovered";
    case EventKind::duplicate:
      return "duplicate";
    case EventKind::orphan:
      return "orphan";
    case EventKind::unknown:
      return "unknown";
    case EventKind::killed:
      return "killed";
    case EventKind::held:
      return "held";
    case EventKind::released:
      return "released";
    case EventKind::drain_slow:
      return "drain_slow";
    case EventKind::stuck:
      return "stuck";
    case EventKind::gap:
      return "gap";
    case EventKind::busy:
      return "busy";
    case EventKind::failed:
      return "failed";
  }
  return "failed";
}

}  // namespace bootcheck
