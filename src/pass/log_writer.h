// Where the log is written: a file, syslog or stderr.
#pragma once

#include "config/config.h"
#include "model/event.h"
#include "system/machine.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

/// Appends the events that the level asks for; `timestamp` in UTC with milliseconds. A file is
/// written to at once, so that lines of several writers do not mix, and not even opened where there
/// is nothing to tell. Returns what failed, if something did; never throws for that: a log that
/// cannot be written must not keep a worker from starting.
std::optional<std::string> append_to_log(Machine& machine, const LogSettings& settings,
                                         std::string_view app, const std::vector<Event>& events,
                                         std::string_view timestamp);

}  // namespace bootcheck
