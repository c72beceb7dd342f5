// What becomes of the commands that are started, by bootcheck or by hand: delayed_job's preloader
// and daemons of several kinds, programs in the foreground, status commands.
#pragma once

#include "simulation/site.h"

namespace bootcheck::sim {

/// Who looks on, and knows what must never happen.
class Onlooker {
 public:
  virtual ~Onlooker() = default;
  /// A command was launched by bootcheck, for these workers.
  virtual void launched(const Inhabitant& command) = 0;
  /// A preloader of bootcheck's has booted the application.
  virtual void booted(const Inhabitant& preloader) = 0;
  virtual void signalled(Inhabitant& process, int signal) = 0;
  /// The `ready` command was asked, which is no answer yet, or has said yes; by the pass that began
  /// then.
  virtual void was_ready(const Path& folder, bool ready, Duration pass_began) = 0;
  /// The jobs of this row are given back to the queue.
  virtual void handed_back(const Row& row) = 0;
  virtual void left_alone(Row& row) = 0;
  virtual void wrote(const Path& path) = 0;
  /// The pid file of a worker now names what a person has started.
  virtual void taken_over() = 0;
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
  /// Bootcheck says a line to a preloader, or ends the conversation.
  void tell(Inhabitant& preloader, const std::string& line);
  void hang_up(Inhabitant& preloader);
  void crash(Inhabitant& process) { world_.end(process, KilledBySignal{9}); }
  /// A job of this worker forks.
  void fork_child(const Inhabitant& parent);

  void note_write(const Path& path) { onlooker_.wrote(path); }
  void append(const Path& path, const std::string& text);

  Duration pass_began{0};  ///< of the pass at work

 private:
  /// What a preloader is told to do.
  struct Dead {
    std::string name;
    std::string host;
    pid_t pid = 0;
    std::int64_t pid_taken = 0;  ///< s since the epoch; 0: not said
  };
  struct Batch {
    int number = 0;
    Path output;
    std::vector<std::size_t> starts;
    std::vector<Dead> dead;
  };

  struct Boots {
    Boot how;
    Duration takes;
  };

  Boots boots(const Inhabitant& process, Random& dice) const;
  std::vector<std::size_t> started_by(const Argv& argv) const;
  std::optional<pid_t> answer_status(const LaunchRequest& request);
  std::optional<pid_t> answer_ready(const LaunchRequest& request);
  std::optional<pid_t> answer_stop(const LaunchRequest& request);
  void ask_by_command(std::size_t worker, bool is_awaited);
  void run_preloader(Inhabitant& process, const LaunchRequest& request);
  void run_batch(Inhabitant& preloader, Batch batch);
  void end_batch(Inhabitant& preloader, const Batch& batch);
  void fork_start(const Inhabitant& preloader, std::size_t worker, Duration takes);
  Batch read_batch(const std::string& line) const;
  void run_daemon_command(Inhabitant& process);
  void run_foreground(Inhabitant& process);
  void hand_back(const Batch& batch);
  void hand_back_of(const Dead& dead, const Path& output);
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
