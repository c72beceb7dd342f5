// The lines of the log, one an event. Pure.
#pragma once

#include "config/config.h"
#include "model/event.h"

#include <string>
#include <string_view>

namespace bootcheck {

/// `2026-11-23T06:25:01.123Z INFO shop delayed_job.1 started pid=123 took=0.9s` without a newline.
/// Values that hold blanks, quotes, `=` or what is not printable are quoted and escaped (logfmt);
/// an event of the whole pass has the worker `-`; its problem is the field `reason`. `timestamp` is
/// left out where it is empty (syslog has its own).
std::string log_text(const Event& event, std::string_view app, std::string_view timestamp);

/// The same as a JSON object on one line: `time`, `level`, `app`, `worker` (null: the whole pass),
/// `event`, each field, and `reason` where there is a problem.
std::string log_json(const Event& event, std::string_view app, std::string_view timestamp);

/// Whether a log of this level tells of an event.
bool is_logged(Severity severity, LogLevel level);

/// One of the two, as the settings say.
std::string log_line(const Event& event, const LogSettings& settings, std::string_view app,
                     std::string_view timestamp);

}  // namespace bootcheck
