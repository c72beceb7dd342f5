// What a person or a script is shown of one worker. Data only; the source of the status table and
// of its JSON.
#pragma once

#include "model/judge.h"
#include "model/not_ready.h"

#include <optional>
#include <string>
#include <vector>

namespace bootcheck {

struct WorkerStatus {
  std::string name;
  WorkerState state = WorkerState::unknown;
  bool should_run = true;  ///< false: held
  std::optional<pid_t> pid;
  std::optional<Duration> age;          ///< of the process
  std::optional<std::uint64_t> memory;  ///< resident, bytes
  bool is_stopped = false;              ///< by SIGSTOP or its like: it does nothing
  std::optional<Duration> draining_for;
  std::optional<StopReason> drain_reason;
  std::vector<pid_t> set_aside;  ///< surged: old processes still finishing their jobs
  std::optional<Hold> hold;
  std::optional<StopReason> out_of_date;  ///< why the next pass will roll it; none: it will not
  std::optional<Duration> next_try_in;    ///< failing
  std::optional<NotReady> not_ready;      ///< it waits for its `ready` command
  int failures = 0;
  std::optional<StartFailure>
      last_error;    ///< why it did not come up; none: it runs, or never failed
  std::string note;  ///< why it cannot be judged, or is disabled; what may run though it is held
  Path pid_file;
};

/// A worker of the application that nobody configured.
struct OrphanStatus {
  std::string title;
  pid_t pid = 0;
  bool draining = false;
};

/// The application does not boot on the code that workers are to be replaced with.
struct BootTrouble {
  StartFailure failure;
  int failures = 0;  ///< in a row
  Duration next_try_in{0};
};

/// Everything `status` shows.
struct AppStatus {
  std::string app;
  Path root;
  std::string environment;
  std::optional<WallTime> last_pass;               ///< when a pass last took the lock
  Duration stuck_after{std::chrono::minutes{10}};  ///< so long without a pass is too long
  std::vector<WorkerStatus> workers;
  std::vector<OrphanStatus> orphans;
  std::optional<BootTrouble> boot_trouble;
};

}  // namespace bootcheck
