// Brings what is remembered up to date with what was judged. Pure.
#pragma once

#include "model/event.h"
#include "model/judge.h"

#include <vector>

namespace bootcheck {

/// What a pass knows before it plans.
struct Remembered {
  State state;
  std::vector<Event> events;  ///< `drained`, `drain_slow`, `recovered`, `left_over`
};

/// Forgets whom a hold was to stop and no pass has come to ask, where the hold is over.
void forget_void_stops(State& state, const std::vector<Worker>& workers, WallTime now);

/// Notes which processes are the workers now, which of those remembered have drained or died, and
/// counts early deaths. A restart that was asked for is noted for the process that served then.
/// Expired holds and workers that the configuration no longer names are forgotten; of the latter
/// the living processes become orphans. Nothing changes when nothing happened.
Remembered remember(State state, const Facts& facts, const Judgements& judgements);

}  // namespace bootcheck
