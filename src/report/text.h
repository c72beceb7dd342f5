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

/// How many columns a terminal takes for `text`: two for East Asian wide characters and emoji, none
/// for combining marks. An estimate (no tables of the locale are read).
int display_width(std::string_view text);

/// `text` on one line: its lines, blank ones left out, with ` | ` between them, and printable.
std::string one_line(std::string_view text);

/// ISO 8601 in UTC: `2026-11-23T06:25:01Z`, the form that jq's `fromdate` reads.
std::string utc_time(WallTime time);

}  // namespace bootcheck
