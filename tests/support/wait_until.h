// Waiting for a condition, with a deadline; never for a fixed time.
#pragma once

#include <chrono>
#include <functional>

namespace bootcheck::test {

/// Asks every few milliseconds until it is so; whether it was before the deadline.
bool wait_until(const std::function<bool()>& condition,
                std::chrono::milliseconds deadline = std::chrono::seconds{30});

}  // namespace bootcheck::test
