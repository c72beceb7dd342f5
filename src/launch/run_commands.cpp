#include "launch/run_commands.h"

#include <algorithm>
#include <csignal>
#include <optional>

namespace bootcheck {
namespace {

constexpr Duration kGraceAfterTerm{2000};
constexpr Duration kForEver = std::chrono::hours{24};

struct Command {
  pid_t pid = 0;  ///< 0: it has ended
  std::optional<Duration> ends_at;
  bool was_asked = false;  ///< SIGTERM was sent
};

class Runner {
 public:
  Runner(Machine& machine, const std::vector<LaunchRequest>& requests, const RunLimits& limits)
      : machine_(machine),
        requests_(requests),
        at_a_time_(limits.at_a_time),
        launches_(machine.launches()),
        outcomes_(requests.size(), TimedOut{}) {
    if (limits.together > Duration{0}) ends_at_ = machine.monotonic_clock() + limits.together;
  }

  std::vector<LaunchOutcome> run() {
    for (start_next(); running() > 0; start_next()) {
      for (const auto& occurrence : launches_->wait(next_deadline())) {
        if (const auto* end = std::get_if<CommandEnd>(&occurrence)) note(*end);
      }
      end_those_out_of_time();
    }
    return std::move(outcomes_);
  }

 private:
  std::size_t running() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(commands_, [](const Command& each) { return each.pid != 0; }));
  }

  void start_next() {
    while (commands_.size() < requests_.size() && running() < at_a_time_) {
      const auto at = commands_.size();
      const bool is_over = ends_at_ && machine_.monotonic_clock() >= *ends_at_;
      commands_.push_back(is_over ? Command() : start(requests_[at], outcomes_[at]));
    }
  }

  Command start(const LaunchRequest& request, LaunchOutcome& outcome) {
    Command command;
    auto launched = launches_->start(request);
    if (auto* failed = std::get_if<NotStarted>(&launched)) {
      outcome = std::move(*failed);
      return command;
    }
    command.pid = std::get<pid_t>(launched);
    if (request.time_limit > Duration{0})
      command.ends_at = machine_.monotonic_clock() + request.time_limit;
    if (ends_at_) command.ends_at = std::min(command.ends_at.value_or(*ends_at_), *ends_at_);
    return command;
  }

  void note(const CommandEnd& end) {
    const auto command = std::ranges::find(commands_, end.command, &Command::pid);
    if (command == commands_.end()) return;
    outcomes_[static_cast<std::size_t>(command - commands_.begin())] =
        command->was_asked ? LaunchOutcome(TimedOut{}) : end.outcome;
    command->pid = 0;
  }

  Duration next_deadline() const {
    auto next = machine_.monotonic_clock() + kForEver;
    for (const auto& command : commands_) {
      if (command.pid != 0 && command.ends_at) next = std::min(next, *command.ends_at);
    }
    return next;
  }

  void end_those_out_of_time() {
    const auto now = machine_.monotonic_clock();
    for (auto& command : commands_) {
      if (command.pid == 0 || !command.ends_at || now < *command.ends_at) continue;
      launches_->signal_group(command.pid, command.was_asked ? SIGKILL : SIGTERM);
      command.ends_at = now + kGraceAfterTerm;
      command.was_asked = true;
    }
  }

  Machine& machine_;
  const std::vector<LaunchRequest>& requests_;
  const std::size_t at_a_time_;
  std::optional<Duration> ends_at_;  ///< of all together
  std::unique_ptr<Launches> launches_;
  std::vector<LaunchOutcome> outcomes_;
  std::vector<Command> commands_;
};

}  // namespace

std::vector<LaunchOutcome> run_commands(Machine& machine,
                                        const std::vector<LaunchRequest>& requests,
                                        const RunLimits& limits) {
  return Runner(machine, requests, limits).run();
}

}  // namespace bootcheck
