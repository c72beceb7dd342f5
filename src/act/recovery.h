// What the starter says of the jobs of crashed workers.
#pragma once

#include "act/start.h"

#include <string_view>
#include <vector>

namespace bootcheck {

/// Reads the starter's lines about jobs handed back (delayed_job/starter.rb) from its output and
/// adds them to `report`.
void collect_recoveries(const Context& context, const Batch& batch, const Path& output,
                        std::uint64_t offset, StartReport& report);

}  // namespace bootcheck
