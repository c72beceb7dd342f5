// A world, its application and who looks on, with cron and operators at work.
#pragma once

#include "pass/roll_out.h"
#include "simulation/story.h"
#include "simulation/watch.h"
#include "system/request_file.h"

namespace bootcheck::sim {

/// What an operator asks for, and of whom.
struct Orders {
  Selection selection;
  std::vector<Request> requests;
};

class Life {
 public:
  Life(std::uint64_t seed, Coverage& coverage, bool tells);

  void live(const Story& story, Duration length);
  /// Throws Violation unless all becomes well.
  void calm_down();

  /// What is remembered, for whoever reads the story.
  void tell_state();

  Duration now() const { return world_.now(); }
  std::uint64_t passes() const { return passes_; }
  const std::string& log() const { return log_; }

 private:
  class Listener;

  void tell(const std::string& line);
  // --- passes
  void cron();
  void pass_of_cron();
  Fuse next_fuse();
  template <class Work>
  void as_process(const Fuse& fuse, const Work& work);
  void note_done(const PassDone& done, bool had_faults);
  void operate(const Orders& orders, Duration patience, bool must_wait,
               const std::function<void()>& said);
  void post(SimMachine& machine, const Orders& orders, const std::function<void()>& said);

  // --- weather
  void begin(const Chapter& chapter);
  void change_processes(Weather weather, Random& dice);
  void change_code(Weather weather, Random& dice);
  void change_machine(Weather weather, Random& dice);
  void change_files(Weather weather, Random& dice);
  void act_as_operator(Weather weather, Random& dice);
  void spoil_pid_file(Weather weather, Random& dice);
  void reboot(Random& dice);
  void add_strangers(int count, Random& dice);
  void add_neighbours();
  void bear_neighbour(const std::string& title);
  void put_old_draining_file(Random& dice);
  std::vector<std::uint64_t> workers_alive() const;
  std::vector<std::size_t> some_workers(Random& dice) const;
  Orders order(const std::vector<std::size_t>& workers, const Ask& what) const;
  void restart_workers(const std::vector<std::size_t>& workers, bool surge, Duration patience,
                       bool must_wait);
  void stop_workers(const std::vector<std::size_t>& workers, std::optional<Duration> lasts);

  std::uint64_t seed_;
  Coverage& coverage_;
  World world_;
  Site site_;
  Watch watch_;
  Programs programs_;
  std::vector<Fuse> fuses_;  ///< of the next passes
  std::string old_state_;
  std::uint64_t passes_ = 0;
  bool tells_;
  std::string log_;
};

}  // namespace bootcheck::sim
