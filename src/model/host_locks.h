// Which jobs the workers of another host have locked, for a host that is gone for good. Pure.
#pragma once

#include "model/state.h"

#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

/// A delayed_job worker of that host: its part of `locked_by`, and what it has locked.
struct LockedWorker {
  std::string name;  ///< empty: `rake jobs:work` gives its workers none
  std::int64_t pid = 0;
  std::int64_t jobs = 0;
  WallTime since = 0;  ///< of the job that was locked first; 0: not known
  WallTime last = 0;   ///< and of the one that was locked last

  /// `delayed_job.1 (pid 77 on web2)`
  std::string shown(const std::string& host) const;
};

struct HostLocks {
  std::string host;
  std::vector<LockedWorker> workers;
  WallTime now = 0;  ///< when this was looked at, by the clock that locks are written by
  std::chrono::seconds max_run_time{0};  ///< Delayed::Worker.max_run_time

  std::int64_t jobs() const;
};

/// The worker that has locked a job within `max_run_time`, the last one of them: it may still be at
/// work. Null: there is none.
const LockedWorker* last_within_run_time(const HostLocks& locks);

/// Whether `name` may be what a host is called that calls itself `own`: the same, or one of the two
/// with a domain behind it. Letters count without case, as in hosts(5).
bool may_be_host(std::string_view own, std::string_view name);

}  // namespace bootcheck
