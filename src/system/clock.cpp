#include "system/clock.h"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>

#include <unistd.h>

namespace bootcheck {
namespace {

Duration now(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);  // fails for an unknown clock only, clock_gettime(2)
  return std::chrono::seconds(time.tv_sec) +
         std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(time.tv_nsec));
}

}  // namespace

Duration wall_clock() {
  return now(CLOCK_REALTIME);
}

Duration boot_clock() {
  return now(CLOCK_BOOTTIME);
}

Duration monotonic_clock() {
  return now(CLOCK_MONOTONIC);
}

WallTime wall_now() {
  return wall_clock().count() / 1000;
}

BootTime boot_now() {
  return boot_clock().count();
}

Duration process_age(std::uint64_t start_time) {
  static const auto ticks_per_second = ::sysconf(_SC_CLK_TCK);
  // In this order and in floating point nothing overflows, whatever /proc says.
  const double started = static_cast<double>(start_time) / static_cast<double>(ticks_per_second);
  const double age = static_cast<double>(boot_now()) - started * 1000;
  return Duration(static_cast<Duration::rep>(std::max(age, 0.0)));
}

std::string local_time(WallTime time) {
  std::tm parts{};
  const std::time_t seconds = time;
  if (::localtime_r(&seconds, &parts) == nullptr) return fmt::format("@{}", time);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace bootcheck
