// The metrics file for Prometheus' textfile collector. Pure.
#pragma once

#include "model/event.h"
#include "model/state.h"
#include "model/status.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

/// What metrics tell besides the status.
struct PassFigures {
  WallTime ended_at = 0;                     ///< s since the epoch
  Duration took{0};                          ///< the whole pass
  std::map<std::string, Counters> counters;  ///< by worker name
};

/// Prometheus' text format: HELP and TYPE (always the same text: the collector refuses two files
/// that differ), labels `app` and `worker`, no timestamps, a newline at the end. A worker that
/// cannot be judged has no `bootcheck_worker_up`, but `bootcheck_worker_unknown` 1.
std::string format_metrics(const AppStatus& status, const PassFigures& figures);

/// Counts what happened in a pass.
void count_events(const std::vector<Event>& events, std::map<std::string, Counters>& counters);

}  // namespace bootcheck
