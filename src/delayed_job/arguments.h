// The options of bin/delayed_job (delayed/command.rb) that concern a worker's identity.
#pragma once

#include "util/types.h"

#include <string>

namespace bootcheck {

struct DelayedJobArgs {
  std::string pid_dir;  ///< --pid-dir; empty: not given
  std::string
      prefix;  ///< -p, --prefix: its process title is PREFIX/delayed_job.ID; empty: not given
  std::string mistake;  ///< why these arguments cannot be used; empty: they can
};

/// In a YAML list a comma ends an item: `[--queues=default,mailers]` are the two words
/// `--queues=default` and `mailers`. delayed_job would take the second for a command, so it can
/// only be meant for another queue: puts such words together again.
Argv join_lists(const Argv& args);

/// Looks through `args` as Ruby's OptionParser does: abbreviated long options, values attached or
/// in the next word.
DelayedJobArgs read_delayed_job_args(const Argv& args);

}  // namespace bootcheck
