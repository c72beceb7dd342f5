#include "launch/command_text.h"

#include "launch/run_commands.h"
#include "system/memory_file.h"
#include "system/read_file.h"

#include <unistd.h>

namespace bootcheck {

bool CommandText::is_success() const {
  const auto* exited = std::get_if<Exited>(&outcome);
  return exited != nullptr && exited->code == 0;
}

CommandText run_for_text(Machine& machine, LaunchRequest request) {
  constexpr std::size_t kLongest = std::size_t{1} << 20U;
  const auto file = growing_memory_file();
  // What the command leaves behind may keep it open, as it may not keep a pipe of ours.
  request.output = "/proc/self/fd/" + std::to_string(file.get());
  CommandText done{.outcome = run_commands(machine, {request}).front(), .text = {}};
  if (const auto* failed = std::get_if<NotStarted>(&done.outcome)) {
    done.text = failed->why;
  } else if (::lseek(file.get(), 0, SEEK_SET) == 0) {
    read_rest(file.get(), done.text, kLongest);
  }
  return done;
}

}  // namespace bootcheck
