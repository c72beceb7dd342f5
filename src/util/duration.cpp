#include "util/duration.h"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr double kLongestDuration = 100.0 * 365 * 24 * 3600 * 1000;  // ms
constexpr double kLargest = 1ULL << 53U;  // bytes; what a double holds exactly

template <std::size_t N>
std::optional<double> parse(std::string_view text,
                            const std::array<std::pair<std::string_view, double>, N>& units) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc() || !(number >= 0)) return std::nullopt;
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  for (const auto& [name, factor] : units) {
    if (name == unit) return number * factor;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Duration> parse_duration(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 6> kUnits = {
      {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}}};
  const auto milliseconds = parse(text, kUnits);
  if (!milliseconds || *milliseconds > kLongestDuration) return std::nullopt;
  return Duration(std::llround(*milliseconds));
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 5> kUnits = {
      {{"", 1}, {"K", 1ULL << 10U}, {"M", 1ULL << 20U}, {"G", 1ULL << 30U}, {"T", 1ULL << 40U}}};
  const auto bytes = parse(text, kUnits);
  if (!bytes || *bytes > kLargest) return std::nullopt;
  return static_cast<std::uint64_t>(*bytes);
}

std::string format_duration(Duration duration) {
  const auto milliseconds = duration.count();
  if (milliseconds < 10'000 && milliseconds % 1000 != 0)
    return fmt::format("{:.1f}s", static_cast<double>(milliseconds) / 1000);
  const auto seconds = milliseconds / 1000;
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m {:02}s", seconds / 60, seconds % 60);
  if (seconds < 86'400) return fmt::format("{}h {:02}m", seconds / 3600, seconds % 3600 / 60);
  return fmt::format("{}d {:02}h", seconds / 86'400, seconds % 86'400 / 3600);
}

std::string format_size(std::uint64_t bytes) {
  constexpr std::array<char, 4> kUnits = {'K', 'M', 'G', 'T'};
  if (bytes < 1024) return fmt::format("{}", bytes);
  auto value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; value >= 1024 && unit + 1 < kUnits.size(); ++unit)
    value /= 1024;
  return value < 10 ? fmt::format("{:.1f}{}", value, kUnits[unit])
                    : fmt::format("{:.0f}{}", value, kUnits[unit]);
}

}  // namespace bootcheck
