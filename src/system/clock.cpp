#include "system/clock.h"

#include <algorithm>
#include <ctime>

#include <fmt/format.h>

#include <unistd.h>

namespace bootcheck {
namespace {

timespec now(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);  // fails for an unknown clock only, clock_gettime(2)
  return time;
}

}  // namespace

WallTime wall_now() {
  return now(CLOCK_REALTIME).tv_sec;
}

BootTime boot_now() {
  const auto time = now(CLOCK_BOOTTIME);
  return BootTime{time.tv_sec} * 1000 + time.tv_nsec / 1'000'000;
}

Duration process_age(std::uint64_t start_time) {
  static const auto ticks_per_second = ::sysconf(_SC_CLK_TCK);
  // In this order and in floating point nothing overflows, whatever /proc says.
  const double started = static_cast<double>(start_time) / static_cast<double>(ticks_per_second);
  const double age = static_cast<double>(boot_now()) - started * 1000;
  return Duration(static_cast<Duration::rep>(std::max(age, 0.0)));
}

std::string utc_timestamp() {
  const auto time = now(CLOCK_REALTIME);
  std::tm parts{};
  ::gmtime_r(&time.tv_sec, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     time.tv_nsec / 1'000'000);
}

std::string local_time(WallTime time) {
  std::tm parts{};
  const std::time_t seconds = time;
  if (::localtime_r(&seconds, &parts) == nullptr) return fmt::format("@{}", time);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

}  // namespace bootcheck
