#include "model/stop_reason.h"

#include <algorithm>
#include <array>
#include <utility>

namespace bootcheck {
namespace {

constexpr auto kReasonNames = std::to_array<std::pair<StopReason, std::string_view>>({
    {StopReason::restart, "restart"},
    {StopReason::release, "release"},
    {StopReason::restart_file, "restart_file"},
    {StopReason::memory, "memory"},
    {StopReason::age, "age"},
    {StopReason::stop, "stop"},
    {StopReason::duplicate, "duplicate"},
    {StopReason::orphan, "orphan"},
});

}  // namespace

std::string_view name_of(StopReason reason) {
  return std::ranges::find(kReasonNames, reason, &std::pair<StopReason, std::string_view>::first)
      ->second;
}

std::optional<StopReason> stop_reason_named(std::string_view name) {
  const auto* const found =
      std::ranges::find(kReasonNames, name, &std::pair<StopReason, std::string_view>::second);
  if (found == kReasonNames.end()) return std::nullopt;
  return found->first;
}

}  // namespace bootcheck
