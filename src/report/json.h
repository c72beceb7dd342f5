// What scripts read: one JSON document a command, indented, with a newline at its end. Documents
// bear `"schema": 1` and only ever gain fields; what is not known is null and never absent; units
// stand in the names. Pure.
#pragma once

#include "model/event.h"
#include "model/status.h"

#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

namespace bootcheck {

/// `status --json`.
std::string status_json(const AppStatus& status);

/// `run --json` and those of `restart`, `stop` and `start`: the status after the pass, what it did
/// (`events`), and the exit status to come.
std::string run_json(const AppStatus& status, const std::vector<Event>& events,
                     std::string_view command, int exit_status);

/// One event as in `events` above, in a line of a JSON log and in a notification: its `time`,
/// `event`, `severity`, `worker` (null: of the whole pass), `fields` and `problem` (null: none).
boost::json::object event_object(const Event& event);

/// A string for JSON: bytes that are no UTF-8 become U+FFFD (Boost.JSON writes them as they are).
boost::json::string json_text(std::string_view text);

/// `value` without a newline. What a terminal would act on instead of show stands as `\u009b`.
std::string on_one_line(const boost::json::value& value);

/// The same with two blanks a level and lists of plain values on one line (Boost.JSON 1.81 cannot
/// indent), newline at the end.
std::string indented(const boost::json::value& value);

}  // namespace bootcheck
