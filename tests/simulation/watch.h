// What must never happen, checked while it happens, against what is really so.
#pragma once

#include "pass/pass.h"
#include "simulation/coverage.h"
#include "simulation/machine.h"

#include <set>

namespace bootcheck::sim {

class Watch final : public Onlooker {
 public:
  Watch(World& world, const Site& site, Coverage& coverage);

  // --- what happens
  void launched(const Inhabitant& command) override;
  void booted(const Inhabitant& preloader) override;
  void signalled(Inhabitant& process, int signal) override;
  void was_ready(const Path& folder, bool ready, Duration pass_began) override;
  void handed_back(const Row& row) override;
  void left_alone(Row& row) override;
  void wrote(const Path& path) override;
  void taken_over() override { check_traces(true); }

  void deployed() { deployed_ = world_.now(); }
  void restart_file_touched() { touched_ = world_.now(); }
  void restart_asked(std::size_t worker) { restarts_[worker] = world_.now(); }
  void held(std::size_t worker, std::optional<Duration> until);
  void released(std::size_t worker);
  void holds_lost();
  /// Nothing that is remembered can be relied on any more.
  void memory_lost();
  bool is_held(std::size_t worker) const;

  void pass_begins();
  /// Of a pass that came to its end.
  void passed(const PassDone& done, bool had_faults);
  /// Of one that did not.
  void broken_off(bool had_faults);
  /// After each step of the story: whose traces were destroyed is nobody's fault.
  void weather_changed() {
    forget_hosts();
    check_traces(true);
  }

  // --- when the weather has been calm for long
  /// Empty: all is as it has to be.
  std::string what_is_missing() const;

 private:
  /// By worker, and by the wall clock until when; none: without an end.
  using Ends = std::map<std::size_t, std::optional<Duration>>;

  const Worker& worker_of(std::size_t at) const { return site_.config.workers[at]; }
  std::string name_of_process(const Inhabitant& process) const;
  const State& remembered() const;

  bool is_aside(const Inhabitant& process, const State& state) const;
  bool can_be_known(const Inhabitant& process, const State& state) const;
  bool is_of_application(const Path& release, const State& state) const;
  bool is_unsearched(const Inhabitant& other, const State& state) const;
  bool has_room_for_twin(const Inhabitant& command, const State& state) const;
  void check_second_copy(const Inhabitant& command, std::size_t worker);
  void check_reason(const Inhabitant& process) const;
  bool is_of_unwritten_start(const Inhabitant& process) const;
  void check_boot(const Inhabitant& process) const;
  void check_ready(const Inhabitant& process) const;
  void check_unavailable(const Inhabitant& process);
  void note_remembered();
  void name_twins(const State& state);
  void note_unsaved_asks(bool is_excused);
  bool stands(const Ends& holds, std::size_t worker) const;
  bool is_of_untitled(const ProcessId& id) const;
  void forget_unwritten_asks();
  void forget_told_ends(const PassDone& done);
  bool was_held_lately(std::size_t worker) const;
  void note_expired(std::size_t worker);
  void end_holds(bool had_faults);
  void forget_hosts();
  void check_traces(bool is_excused);
  bool is_traced(const Row& row, const State& state) const;
  void check_crashes(const PassDone& done) const;
  void check_size() const;
  void process_ended(const Inhabitant& process);
  bool is_in_doubt(const Inhabitant& named, std::size_t worker) const;
  bool cannot_be_told(std::size_t worker) const;
  bool is_of_one_elsewhere(const Inhabitant& child) const;
  bool has_riddle(std::size_t entry) const;
  std::string what_is_missing(std::size_t worker, const State& state) const;

  /// What the state file says to that machine.
  struct Memory {
    std::string text;
    int boot = 0;
    std::string host;
    State state;
  };

  World& world_;
  const Site& site_;
  Coverage& coverage_;
  mutable Memory memory_;  ///< as it was read last
  Duration deployed_{0};
  Duration touched_{0};
  Duration memory_lost_{0};
  std::set<std::size_t> riddles_;  ///< nothing of them was written down since then
  struct Answer {
    bool is_ready = false;
    Duration asked_by{0};  ///< when the pass began that has asked
  };
  std::map<Path, Answer> answers_;  ///< the last one of each folder in which `ready` was asked
  std::map<std::string, Duration> booted_;  ///< when each release last did, for us
  std::map<std::size_t, Duration> restarts_;
  std::map<std::size_t, Duration> holds_began_;
  std::map<std::size_t, Duration> released_;  ///< when its hold was ended by hand
  Ends holds_;                                ///< those that stand
  Ends ended_unwritten_;  ///< those that have expired, and are still in their file
  struct LastEnd {
    pid_t pid = 0;
    bool as_asked = false;
  };
  std::map<std::size_t, std::vector<LastEnd>> ends_;
  std::set<std::size_t> down_through_us_;
};

}  // namespace bootcheck::sim
