// Waiting for a condition, with a deadline; never for a fixed time.
#pragma once

#include <chrono>
#include <functional>

namespace bootcheck::test {

/// Only what hangs takes so long, on however slow a machine.
inline constexpr std::chrono::minutes kHang{5};

/// Asks every few milliseconds until it is so; whether it was before the deadline.
bool wait_until(const std::function<bool()>& condition, std::chrono::milliseconds deadline = kHang);

}  // namespace bootcheck::test
