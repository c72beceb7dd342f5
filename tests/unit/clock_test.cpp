// The machine's clocks.
#include "system/clock.h"

#include "util/timestamp.h"

#include <clocale>
#include <cstdlib>
#include <ctime>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace bootcheck {
namespace {

TEST(Clock, StampsLogLinesInUtc) {
  EXPECT_EQ(utc_timestamp(Duration{1'795'415'101'023}), "2026-11-23T06:25:01.023Z");
  EXPECT_EQ(utc_timestamp(Duration{-1}), "1969-12-31T23:59:59.999Z");
}

TEST(Clock, ShowsPeopleTheirLocalTime) {
  ASSERT_EQ(::setenv("TZ", "UTC-2", 1), 0);
  ::tzset();
  EXPECT_EQ(local_time(1'795'415'101), "2026-11-23 08:25:01");
  ::unsetenv("TZ");
  ::tzset();
}

TEST(Clock, SurvivesTimesThatNoCalendarHas) {
  EXPECT_EQ(local_time(std::numeric_limits<WallTime>::max()), "@9223372036854775807");
}

TEST(Clock, CountsFromTheBoot) {
  const auto before = boot_now();
  EXPECT_GT(before, 0);
  EXPECT_GE(boot_now(), before);
}

TEST(Clock, KnowsAProcessAge) {
  const auto boot = boot_now();
  EXPECT_GE(process_age(0).count(), boot);
  const auto ticks = static_cast<std::uint64_t>(boot / 1000 * ::sysconf(_SC_CLK_TCK));
  EXPECT_LT(process_age(ticks), std::chrono::hours{1});
  EXPECT_EQ(process_age(std::numeric_limits<std::uint64_t>::max()), Duration(0));
}

}  // namespace
}  // namespace bootcheck
