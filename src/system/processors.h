// How much may go on at a time.
#pragma once

namespace bootcheck {

/// The processors that this process may use (sched_getaffinity(2)); at least 1.
int processor_count();

}  // namespace bootcheck
