// What speaks for a process being a worker, and what against: by the facts and what is remembered,
// before anybody is given a role. Pure.
#pragma once

#include "model/facts.h"
#include "model/proof.h"

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace bootcheck {

/// `at`: the worker's index. Refers to facts and state, which have to outlive it.
class Prover {
 public:
  Prover(const Facts& facts, const State& state);

  /// Null: nothing is remembered of it.
  const WorkerRecord* record(std::size_t at) const { return records_[at]; }
  /// The worker that remembers a living process; none: nobody does.
  std::optional<std::size_t> owner_of(const Process& process) const;

  /// By what the process that its pid file names is proved to be the worker.
  Proof proof_of_named(const Process& process, std::size_t at) const;
  /// Of a remembered process that lives, of any worker: by its parent or its session.
  bool is_child_of_remembered(const Process& process) const;
  /// The pid is known to have been another process's, which has ended: this one came by it later.
  bool came_by_its_pid(const Process& process, std::size_t at) const;
  /// Asked of what the pid file does not name: that wins over an old file that says set aside.
  bool is_set_aside(const Process& process, std::size_t at) const;
  /// daemons gives a delayed_job worker its title in `/` and closes all descriptors before
  /// delayed_job changes back into the application (daemonize.rb; delayed/command.rb, run_process).
  /// Until then it may be another application's, unless a start of ours has begun.
  bool is_coming_up(const Process& process, const std::vector<std::size_t>& bearers) const;
  /// It was left behind by a process of the worker that has ended.
  bool shares_session_of_dead(const Process& process, std::size_t at) const;
  /// Of a remembered process of which it cannot be told whether it lives (hidepid).
  bool shares_session_of_unseen(const Process& process, std::size_t at) const;

  // --- why it cannot be told whether a worker runs; empty: nothing speaks for it
  /// Of the process that its pid file names, which is not proved to be it.
  std::string doubt_of_named(const Process& process, std::size_t at) const;
  /// It may live on without its pid file, and a search does not find whoever has changed its title.
  std::string doubt_of_remembered(std::size_t at) const;
  /// Of a remembered process that runs as another user.
  std::string doubt_of_user(const Process& process) const;

 private:
  bool lives_without_pid_file(const Process& named, std::size_t at) const;
  bool is_of_dead_session(const Process& process) const;
  bool works_inside(const Process& process, std::size_t at) const;
  bool is_younger_than_its_file(const Process& process, std::size_t at) const;
  bool is_born_of_start(const Process& process, std::size_t at) const;
  bool is_born_since_start(const Process& process, std::size_t at) const;
  std::uint64_t ticks_of(Duration duration) const;
  bool may_be_untitled(const Process& process, std::size_t at) const;

  const Facts& facts_;
  const std::vector<Worker>& workers_;
  std::vector<const WorkerRecord*> records_;
  std::unordered_map<pid_t, std::size_t> owners_;  ///< of the remembered processes that live
};

}  // namespace bootcheck
