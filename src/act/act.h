// Carries out a plan. Nothing is decided here but what right-before-acting looks show.
#pragma once

#include "model/event.h"
#include "model/plan.h"
#include "observe/context.h"

#include <functional>
#include <vector>

namespace bootcheck {

/// Does every step of the plan: pid files and signals first, then all starts. `state` is brought up
/// to date with what was done; `save` is called before the first step, after the signals (none may
/// be sent twice) and whenever workers have come up, for this process may be killed at any time.
/// `noticed` is what remember_seen had to tell. A worker that ends its drain while others are
/// started is started as well; what was seen of it then goes into `facts`. One worker's failure is
/// an event and stops no other worker.
std::vector<Event> act(const Context& context, Facts& facts, const Plan& plan,
                       const std::vector<Event>& noticed, State& state,
                       const std::function<void()>& save);

}  // namespace bootcheck
