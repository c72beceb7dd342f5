// Who is who: looks at all workers and all seen processes together and gives every process at most
// one role. Whatever else wants to know whose a process is reads that. Pure.
#pragma once

#include "model/facts.h"
#include "model/proof.h"

#include <optional>
#include <string>
#include <vector>

namespace bootcheck {

/// The living processes that are one worker's, each in its role.
struct Assigned {
  std::optional<Process> current;  ///< the worker itself
  Proof proof = Proof::none;
  bool is_named = false;            ///< `current` is the process in the pid file
  std::vector<Process> duplicates;  ///< further ones that prove to be it
  std::vector<Process> surged;      ///< moved aside, finishing their jobs
  std::vector<Process> left_overs;  ///< what a dead one has left behind: of its session
  std::optional<Process> starting;  ///< a start of it is under way
  std::string doubt;                ///< why it cannot be told whether it runs; empty: it can
};

struct Assignment {
  std::vector<Assigned> of;      ///< by worker index
  std::vector<Process> orphans;  ///< workers of the application that the configuration lacks
};

/// No process gets two roles, no process of another user any; what was not read speaks neither for
/// nor against. A process that starts several workers is the start of each of them.
Assignment assign(const Facts& facts, const State& state);

/// Whether all of /proc has to be searched: a worker seems not to run.
bool needs_search(const Assignment& assignment);

/// Whether a process with this command line may concern any of the workers, so that a search has to
/// look at it.
bool may_concern(const std::vector<Worker>& workers, const Argv& command_line);

}  // namespace bootcheck
