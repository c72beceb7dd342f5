// What a pass has found, as events.
#pragma once

#include "model/assign.h"
#include "model/event.h"
#include "model/plan.h"

#include <vector>

namespace bootcheck {

/// What is to be told of one worker before anything is done about it; nothing if all is well.
std::vector<Event> events_of(const Decision& decision, const Facts& facts, const State& state);

/// One event for each orphan, with `orphans: warn`.
std::vector<Event> orphan_events(const Facts& facts, const Assignment& assignment,
                                 const State& state);

}  // namespace bootcheck
