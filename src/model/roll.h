// Which running workers are to be replaced, and how many of them now. Pure.
#pragma once

#include "model/plan.h"

namespace bootcheck {

/// Adds the steps that drain or surge workers: those an operator asked for, those that are out of
/// date and those that outgrew a limit; per entry no more at a time than its `max_unavailable` or
/// `max_surge` allows.
void plan_rolls(Plan& plan, const Facts& facts, const State& state, const Request& request);

}  // namespace bootcheck
