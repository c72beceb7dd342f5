// The system's log. Not by syslog(3): it waits for ever where the daemon has stopped reading.
#pragma once

#include "system/machine.h"

#include <string>

namespace bootcheck {

/// Machine::write_to_syslog: sends one line of the facility `daemon` to the socket, and waits at
/// most a second for its reader.
void write_to_syslog(LogPriority priority, const std::string& line,
                     const Path& socket = "/dev/log");

}  // namespace bootcheck
