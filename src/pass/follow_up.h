// The passes that follow one that has booted the application to replace workers.
#pragma once

#include "act/preloaders.h"
#include "pass/pass.h"

#include <optional>

namespace bootcheck {

/// Decides after each pass whether another one is made while the lock is still held.
class FollowUp {
 public:
  FollowUp(const Context& context, const PassOptions& options, const Preloaders& preloaders);

  /// After each pass, with what that one did.
  void passed(const PassDone& done);

  /// Sleeps until there is something to do: a worker has exited, or another one may be asked to
  /// stop. `seen`: by the last pass. False: there will not be in time, or nothing that was booted
  /// is left.
  bool wait(const Snapshot& seen);

 private:
  bool sleep_until(Duration moment, const State& state, const std::vector<ProcessId>& processes);

  Machine& machine_;
  const PassOptions& options_;
  const Preloaders& preloaders_;
  Duration settle_;
  Duration linger_;
  std::optional<Duration> asked_at_;  ///< by the monotonic clock, when somebody was last
  bool has_acted_ = false;            ///< the last pass has asked or started somebody
};

}  // namespace bootcheck
