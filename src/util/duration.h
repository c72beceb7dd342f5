// Durations and sizes as people write them: `500ms`, `45s`, `10m`, `4h`, `1d`; `512M`, `1.5G`.
#pragma once

#include "util/types.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bootcheck {

/// A number, with a fraction if need be, and `ms`, `s`, `m`, `h` or `d`; without a unit: seconds.
/// None: no duration, a negative one, or one beyond 100 years.
std::optional<Duration> parse_duration(std::string_view text);

/// A number and `K`, `M`, `G` or `T` (powers of 1024); without a unit: bytes. None: no size.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// The two largest units: `0.4s`, `45s`, `4m 12s`, `3h 04m`, `2d 03h`.
std::string format_duration(Duration duration);

/// `212M`, `1.5G`.
std::string format_size(std::uint64_t bytes);

}  // namespace bootcheck
