#include "act/start_error.h"

#include <string>
#include <utility>

namespace bootcheck {
namespace {

constexpr int kLines = 5;

/// The starter's reason comes last (delayed_job/starter.rb).
std::string output_tail(const Path& output, std::uint64_t offset) {
  const std::string ours = "bootcheck: ";
  const auto line = tail(output, offset, 1);
  return line.starts_with(ours) ? line.substr(ours.size()) : tail(output, offset, kLines);
}

}  // namespace

StartCause cause_of(const LaunchOutcome& outcome, Duration limit) {
  if (const auto* exited = std::get_if<Exited>(&outcome)) return *exited;
  if (const auto* killed = std::get_if<KilledBySignal>(&outcome)) return *killed;
  if (const auto* failed = std::get_if<NotStarted>(&outcome)) return *failed;
  return NotSeen{limit};
}

StartFailure failure_of_start(StartCause cause, const Path& output, std::uint64_t offset) {
  StartFailure failure;
  failure.cause = std::move(cause);
  if (output.empty() || output == "/dev/null") return failure;
  failure.output_tail = output_tail(output, offset);
  failure.output = output;
  return failure;
}

}  // namespace bootcheck
