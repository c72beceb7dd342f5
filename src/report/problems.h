// What cron mails: one line per problem on stderr, when it begins and then once an hour. Pure.
#pragma once

#include "model/event.h"
#include "model/state.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

/// `bootcheck: delayed_job.1: not started: WHY; WHAT TO DO`, one line with its newline; the lines
/// of a longer text have ` | ` between them. With `app` (where one run serves several) it goes
/// before the worker: `bootcheck: shop: delayed_job.1: ...`.
std::string problem_line(const Event& event, std::string_view app = {});

/// The lines of all problems among `events`. Workers that have the same to say, as those of one
/// boot that failed, say it in one line: `bootcheck: delayed_job.1, delayed_job.2: not started:
/// ...`.
std::string problem_lines(const std::vector<Event>& events, std::string_view app = {});

/// Under which name a problem is remembered as told: its worker (`-`: the whole pass) and its kind,
/// not its text, in which pids and times differ each time. The kinds that are stages of one trouble
/// - a worker does not stay up - are one: `crashed`, `start_failed` and `failing` are all `down`.
/// An event that one pass may have for several reasons at a time bears a field `what` that tells
/// them apart (`log`, `metrics`).
std::string problem_key(const Event& event);

/// The problems among `events` that are to be printed at `now` (s since the epoch): those that
/// begin, and those last printed an hour ago or later. Updates `told` for them and forgets the
/// problems that are over, so that they are told when they begin again: `events` must hold every
/// problem there is in this pass, the `failing` of a worker that waits for its next try included. A
/// clock that was set back makes a problem due. Entries of others (see notify.h) are left alone.
std::vector<Event> problems_to_tell(const std::vector<Event>& events, WallTime now,
                                    std::map<std::string, Told>& told);

}  // namespace bootcheck
