// From what was seen of a worker to what state it is in (contract, section 4). Pure.
#pragma once

#include "model/identity.h"
#include "model/observation.h"
#include "model/state.h"
#include "model/worker.h"

#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

enum class WorkerState {
  running,
  draining,
  missing,
  crashed,
  stale,
  lost,
  duplicate,
  unknown,
  starting,
  held,
  failing
};

/// What proved a living process to be the worker, strongest first.
enum class Proof { none, record, title, start_command, scan, status_command };

struct Judgement {
  WorkerState state = WorkerState::unknown;
  WorkerState beneath =
      WorkerState::unknown;  ///< what the state would be if nobody held the worker
  Proof proof = Proof::none;
  std::optional<Process> process;  ///< the worker, where one is proved
  std::vector<Process> others;     ///< further living processes that prove to be the same worker
  std::string reason;              ///< why it cannot be judged (`unknown`) or is held; else empty
};

/// The lower-case name of a state, as users see it.
std::string_view name_of(WorkerState state);
std::string_view name_of(Proof proof);

/// What the decision about one worker rests on besides what was seen of it.
struct Memory {
  const WorkerRecord* record = nullptr;  ///< null: nothing is remembered
  const Hold* hold = nullptr;            ///< null: nobody holds it (an expired hold is no hold)
  BootTime now = 0;
};

/// The living process in the pid file proves to be the worker (proofs 1 and 2).
Proof proof_of_named(const Worker& worker, const App& app, const Observation& seen,
                     const WorkerRecord* record);

/// What is remembered of a worker; null: nothing.
const WorkerRecord* find_record(const State& state, const std::string& worker);

/// The request by which this process was asked to stop; null: it was not.
const StopRequest* find_stop(const WorkerRecord* record, const ProcessId& process);

/// Whether the pid file and its process leave open that the worker does not run, so that all of
/// /proc must be looked at before anything is decided.
bool needs_scan(const Worker& worker, const App& app, const Observation& seen,
                const WorkerRecord* record);

/// Whether a process with this command line may be the worker or a start of it.
bool may_be_sighting(const Worker& worker, const Argv& command_line);

/// Sorts one process of the app's user, seen anywhere in /proc, into `sightings` if it is the
/// worker or a start of it.
void sort_sighting(const Worker& worker, const App& app, const Process& process,
                   Sightings& sightings);

/// Takes out the children of what is alive: a job may fork, and its child bears the worker's title
/// for as long as it does not exec.
void drop_forks(Sightings& sightings);

Judgement classify(const Worker& worker, const App& app, const Observation& seen,
                   const Memory& memory);

}  // namespace bootcheck
