// What a pass has found, as events: one line of the log each, and a problem where a person is
// needed.
#pragma once

#include "model/event.h"
#include "model/plan.h"

#include <vector>

namespace bootcheck {

/// An event of one worker.
Event event_of(EventKind kind, const Worker& worker, Severity severity = Severity::info,
               std::string problem = {});

/// Adds the field `pid`.
void add_pid(Event& event, pid_t pid);

/// What is to be told of one worker before anything is done about it; nothing if all is well.
/// `noticed`: what remember_seen has to tell, the ends of drains among it.
std::vector<Event> found(const Decision& decision, const Facts& facts, const State& state,
                         const std::vector<Event>& noticed);

/// One event for each orphan, with `orphans: warn`.
std::vector<Event> found_orphans(const Facts& facts);

}  // namespace bootcheck
