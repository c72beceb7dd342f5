// From who is who to what state each worker is in. Pure.
#pragma once

#include "model/assign.h"

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
  failing,
  drained  ///< it was asked to stop, and has ended
};

struct Judgement {
  WorkerState state = WorkerState::unknown;
  WorkerState beneath =
      WorkerState::unknown;  ///< what the state would be if nobody held the worker
  Proof proof = Proof::none;
  std::optional<Process> process;   ///< the worker, where one is proved; or its start under way
  bool is_named = false;            ///< its pid file says so
  std::vector<Process> duplicates;  ///< further living processes that prove to be the same worker
  std::vector<Process> surged;      ///< moved aside, finishing their jobs
  std::vector<Process> left_overs;  ///< what a dead process of it has left behind
  std::optional<ProcessId> ended;   ///< the remembered process, which has ended since
  bool ended_as_asked = false;
  std::string reason;  ///< why it cannot be judged (`unknown`) or is held; else empty
  std::string doubt;   ///< `held`: a process that may be it all the same; else empty
};

/// By worker index.
using Judgements = std::vector<Judgement>;

Judgements judge(const Facts& facts, const State& state, const Assignment& assignment);

/// Whether a worker in this state is not there, and nothing but a start is missing.
bool wants_start(WorkerState state);

/// Whether a duplicate may be what the worker's job has forked, and no copy of it. One that was
/// forked by the same preloader looks the same.
bool may_be_forked(const Process& duplicate, const Judgement& judgement,
                   const WorkerRecord* record);

/// The hold on a worker that counts now; null: none, or it has expired.
const Hold* hold_of(const State& state, const std::string& worker, WallTime now);

/// The lower-case name of a state, as users see it.
std::string_view name_of(WorkerState state);

}  // namespace bootcheck
