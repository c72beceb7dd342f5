// Durations and sizes as people write them, and as they are shown to people.
#include "util/duration.h"

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsANumberAndAUnitOrABareNumberOfSeconds) {
  const std::pair<const char*, Duration> rows[] = {
      {"500ms", 500ms}, {"45s", 45s},  {"10m", 10min},     {"4h", 4h},       {"1d", 24h},
      {"0", 0s},        {"90", 90s},   {"1.5h", 90min},    {"0.5s", 500ms},  {".5", 500ms},
      {"0d", 0s},       {"007s", 7s},  {"1.001s", 1001ms}, {"0.29s", 290ms}, {"36500d", 876000h},
      {"4.1s", 4100ms}, {"2.3m", 138s}};
  for (const auto& [text, duration] : rows)
    EXPECT_EQ(parse_duration(text), duration) << text;
}

TEST(Duration, IsNothingElse) {
  for (const auto* text : {"",    "s",    "m10",   "-1s",    "-1",
                           "+1s", "1 s",  " 1s",   "1s ",    "1S",
                           "1M",  "1w",   "1h30m", "1e3",    "0x10",
                           "inf", "nan",  "1.2.3", "36501d", "99999999999999999999d",
                           "ten", "1,5s", "--"})
    EXPECT_FALSE(parse_duration(text)) << text;
  EXPECT_FALSE(parse_duration(std::string_view("1s\0", 3)));
}

TEST(Duration, IsReadFromTheViewAndNotBeyond) {
  EXPECT_EQ(parse_duration(std::string_view("10ms").substr(0, 3)), 10min);
  EXPECT_EQ(parse_duration(std::string_view("123456").substr(0, 2)), 12s);
}

TEST(Size, IsANumberAndAPowerOf1024OrBytes) {
  const std::pair<const char*, std::uint64_t> rows[] = {
      {"512M", 512ULL << 20U}, {"1.5G", 3ULL << 29U},  {"1000", 1000},
      {"64K", 65536},          {"2T", 2ULL << 40U},    {"0", 0},
      {"0.5K", 512},           {"8192T", 1ULL << 53U}, {"1K", 1024},
      {"1.0M", 1ULL << 20U},   {"600M", 629'145'600}};
  for (const auto& [text, size] : rows)
    EXPECT_EQ(parse_size(text), size) << text;
}

TEST(Size, IsNothingElse) {
  for (const auto* text : {"", "M", "-1M", "+1", "512MB", "512m", "512 M", "1KiB", "8193T", "1P",
                           "1e9", "inf", "nan", "0x1F", "all"})
    EXPECT_FALSE(parse_size(text)) << text;
}

TEST(FormatDuration, ShowsTheTwoLargestUnits) {
  const std::pair<Duration, const char*> rows[] = {{400ms, "0.4s"},
                                                   {0ms, "0s"},
                                                   {1s, "1s"},
                                                   {1250ms, "1.2s"},
                                                   {9s, "9s"},
                                                   {45s, "45s"},
                                                   {45'900ms, "45s"},
                                                   {59'999ms, "59s"},
                                                   {60s, "1m 00s"},
                                                   {252s, "4m 12s"},
                                                   {3599s, "59m 59s"},
                                                   {1h, "1h 00m"},
                                                   {184min, "3h 04m"},
                                                   {24h - 1s, "23h 59m"},
                                                   {24h, "1d 00h"},
                                                   {51h, "2d 03h"},
                                                   {1000 * 24h, "1000d 00h"}};
  for (const auto& [duration, text] : rows)
    EXPECT_EQ(format_duration(duration), text);
}

TEST(FormatSize, ShowsTwoOrThreeDigits) {
  const std::pair<std::uint64_t, const char*> rows[] = {{0, "0"},
                                                        {1023, "1023"},
                                                        {1024, "1.0K"},
                                                        {1536, "1.5K"},
                                                        {10240, "10K"},
                                                        {212ULL << 20U, "212M"},
                                                        {3ULL << 29U, "1.5G"},
                                                        {5ULL << 40U, "5.0T"},
                                                        {5000ULL << 40U, "5000T"}};
  for (const auto& [size, text] : rows)
    EXPECT_EQ(format_size(size), text);
}

}  // namespace
}  // namespace bootcheck
