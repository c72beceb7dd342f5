// Carries out a plan. Nothing is decided here but what right-before-acting looks show.
#pragma once

#include "act/preloaders.h"
#include "act/start.h"
#include "observe/assess.h"

#include <functional>
#include <vector>

namespace bootcheck {

/// Saves what is remembered; whether it is saved.
using SaveState = std::function<bool(const State&)>;
/// Takes what has happened.
using ReportEvents = std::function<void(std::vector<Event>)>;
/// Takes what is being waited for, at least once a second; may be empty.
using TellUnderWay = std::function<void(const StartsUnderWay&)>;

/// Does every step of the plan: pid files and signals first, then all starts. What the plan intends
/// is saved before the first step: where it cannot be, nobody is asked to stop or set aside, and
/// starts go on. `assessment.state` is brought up to date with what was done and saved after the
/// signals and whenever workers have come up, for this process may be killed at any time. A worker
/// that ends its drain while others are started is started as well; what was seen of it then goes
/// into `assessment`. One worker's failure is an event and stops no other worker. Events are
/// reported before the starts, which may take minutes, and at the end.
///
/// Running workers that share a boot of their application are asked to make room for successors
/// only once it has booted (`restart: {boot: before}`); what has booted stays in `preloaders`.
void act(const Context& context, Assessment& assessment, Preloaders& preloaders,
         const SaveState& save, const ReportEvents& report, const TellUnderWay& under_way);

}  // namespace bootcheck
