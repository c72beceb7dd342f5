// The words for what happened in a pass: the fields of an event for the log and for scripts, and
// its problem for people. Pure.
#pragma once

#include "model/event.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace bootcheck {

/// `pid` and 123, `took` and `0.9s`.
struct EventField {
  std::string_view key;
  std::variant<std::int64_t, std::string> value;

  /// The value as text.
  std::string text() const;
};

/// What a program reads of an event, in the order in which it is shown.
std::vector<EventField> fields_of(const Event& event);

/// What a person has to know of an event, and what to do: `pid 5; end it with kill -TERM 5 (it
/// finishes its job), or set `orphans: drain``. Empty: it is no problem. It may hold what other
/// programs said, of several lines.
std::string problem_of(const Event& event);

/// `its start command exited with 1: OUTPUT TAIL; see FILE`
std::string text_of(const StartFailure& failure);

/// `WORKER  KIND KEY=VALUE...` for each event of a worker that is no problem, a line each.
std::string event_lines(const std::vector<Event>& events);

/// `another pass (pid 5) is at work; nothing to do` for a `busy` event, with its newline.
std::string busy_line(const Event& busy);

}  // namespace bootcheck
