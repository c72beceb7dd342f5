// Carries out a plan. Nothing is decided here but what right-before-acting looks show.
#pragma once

#include "config/config.h"
#include "model/event.h"
#include "model/plan.h"
#include "system/proc_fs.h"

#include <functional>
#include <vector>

namespace bootcheck {

/// Does every step of the plan: pid files and signals first, then all starts. `state` is brought up
/// to date with what was done; `save` is called after the signals, since starts may take minutes
/// and a signal must not be sent twice. A worker that ends its drain while others are started is
/// started as well; what was seen of it then goes into `facts`. One worker's failure is an event
/// and stops no other worker.
std::vector<Event> act(const Config& config, const ProcFs& proc, Facts& facts, const Plan& plan,
                       State& state, const std::function<void()>& save);

}  // namespace bootcheck
