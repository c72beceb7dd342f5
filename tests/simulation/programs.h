// What becomes of the commands that are started, by bootcheck or by hand: delayed_job's starter and
// daemons of several kinds, programs in the foreground, status commands.
#pragma once

#include "simulation/site.h"

namespace bootcheck::sim {

/// Who looks on, and knows what must never happen.
class Onlooker {
 public:
  virtual ~Onlooker() = default;
  /// A command was launched by bootcheck, for these workers.
  virtual void launched(const Inhabitant& command) = 0;
  virtual void signalled(Inhabitant& process, int signal) = 0;
  /// The jobs of this row are given back to the queue.
  virtual void handed_back(const Row& row) = 0;
  virtual void wrote(const Path& path) = 0;
};

class Programs {
 public:
  Programs(World& world, Site& site, Onlooker& onlooker)
      : world_(world), site_(site), onlooker_(onlooker) {}

  std::variant<pid_t, NotStarted> launch(const LaunchRequest& request, bool ours);
  /// As a person does it at the shell, or a script of the distribution.
  void start_by_hand(std::size_t worker);
  void ask_by_hand(Inhabitant& process);

  void take_signal_of_ours(Inhabitant& process, int signal);
  void signal_group(pid_t group, int signal);
  void crash(Inhabitant& process) { world_.end(process, KilledBySignal{9}); }
  /// A job of this worker forks.
  void fork_child(const Inhabitant& parent);

  void note_write(const Path& path) { onlooker_.wrote(path); }
  void append(const Path& path, const std::string& text);

  Duration pass_began{0};  ///< of the pass at work

 private:
  struct Boots {
    Boot how;
    Duration takes;
  };

  Boots boots(const Inhabitant& process, Random& dice) const;
  std::vector<std::size_t> started_by(const Argv& argv) const;
  std::optional<pid_t> answer_status(const LaunchRequest& request);
  void run_starter(Inhabitant& process, const LaunchRequest& request);
  void run_daemon_command(Inhabitant& process);
  void run_foreground(Inhabitant& process);
  void hand_back(const std::string& input, const Path& output);
  void hand_back_of(const std::string& name, const std::string& host, pid_t pid,
                    const Path& output);
  void start_next(std::uint64_t starter, std::size_t at);
  bool is_refused(std::size_t worker) const;
  Inhabitant* become_daemon(const Inhabitant& command, std::size_t worker);
  void fork_delayed_job(const Inhabitant& starter, std::size_t worker);
  void fork_daemon(const Inhabitant& command, std::size_t worker);
  void live(Inhabitant& process);
  void lock_job(const Inhabitant& process);
  void take_term(Inhabitant& process);
  void finish(Inhabitant& process);

  World& world_;
  Site& site_;
  Onlooker& onlooker_;
};

}  // namespace bootcheck::sim
