// What there is to say of a worker beside its state. Pure.
#pragma once

#include "model/status.h"

#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

/// How text for people is to look.
struct Style {
  bool colour = false;
  int width = 0;     ///< columns of the terminal; 0: no terminal, lines are as long as they need be
  WallTime now = 0;  ///< s since the epoch; 0: say when things happened, not how long ago
  /// How times are shown; null: in UTC. The command line hands in the one for local time.
  std::string (*time_text)(WallTime) = nullptr;

  std::string time(WallTime at) const;
};

/// What is worth knowing of a worker, a fact each: `draining for 4m 12s after restart`, `held by
/// deploy until 2026-11-23 08:00:00: import`; not why it failed or is
/// not ready, which many may share. Printable.
std::vector<std::string> notes_of(const WorkerStatus& worker, const Style& style);

/// Who holds a worker, until when (else since when) and why: `held by deploy until ...: import`.
std::string hold_note(const Hold& hold, const Style& style);

/// How many workers are in which state, in the order in which a person wants to know: `3 running, 1
/// draining`.
std::string summary_of(const AppStatus& status);

/// Why a process drains, in words: `after restart`, `as it outgrew its memory limit`...
std::string_view drain_cause(StopReason reason);

/// Why a worker cannot be judged, is disabled, or failed; empty: there is nothing to say. As it is,
/// of several lines perhaps.
std::string note_of(const WorkerStatus& worker);

}  // namespace bootcheck
