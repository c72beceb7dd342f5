// The commands of one process of bootcheck.
#pragma once

#include "simulation/machine.h"

#include <map>

namespace bootcheck::sim {

class SimLaunches final : public Launches {
 public:
  explicit SimLaunches(SimMachine& machine)
      : machine_(machine), world_(machine.world_), boot_(world_.boot) {}
  SimLaunches(const SimLaunches&) = delete;
  SimLaunches& operator=(const SimLaunches&) = delete;
  ~SimLaunches() override;

  std::string make_output(const Path& file) override;
  std::variant<pid_t, NotStarted> start(const LaunchRequest& request) override;
  void signal_group(pid_t command, int signal) override;
  bool tell(pid_t command, std::string_view line) override;
  void hang_up(pid_t command) override;
  void let_go(pid_t command) override;
  void watch(const ProcessId& process) override;
  bool watch_folder(const Path& folder) override;
  std::vector<Occurrence> wait(Duration until) override;

 private:
  struct Child {
    std::uint64_t serial = 0;
    bool was_signalled = false;
  };

  std::vector<Occurrence> take();
  void take_changes(std::vector<Occurrence>& told);

  SimMachine& machine_;
  World& world_;
  int boot_;
  std::map<pid_t, Child> children_;
  std::vector<ProcessId> watched_;
  std::map<std::string, std::string> seen_;  ///< watched files and what was in them
  std::vector<Path> folders_;
  std::optional<std::uint64_t> seen_until_;  ///< the last change of the files that it knows
};

}  // namespace bootcheck::sim
