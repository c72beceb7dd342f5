// One pass: lock, observe, plan, act, report. cron is the loop around it.
#pragma once

#include "act/start.h"
#include "model/event.h"
#include "model/plan.h"
#include "model/request.h"
#include "model/status.h"
#include "observe/assess.h"

#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace bootcheck {

/// Everything seen and decided, nothing done.
struct Snapshot : Assessment {
  std::vector<Failure> state_problems;  ///< why what was remembered could not be used
};

struct SnapshotOptions {
  Selection selection = {};
  Search search = Search::if_needed;
  std::vector<Request> requests = {};  ///< they count as if they had been posted
  const Facts* earlier = {};           ///< of the pass that has just ended (AssessOptions::earlier)
};

/// Observes and plans without a lock: for `status`, `why` and `--dry-run`. What was asked for and
/// not taken up yet counts. Throws std::system_error.
Snapshot take_snapshot(const Context& context, SnapshotOptions options = {});

/// When a pass last took place; none: never.
std::optional<WallTime> last_pass(const Context& context);

/// The status of every worker, as a snapshot shows it.
AppStatus status_of(const Context& context, const Snapshot& snapshot);

struct PassDone;

struct PassOptions {
  Selection selection;
  Duration lock_wait{0};
  /// Somebody watched those that were asked to stop until now, and an exit leads to this pass.
  bool has_watched = false;
  /// How long those that were asked to stop are waited for while the application is booted for
  /// their successors; none: `settle`.
  std::optional<Duration> preloader_wait = {};
  /// Told of each pass.
  std::function<void(const PassDone&)> passed = {};
  /// Told at least once a second, while something is started or boots, of that.
  std::function<void(const StartsUnderWay&)> under_way = {};
  /// Told before each wait, at least once a second, of what is remembered.
  std::function<void(const State&)> waiting = {};
};

struct PassDone {
  Snapshot seen;                ///< what was seen and planned; its state is what is remembered now
  std::vector<Event> events;    ///< what was done and found, and bootcheck's own trouble
  std::vector<Event> to_print;  ///< problems not told within the last hour
  bool is_remembered = true;    ///< the state could be written each time
};

/// Another pass holds the lock.
using PassOutcome = std::variant<PassDone, LockHolder>;

/// One whole pass; it takes up what operators have asked for. Where it has booted the application
/// to replace workers, it is followed by one whenever one of them has exited, for as long as
/// `preloader_wait` says: the successor is a fork away. What they did is returned as that of one.
/// Throws std::system_error when bootcheck cannot do its work at all (lock file, /proc, root).
PassOutcome run_pass(const Context& context, const PassOptions& options);

/// Whether a worker is missing, could not be started, or cannot be judged (exit status 1).
bool has_errors(const std::vector<Event>& events);

}  // namespace bootcheck
