// The status table, and what `run` prints on a terminal. Pure: values in, text out.
#pragma once

#include "model/event.h"
#include "model/status.h"
#include "report/notes.h"

#include <string>
#include <vector>

namespace bootcheck {

/// The table of `bootcheck status`, with a line on the application above and a summary below. On a
/// terminal long notes are wrapped within their column; nothing is ever cut off.
std::string format_status(const AppStatus& status, const Style& style);

/// What `run`, `restart`, `stop` and `start` print on a terminal, one line per worker: what the
/// pass did with it, else its state. Problems are not part of it (see problems.h).
std::string format_run(const AppStatus& status, const std::vector<Event>& events,
                       const Style& style);

}  // namespace bootcheck
