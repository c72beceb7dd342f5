// What a plan will do, written down before it is done. Pure.
#pragma once

#include "model/plan.h"

namespace bootcheck {

/// Before anything of a plan is carried out: notes whom it will ask to stop, whom it sets aside,
/// whose jobs it hands back and what it starts, so that any later pass can finish it.
void remember_intents(State& state, const Facts& facts, const Plan& plan);

}  // namespace bootcheck
