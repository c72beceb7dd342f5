// The options of bin/delayed_job (delayed/command.rb) that concern a worker's identity.
#pragma once

#include "model/worker.h"

#include <string>

namespace bootcheck {

struct DelayedJobArgs {
  std::string pid_dir;  ///< --pid-dir; empty: not given
  std::string
      prefix;  ///< -p, --prefix: its process title is PREFIX/delayed_job.ID; empty: not given
  std::string mistake;  ///< why these arguments cannot be used; empty: they can
};

/// Looks through `args` as Ruby's OptionParser does: abbreviated long options, values attached or
/// in the next word.
DelayedJobArgs read_delayed_job_args(const Argv& args);

}  // namespace bootcheck
