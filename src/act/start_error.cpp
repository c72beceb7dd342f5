#include "act/start_error.h"

#include "util/duration.h"

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr int kLines = 5;

/// The starter's reason comes last (delayed_job/starter.rb).
std::string last_words(const Path& output, std::uint64_t offset) {
  const std::string ours = "bootcheck: ";
  const auto line = tail(output, offset, 1);
  return line.starts_with(ours) ? line.substr(ours.size()) : tail(output, offset, kLines);
}

}  // namespace

std::string why_not_up(const LaunchOutcome& outcome, Duration limit) {
  if (const auto* exited = std::get_if<Exited>(&outcome)) {
    if (exited->code == 0) return "its start command succeeded but no such worker came up";
    return fmt::format("its start command exited with {}", exited->code);
  }
  if (const auto* killed = std::get_if<KilledBySignal>(&outcome))
    return fmt::format("its start command was ended by signal {}", killed->signal);
  if (const auto* failed = std::get_if<NotStarted>(&outcome)) return failed->why;
  return "it was not seen running within " + format_duration(limit);
}

std::string with_last_words(const std::string& why, const Path& output, std::uint64_t offset) {
  if (output.empty() || output == "/dev/null") return why;
  const auto words = last_words(output, offset);
  return fmt::format("{}{}{}; see {}", why, words.empty() ? "" : ": ", words, output.native());
}

}  // namespace bootcheck
