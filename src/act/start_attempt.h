// One start command on its way.
#pragma once

#include "act/batch.h"
#include "launch/launch.h"
#include "launch/transient_unit.h"
#include "model/start_failure.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace bootcheck {

/// A start command and the workers it has to bring up.
struct StartAttempt {
  using Clock = std::chrono::steady_clock;

  Batch batch;
  LaunchRequest request;
  std::optional<TransientUnit> unit;  ///< none: it is our own child
  std::uint64_t log_offset = 0;       ///< where in the request's output its own begins
  pid_t pid = 0;
  Clock::time_point began;
  std::optional<LaunchOutcome> outcome;  ///< none: it still runs
  Clock::time_point ended;
  bool detached = false;
};

/// Fills in the request and what depends on it. Returns why what the command prints cannot be kept;
/// empty: it can. Throws std::system_error.
std::string prepare(StartAttempt& attempt, const Config& config);

/// Why a worker will not come up by this attempt any more; none: it still may. `is_coming`: its
/// process lives and is not yet up.
std::optional<StartCause> why_hopeless(const Worker& worker, const StartAttempt& attempt,
                                       bool is_coming);

/// Whole ms from then until now.
Duration since(StartAttempt::Clock::time_point begin);

}  // namespace bootcheck
