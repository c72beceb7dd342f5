// Who is watched while workers are started: those on their way up, and all others that run.
#pragma once

#include "act/start.h"
#include "model/start_machine.h"
#include "system/launches.h"

#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace bootcheck {

class StartWatch {
 public:
  StartWatch(Launches& launches, const std::vector<RunningWorker>& running);

  /// A process of this worker. `rising`: its number while it is on its way up.
  void watch(std::size_t worker, const ProcessId& process,
             std::optional<start::WorkerNumber> rising);

  /// Whether writes to this pid file, of the worker with this number, are told.
  bool watch_pid_file(const Path& file, start::WorkerNumber number);

  std::optional<start::WorkerNumber> whose_pid_file(const Path& file) const;

  /// Whose process this is; none: of no worker that is watched.
  std::optional<std::size_t> worker_of(const ProcessId& process) const;

  /// Hands over whom to watch, right before a sleep: while there is something to do nobody needs
  /// it.
  void begin();

  /// The number of a worker on its way up whose process this was.
  std::optional<start::WorkerNumber> note_end(const ProcessId& process);

  /// Workers that ran and have ended since this was asked last. One that ends again and again is
  /// left to the next pass, or this one would not end.
  std::vector<std::size_t> take_ended();

 private:
  struct Watched {
    std::size_t worker = 0;
    ProcessId process;
    std::optional<start::WorkerNumber> rising;
  };

  const Watched* find(const ProcessId& process) const;

  Launches& launches_;
  std::unordered_map<pid_t, Watched> watched_;
  std::vector<ProcessId> new_;
  std::map<Path, bool> folders_;
  std::map<Path, start::WorkerNumber> pid_files_;
  std::vector<std::size_t> ended_;
  std::unordered_map<std::size_t, int> ends_;  ///< by worker
};

}  // namespace bootcheck
