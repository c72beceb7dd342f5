// What a pass has found, as events.
#pragma once

#include "model/event.h"
#include "model/plan.h"

#include <vector>

namespace bootcheck {

/// What is to be told of one worker before anything is done about it; nothing if all is well.
/// `noticed`: what remember_seen has to tell, the ends of drains among it.
std::vector<Event> found(const Decision& decision, const Facts& facts, const State& state,
                         const std::vector<Event>& noticed);

/// One event for each orphan, with `orphans: warn`.
std::vector<Event> found_orphans(const Facts& facts);

}  // namespace bootcheck
