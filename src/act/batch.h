// Which workers are started by which command. For delayed_job one boot of the application serves
// all of them.
#pragma once

#include "config/config.h"
#include "model/state.h"
#include "system/machine.h"

#include <string>
#include <vector>

namespace bootcheck {

/// A dead process whose jobs are to be handed back, but for those that whoever has its pid by now
/// has locked since then (s since the epoch; 0: nobody has).
struct DeadOwner {
  DeadProcess dead;
  WallTime pid_taken = 0;
  bool operator==(const DeadOwner&) const = default;
};

/// A worker that is to be started, and its dead processes whose jobs are to be handed back then.
struct StartOrder {
  std::size_t worker = 0;  ///< index into the configuration's workers
  bool start = true;       ///< false: only hand back jobs
  std::vector<DeadOwner> recover;
};

/// Orders that one start command carries out.
using Batch = std::vector<StartOrder>;

/// What a dead process of a worker is called in the lines about its jobs: `delayed_job.1 (pid 77)`.
std::string shown(const std::string& worker, pid_t pid);

/// Groups the orders: workers that share a boot of their application (`preload`), with the same
/// program, folder and environment; every other worker alone. A program in the foreground cannot
/// hand back jobs as well: a command of its own does that. Keeps the order.
std::vector<Batch> make_batches(const Config& config, const std::vector<StartOrder>& orders);

/// What a preloader is told of a batch (delayed_job/preloader.rb).
std::string batch_line(const Config& config, const Batch& batch, int number, const Path& output);

/// Nothing to start and nothing to hand back: the application is booted for those that come later.
bool only_boots(const Batch& batch);

/// The command that carries a batch out. Throws std::system_error when the env_file cannot be read.
LaunchRequest make_request(Machine& machine, const Config& config, const Batch& batch);

}  // namespace bootcheck
