// delayed_job workers of the application that the configuration does not name: left over from
// another worker count, or the `delayed_job` without identifier of a former `-n 1`. Pure.
#pragma once

#include "model/plan.h"

#include <vector>

namespace bootcheck {

/// Whether a command line is that of a delayed_job worker, any: `delayed_job.3`, `app/delayed_job`.
bool bears_any_title(const Argv& command_line);

/// Whether a process is such a worker: right user, a working directory inside the application, and
/// a title `delayed_job` or `delayed_job.ID` that is none of `workers`'. Never without a
/// delayed_job worker in the configuration.
bool is_orphan(const std::vector<Worker>& workers, const App& app, const Process& process);

/// Those that are to be asked to stop now: with `orphans: drain`, each once.
std::vector<Process> orphans_to_drain(const Facts& facts, const State& state);

}  // namespace bootcheck
