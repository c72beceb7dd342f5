#include "system/shutdown.h"

#include "system/command_output.h"
#include "system/paths.h"

#include <system_error>

namespace bootcheck {
namespace {

constexpr Duration kLimit{2000};

}  // namespace

bool is_shutting_down() {
  if (!file_status("/run/systemd/system")) return false;  // sd_booted(3)
  try {
    const Argv question{"/usr/bin/systemctl", "is-system-running"};
    return command_output(question, kLimit).output == "stopping\n";
  } catch (const std::system_error&) {
    return false;
  }
}

}  // namespace bootcheck
