// What is still going on after a pass.
#pragma once

#include "observe/assess.h"

#include <string>
#include <vector>

namespace bootcheck {

/// A process that finishes its job; pid 0: its status command alone knows it.
struct Draining {
  std::string worker;
  StopRequest stop;
};

struct OpenWork {
  std::vector<Draining> draining;
  std::vector<ProcessId> running;  ///< a crash among them is an event as well
  bool to_roll = false;            ///< some are to be replaced, and wait for their turn
  bool unready = false;            ///< some are to be started or replaced once they are ready
  bool intended = false;           ///< some are to be asked to stop, and were not yet

  bool is_done() const { return draining.empty() && !to_roll && !unready; }
  /// Whose end is something to do.
  std::vector<ProcessId> processes() const;
  /// Of some only a status command tells when they have ended.
  bool has_to_be_asked() const;
};

/// From what a pass knew at its end, not from another look: what exits meanwhile is an event. Only
/// those of the selection count as unready.
OpenWork still_open(const Assessment& seen, const Selection& selection);

/// Those that finish their jobs.
std::vector<Draining> draining_of(const State& state);

/// Whether somebody was asked to stop.
bool has_asked(const std::vector<Event>& events);
/// Whether a start was made, well or not.
bool has_started(const std::vector<Event>& events);

/// The longest `settle` of any worker.
Duration settle_of(const std::vector<Worker>& workers);

}  // namespace bootcheck
