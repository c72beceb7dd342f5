// Which running workers are to be replaced, and how many of them now. Pure.
#pragma once

#include "model/plan.h"

namespace bootcheck {

/// Why a running worker should be replaced; none: it should not.
std::optional<StopReason> reason_to_roll(const Worker& worker, const Facts& facts,
                                         const Observation& seen, const Process& process,
                                         const WorkerRecord* record);

/// Adds the steps that drain or surge workers: those an operator asked for, those that are out of
/// date and those that outgrew a limit; per entry no more at a time than its `max_unavailable` or
/// `max_surge` allows.
void plan_rolls(Plan& plan, const Facts& facts, const State& state);

}  // namespace bootcheck
