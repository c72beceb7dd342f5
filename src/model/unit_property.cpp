#include "model/unit_property.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>

namespace bootcheck {
namespace {

/// All of a text, digits only.
std::optional<std::uint64_t> number(std::string_view text) {
  constexpr std::size_t kMostDigits = 15;
  std::uint64_t value = 0;
  const bool is_number = !text.empty() && text.size() <= kMostDigits &&
                         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number) return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool is_from(std::string_view text, std::uint64_t least, std::uint64_t most) {
  const auto value = number(text);
  return value && *value >= least && *value <= most;
}

bool is_percentage(std::string_view text, std::uint64_t least, std::uint64_t most) {
  return text.ends_with('%') && is_from(text.substr(0, text.size() - 1), least, most);
}

/// `512M`, as systemd reads it: to the base of 1024.
bool is_size(std::string_view text, std::uint64_t least) {
  constexpr std::string_view kUnits = "KMGT";
  const auto unit = text.empty() ? std::string_view::npos : kUnits.find(text.back());
  if (unit != std::string_view::npos) text.remove_suffix(1);
  const auto value = number(text);
  const auto shift = unit == std::string_view::npos ? 0U : 10 * (static_cast<unsigned>(unit) + 1);
  return value && *value <= std::numeric_limits<std::uint64_t>::max() >> shift &&
         *value << shift >= least;
}

/// Nothing comes up with less.
bool is_memory(std::string_view text) {
  constexpr std::uint64_t kLeast = std::uint64_t{16} << 20U;
  return text == "infinity" || is_percentage(text, 1, 100) || is_size(text, kLeast);
}

bool is_swap(std::string_view text) {
  return text == "infinity" || is_percentage(text, 0, 100) || is_size(text, 0);
}

bool is_quota(std::string_view text) {
  return is_percentage(text, 1, 100'000);
}

/// Each service has 100; more would be taken from the others.
bool is_weight(std::string_view text) {
  return is_from(text, 1, 100);
}

/// At most what services have by default, systemd-system.conf(5), DefaultTasksMax=: 15 % of the
/// pids, of which there are 32,768 at least.
bool is_number_of_tasks(std::string_view text) {
  return is_from(text, 1, 32'768 * 15 / 100) || is_percentage(text, 1, 15);
}

/// A negative one is root's to give.
bool is_niceness(std::string_view text) {
  return is_from(text, 0, 19);
}

bool is_willingness_to_die(std::string_view text) {
  return is_from(text, 0, 1000);
}

/// At most the hard limit that services have by default, systemd-system.conf(5),
/// DefaultLimitNOFILE=.
bool is_number_of_descriptors(std::string_view text) {
  return is_from(text, 16, 524'288);
}

constexpr std::string_view kMemory = "a size of at least 16M, a percentage or `infinity`";
constexpr std::string_view kWeight = "a number from 1 to 100, which is what every service has";

struct Property {
  std::string_view name;
  std::string_view values;
  bool (*accepts)(std::string_view value);
};

constexpr auto kProperties = std::to_array<Property>({
    {"MemoryMax", kMemory, is_memory},
    {"MemoryHigh", kMemory, is_memory},
    {"MemorySwapMax", "a size such as 512M, a percentage or `infinity`", is_swap},
    {"CPUQuota", "a percentage of one processor, such as 150%", is_quota},
    {"CPUWeight", kWeight, is_weight},
    {"IOWeight", kWeight, is_weight},
    {"TasksMax", "a number from 1 to 4915, or from 1% to 15%", is_number_of_tasks},
    {"Nice", "a number from 0 to 19", is_niceness},
    {"OOMScoreAdjust", "a number from 0 to 1000", is_willingness_to_die},
    {"LimitNOFILE", "a number from 16 to 524288", is_number_of_descriptors},
});

constexpr auto kPropertyNames = [] {
  std::array<std::string_view, kProperties.size()> names;
  std::ranges::transform(kProperties, names.begin(), &Property::name);
  return names;
}();

const Property* find(std::string_view name) {
  const auto* const found = std::ranges::find(kProperties, name, &Property::name);
  return found == kProperties.end() ? nullptr : found;
}

}  // namespace

std::span<const std::string_view> unit_property_names() {
  return kPropertyNames;
}

std::string_view values_of_unit_property(std::string_view name) {
  const auto* const property = find(name);
  return property == nullptr ? std::string_view() : property->values;
}

bool is_unit_property(std::string_view name, std::string_view value) {
  const auto* const property = find(name);
  return property != nullptr && property->accepts(value);
}

}  // namespace bootcheck
