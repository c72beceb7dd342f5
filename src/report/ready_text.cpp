#include "report/ready_text.h"

#include "model/identity.h"
#include "util/cases.h"
#include "util/duration.h"

#include <fmt/format.h>

namespace bootcheck {

std::string command_line(const Argv& command) {
  const bool is_shell = command.size() == 3 && command[0] == "/bin/sh" && command[1] == "-c";
  return is_shell ? command[2] : command_text(command);
}

std::string ready_answer(const LaunchOutcome& outcome) {
  return std::visit(
      Cases{[](const Exited& exited) {
              return exited.code == 0 ? std::string("it says ready")
                                      : fmt::format("it ended with {}", exited.code);
            },
            [](const KilledBySignal& killed) {
              return fmt::format("it was ended by signal {}", killed.signal);
            },
            [](const NotStarted& failed) { return "it cannot be run: " + failed.why; },
            [](const TimedOut&) {
              return "it did not answer within " + format_duration(kReadyLimit);
            },
            [](const LeftRunning&) { return std::string("it still runs"); }},
      outcome);
}

std::string text_of(const NotReady& waiting) {
  return fmt::format("`{}` says ready: {}", command_line(waiting.command),
                     ready_answer(waiting.outcome));
}

}  // namespace bootcheck
