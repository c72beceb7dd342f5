// Why a start failed, in words for people.
#pragma once

#include "launch/launch.h"

#include <cstdint>
#include <string>

namespace bootcheck {

/// Why a worker did not come up by a start command that ended so; `limit` is its `start_timeout`.
std::string why_not_up(const LaunchOutcome& outcome, Duration limit);

/// `why: LAST WORDS; see OUTPUT`: what the start command wrote into `output` from `offset` bytes
/// on, its last five lines, or, where it is our own starter and says why in one line, that line.
std::string with_last_words(const std::string& why, const Path& output, std::uint64_t offset);

}  // namespace bootcheck
