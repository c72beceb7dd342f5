// The report step of a pass: log, metrics, notifications, and which problems to print.
#pragma once

#include "act/act.h"
#include "pass/event_log.h"
#include "pass/pass.h"

namespace bootcheck {

/// A problem of bootcheck's own that keeps no worker from starting.
Event own_trouble(const Context& context, Task task, Failure failure);

/// `began`: by the monotonic clock. Writes the metrics file and runs the `notify:` command where
/// they are configured, and returns what failed of that. What was counted and notified is
/// remembered in its state, which is saved before any command runs.
std::vector<Event> tell_others(const Context& context, PassDone& done, Duration began,
                               const SaveState& save);

/// Writes to the log that another pass holds the lock, and notifies of one that is stuck. Returns
/// what is to be printed: a stuck pass when it is found, and then once an hour.
std::vector<Event> tell_of_busy_lock(const Context& context, const Event& event);

}  // namespace bootcheck
