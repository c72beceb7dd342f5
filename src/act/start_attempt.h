// One start command on its way.
#pragma once

#include "act/batch.h"
#include "launch/transient_unit.h"
#include "model/start_machine.h"
#include "observe/context.h"

#include <cstdint>
#include <optional>
#include <string>

namespace bootcheck {

/// A start command and the workers it has to bring up.
struct StartAttempt {
  Batch batch;
  start::WorkerNumber first = 0;  ///< number of its first worker
  LaunchRequest request;
  std::optional<TransientUnit> unit;  ///< until systemd has what it needs
  UniqueFd call_box;                  ///< where what runs in the unit calls
  bool is_unit = false;               ///< false: it is our own child
  std::uint64_t log_offset = 0;       ///< where in the request's output its own begins
  pid_t pid = 0;                      ///< of the command; 0: it was not launched
  bool converses = false;             ///< by a preloader, which serves others as well
  bool has_booted = false;            ///< where that is all it is for
  bool is_out_of_time = false;
  std::uint64_t began_ticks = 0;  ///< since boot, as ProcessId::start_time
  std::string release;            ///< where the root led when it began
};

/// What the start machine has to know of a batch. `is_told`: whether changes of its workers' pid
/// files are.
CommandToStart command_of(const Config& config, const Batch& batch, bool is_told);

/// Fills in the request and what depends on it. Returns why what the command prints cannot be kept;
/// empty: it can. Throws std::system_error.
std::string prepare(StartAttempt& attempt, const Context& context, Launches& launches);

/// Where starts go through systemd: has it begin this one. Throws std::system_error.
void hand_to_systemd(StartAttempt& attempt, const Config& config);

}  // namespace bootcheck
