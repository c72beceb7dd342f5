// What is said of the jobs of dead workers while they are handed back (delayed_job/recovery.rb).
#pragma once

#include "act/start.h"

#include <string_view>

namespace bootcheck {

/// What each of its lines begins with.
inline constexpr std::string_view kHandBack = "bootcheck hand-back: ";

/// Reads what was said in `text` of the jobs of one dead process, which is `shown` there as
/// `delayed_job.1 (pid 77)`, and adds it to `events` as what became of jobs of `worker`. Returns
/// why they are not all dealt with; empty: they are.
std::string read_hand_back(std::string_view text, const std::string& shown,
                           const std::string& worker, std::vector<Event>& events);

/// Reads those lines from a batch's output, which begins at `offset`, and adds them to `report`.
void collect_recoveries(const Context& context, const Batch& batch, const Path& output,
                        std::uint64_t offset, StartReport& report);

}  // namespace bootcheck
