#include "act/stop_commands.h"

#include "config/start_log.h"
#include "launch/environment.h"
#include "launch/launch.h"

#include <algorithm>
#include <system_error>
#include <unordered_map>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr Duration kPatience = std::chrono::seconds{10};
constexpr int kLinesOfStop = 3;

class StopCommands {
 public:
  StopCommands(const Context& context, const std::vector<std::size_t>& workers)
      : context_(context),
        machine_(context.machine),
        workers_(workers),
        launches_(machine_.launches()),
        begun_(workers.size()),
        troubles_(workers.size()) {}

  std::vector<std::string> run() {
    for (std::size_t at = 0; at < workers_.size(); ++at) {
      try {
        start(at);
      } catch (const std::system_error& error) {  // its env_file cannot be read
        troubles_[at] = std::string("its stop command: ") + error.what();
      }
    }
    const auto until = machine_.monotonic_clock() + kPatience;
    while (!running_.empty() && machine_.monotonic_clock() < until) {
      for (const auto& occurrence : launches_->wait(until)) {
        if (const auto* end = std::get_if<CommandEnd>(&occurrence)) note(*end);
      }
    }
    for (const auto& [pid, at] : running_)
      launches_->let_go(pid);
    return std::move(troubles_);
  }

 private:
  /// Where in which file its output begins.
  struct Begun {
    Path output;
    std::uint64_t offset = 0;
  };

  const Worker& worker(std::size_t at) const { return context_.config.workers[workers_[at]]; }

  void start(std::size_t at) {
    LaunchRequest request;
    request.argv = worker(at).stop;
    request.working_directory = worker(at).working_directory;
    request.env = environment_of(context_.config, worker(at));
    request.output = start_log(context_.config, worker(at));
    // A full disk is no reason not to stop anybody.
    if (!launches_->make_output(request.output).empty()) request.output = "/dev/null";
    const auto status = machine_.file_status(request.output);
    begun_[at] = {.output = request.output, .offset = status ? status->size : 0};
    auto launched = launches_->start(request);
    if (const auto* failure = std::get_if<NotStarted>(&launched)) {
      troubles_[at] = "its stop command: " + failure->why;
    } else {
      running_[std::get<pid_t>(launched)] = at;
    }
  }

  void note(const CommandEnd& end) {
    const auto found = running_.find(end.command);
    if (found == running_.end()) return;
    const auto at = found->second;
    running_.erase(found);
    if (const auto* exited = std::get_if<Exited>(&end.outcome)) {
      if (exited->code != 0)
        troubles_[at] =
            fmt::format("its stop command exited with {}", exited->code) + last_words(at);
    } else if (const auto* killed = std::get_if<KilledBySignal>(&end.outcome)) {
      troubles_[at] =
          fmt::format("its stop command was ended by signal {}", killed->signal) + last_words(at);
    }
  }

  std::string last_words(std::size_t at) const {
    const auto& [output, offset] = begun_[at];
    const auto said = output == "/dev/null" ? "" : tail(machine_, output, offset, kLinesOfStop);
    return said.empty() ? said : ": " + said + "; see " + output.native();
  }

  const Context& context_;
  Machine& machine_;
  const std::vector<std::size_t>& workers_;
  std::unique_ptr<Launches> launches_;
  std::vector<Begun> begun_;
  std::vector<std::string> troubles_;
  std::unordered_map<pid_t, std::size_t> running_;
};

}  // namespace

std::vector<std::string> run_stop_commands(const Context& context,
                                           const std::vector<std::size_t>& workers) {
  return StopCommands(context, workers).run();
}

}  // namespace bootcheck
