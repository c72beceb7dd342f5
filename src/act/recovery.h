// What is said of the jobs of dead workers while they are handed back (delayed_job/recovery.rb).
#pragma once

#include "act/start.h"

#include <string_view>

namespace bootcheck {

/// What each of its lines begins with.
inline constexpr std::string_view kHandBack = "bootcheck hand-back: ";

/// Reads those lines from a batch's output, which begins at `offset`, and adds them to `report`.
void collect_recoveries(const Context& context, const Batch& batch, const Path& output,
                        std::uint64_t offset, StartReport& report);

}  // namespace bootcheck
