// `restart`, `stop` and `start`: a pass that takes up the request, then one whenever a worker
// exits.
#pragma once

#include "pass/open_work.h"
#include "pass/pass.h"

#include <string>
#include <variant>
#include <vector>

namespace bootcheck {

/// Who watches a roll-out, a person at a terminal say.
class RollOutWatcher {
 public:
  virtual ~RollOutWatcher() = default;

  /// After each pass.
  virtual void passed(const PassDone& done) = 0;
  /// While something is started or boots, at least once a second.
  virtual void under_way(const StartsUnderWay& starts) = 0;
  /// Before each wait, at least once a second. `now`: ms since boot.
  virtual void waiting(const std::vector<Draining>& draining, BootTime now) = 0;
};

struct RollOutOptions {
  PassOptions first;
  Duration patience{0};    ///< kForEver: no end
  bool must_wait = false;  ///< also for those that were asked to stop before
};

struct RolledOut {
  std::vector<Event> events;       ///< of all passes
  std::vector<Draining> draining;  ///< those that had not finished when the patience was over
  bool unready = false;            ///< some are to be started or replaced once they are ready
  bool is_done = true;             ///< nobody drains, and nobody waits
};

/// Or another pass holds the lock.
using RollOutOutcome = std::variant<RolledOut, LockHolder>;

/// Runs the first pass, then sleeps until one of the workers exits and makes an ordinary pass,
/// until nothing drains any more or the patience is over. The lock is not held in between.
/// Interrupted at any time it loses nothing: cron's passes finish the rest.
RollOutOutcome roll_out(const Context& context, const RollOutOptions& options,
                        RollOutWatcher& watcher);

}  // namespace bootcheck
