// Text from outside (process titles, messages of other programs) made fit for a terminal, a log or
// a table. Pure.
#pragma once

#include "model/state.h"

#include <string>
#include <string_view>

namespace bootcheck {

/// Valid UTF-8 for certain: each byte that belongs to no character becomes U+FFFD. For JSON.
std::string valid_utf8(std::string_view text);

/// `text` with everything a terminal would act on instead of show (control characters, changes of
/// the writing direction, bytes that are no UTF-8) as an escape: `\n`, `\t`, `\x1b`, `\u202e`.
std::string printable(std::string_view text);

/// Serialized JSON with the same characters as `\u009b`; line ends between values stay. (Within
/// strings JSON itself escapes those below U+0020.)
std::string json_printable(std::string_view text);

/// Lines that are made already, for a terminal or a pipe: line ends stay, and with `colour` so do
/// the escape sequences of colours; the rest becomes printable.
std::string showable(std::string_view text, bool colour);

/// How many characters there are: their columns on a terminal, for the names of workers at least,
/// which are ASCII.
int display_width(std::string_view text);

/// `text` on one line: its lines, blank ones left out, with ` | ` between them, and printable.
std::string one_line(std::string_view text);

/// ISO 8601 in UTC: `2026-11-23T06:25:01Z`, the form that jq's `fromdate` reads.
std::string utc_time(WallTime time);

}  // namespace bootcheck
