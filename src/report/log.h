// An event as a line of the log. Pure.
#pragma once

#include "model/event.h"

#include <string>
#include <string_view>

namespace bootcheck {

/// Whether a line says when it happened: syslog has its own time.
enum class LogTime { written, left_out };

/// `2026-11-23T06:25:01.123Z INFO shop delayed_job.1 started pid=123 took=0.9s` without a newline.
/// Values that hold blanks, quotes, `=` or what is not printable are quoted and escaped (logfmt);
/// an event of the whole pass has the worker `-`; its problem is the field `reason`.
std::string log_text(const Event& event, std::string_view app, LogTime time);

/// The same as a JSON object on one line: `time`, `level`, `app`, `worker` (null: the whole pass),
/// `event`, each field, and `reason` where there is a problem.
std::string log_json(const Event& event, std::string_view app, LogTime time);

}  // namespace bootcheck
