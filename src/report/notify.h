// What the `notify:` command is told. Pure: running it is the pass's work.
#pragma once

#include "model/event.h"
#include "model/state.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

/// Whether events of this kind are notified: `crashed`, `start_failed`, `failing`, `recovered`,
/// `stuck` and `drain_slow`.
bool is_notified(EventKind kind);

/// The events that are to be notified, and no fact twice: what lasts over several passes (a worker
/// that keeps failing, a drain that takes long, a stuck pass) only in the first of them. A fact is
/// its worker and kind, and the pid where a process is what it is about (`crashed`,
/// `drain_slow`, `stuck`). Remembers the facts in `told`, and forgets those of a worker or pass
/// that had none of these events in this pass; entries of others (see problems.h) are left alone.
std::vector<Event> facts_to_notify(const std::vector<Event>& events, WallTime now,
                                   std::map<std::string, Told>& told);

/// Where an event happened.
struct Origin {
  std::string app;
  std::string host;
};

/// The document on the command's stdin: `schema`, `app`, `host`, `time` and the event with its
/// `event`, `severity`, `worker`, `fields` and `problem`; one line with a newline.
std::string notification(const Event& event, const Origin& origin);

}  // namespace bootcheck
