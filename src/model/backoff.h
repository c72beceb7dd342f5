// How long what has failed waits for its next try. Pure.
#pragma once

#include "model/state.h"
#include "util/types.h"

namespace bootcheck {

/// How long a worker that died early `count` times in a row waits for its next start: not at all
/// after the first time, then `first`, doubled each time up to `max`.
Duration backoff_delay(int count, Duration first, Duration max);

/// When `delay` is over, for passes that cron begins a moment sooner or later than a whole number
/// of minutes after the one at `now`: without that moment, a wait of one minute would often be two.
BootTime next_try(BootTime now, Duration delay);

/// However often it has failed, and whatever a state file says.
int one_more(int count);

}  // namespace bootcheck
