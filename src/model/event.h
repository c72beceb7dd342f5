// What a pass has to tell: one event is one line of the log, and, where it is a problem, one line
// on stderr. Data only.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bootcheck {

enum class EventKind {
  started,
  start_failed,
  crashed,
  stale,
  restored,
  asked_to_stop,
  drained,
  set_aside,
  job_recovered,
  recovery_failed,
  failing,
  recovered,
  duplicate,
  orphan,
  unknown,
  killed,
  held,
  released,
  drain_slow,
  stuck,
  gap,
  busy,
  failed
};

enum class Severity { info, warning, error };

struct Event {
  EventKind kind = EventKind::started;
  Severity severity = Severity::info;
  std::string worker;                                       ///< empty: of the whole pass
  std::vector<std::pair<std::string, std::string>> fields;  ///< `pid` and `123`, `took` and `0.9s`
  std::string problem;  ///< for people: why it is so and what to do; empty: no problem
};

/// The word for an event in the log: `start_failed`.
std::string_view name_of(EventKind kind);

}  // namespace bootcheck
