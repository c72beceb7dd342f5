// Everything a pass knows when it decides. Data only.
#pragma once

#include "model/app.h"
#include "model/observation.h"
#include "model/state.h"
#include "model/worker.h"

#include <vector>

namespace bootcheck {

struct Facts {
  App app;
  const std::vector<Worker>* workers = nullptr;
  std::vector<Observation> seen;  ///< one per worker, same order
  ProcessTable processes;
  std::vector<SetAsideFile> set_aside_elsewhere;  ///< in their pid folders, of no worker's pid file
  BootTime now = 0;                               ///< ms since boot
  BootTime suspended = 0;                         ///< ms of that in which the host slept
  WallTime wall = 0;
  std::int64_t ticks_per_second = 100;  ///< of ProcessId::start_time
  std::string doubt;  ///< why nothing can be told of any process here; empty: nothing speaks for it
  std::string host;   ///< as delayed_job writes it into `locked_by`
  std::optional<OomKills> oom_kills;  ///< read where a worker is gone unasked
  bool recover_jobs = true;
  Duration backoff_first{60'000};  ///< `backoff:`; 0 turns it off
  Duration backoff_max{1'800'000};
  Orphans orphan_policy = Orphans::warn;
};

/// How long ago a process has started, in ms.
BootTime age_of(const ProcessId& process, const Facts& facts);
/// How much of the time that has passed the host was awake, in ms.
BootTime awake_since(BootTime then, BootTime suspended_then, const Facts& facts);
/// When a process of this boot has started, by today's clock.
WallTime born_at(const ProcessId& process, const Facts& facts);

}  // namespace bootcheck
