// Whether what a worker needs (its database, say) is there: `ready:`. Where it is not, the worker
// waits: it is neither started nor replaced, and its application is not booted. Pure.
#pragma once

#include "model/not_ready.h"
#include "model/plan.h"

#include <optional>
#include <vector>

namespace bootcheck {

/// Who was not asked counts as ready: nothing is to be done for it.
bool is_ready(const Observation& seen);

/// Whether the `ready` commands of two workers are the same, so that one answer serves both.
bool ask_the_same(const Worker& one, const Worker& other);

/// Whose `ready` commands a plan that was made without their answers makes necessary: of the
/// workers that would be started, replaced, or have their application booted; and, where anybody
/// would be replaced, of those that wait for their turn: it may come to them then. In the order of
/// the configuration; nobody who has answered, and none but those of `among`.
std::vector<std::size_t> whom_to_ask(const Plan& plan, const Facts& facts, const Selection& among);

/// Takes the steps out of a decision that have to wait, and notes that it does; signals to others
/// than those who would be replaced stay.
void leave_until_ready(Decision& decision);

/// Notes since when each of the workers `among` has been waiting, and forgets it of those that do
/// not wait any more. The others are left as they are.
void remember_readiness(State& state, const Facts& facts, const Plan& plan, const Selection& among);

/// What a worker waits for, and since when; none: it does not wait.
std::optional<NotReady> not_ready(const Decision& decision, const Facts& facts, const State& state);

/// Whether a worker waits until it is ready, as far as is remembered.
bool waits_until_ready(const State& state, const std::string& worker);

}  // namespace bootcheck
