// Why a test was skipped.
#pragma once

namespace bootcheck::test {

/// It was tried all the same, by another process: nothing is missing.
inline constexpr const char* kWasRunBySudo = "was run by sudo";

}  // namespace bootcheck::test
