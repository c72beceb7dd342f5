#include "act/start_error.h"

#include "act/recovery.h"
#include "launch/launch.h"

#include <string>
#include <utility>

namespace bootcheck {
namespace {

constexpr int kLines = 5;

/// The preloader's reason comes last (delayed_job/preloader.rb), but for what it says of dead
/// workers' jobs. Where Ruby itself or Bundler gave up, the exception stands above its backtrace.
std::string output_tail(Machine& machine, const Path& output, std::uint64_t offset) {
  const std::string ours = "bootcheck: ";
  const auto line = tail(machine, output, offset, 1, {kHandBack});
  return line.starts_with(ours)
             ? line.substr(ours.size())
             : tail(machine, output, offset, kLines, {kHandBack, "\tfrom ", "    from "});
}

}  // namespace

StartFailure failure_of_start(Machine& machine, StartCause cause, const Path& output,
                              std::uint64_t offset) {
  StartFailure failure;
  failure.cause = std::move(cause);
  if (output.empty() || output == "/dev/null") return failure;
  failure.output_tail = output_tail(machine, output, offset);
  failure.output = output;
  return failure;
}

}  // namespace bootcheck
