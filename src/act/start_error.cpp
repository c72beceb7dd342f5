#include "act/start_error.h"

#include "act/recovery.h"
#include "config/start_log.h"
#include "launch/launch.h"
#include "model/identity.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

namespace bootcheck {
namespace {

constexpr int kLinesOfStart = 5;
constexpr std::uint64_t kEndOfOutput = 65536;

/// The preloader's reason comes last (delayed_job/preloader.rb), but for what it says of dead
/// workers' jobs. Where Ruby itself or Bundler gave up, the exception stands above its backtrace.
std::string output_tail(Machine& machine, const Path& output, std::uint64_t offset) {
  const std::string ours = "bootcheck: ";
  const auto line = tail(machine, output, offset, 1, {kHandBack});
  return line.starts_with(ours)
             ? line.substr(ours.size())
             : tail(machine, output, offset, kLinesOfStart, {kHandBack, "\tfrom ", "    from "});
}

/// Where it says why it died. A daemon of delayed_job has only the application's log.
Path log_of(const Config& config, const Worker& worker) {
  return hands_back_jobs(worker) && !worker.foreground
             ? config.root / "log" / (config.environment + ".log")
             : start_log(config, worker);
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

void explain_early_deaths(Machine& machine, const Config& config, State& state) {
  for (const auto& worker : config.workers) {
    const auto record = state.workers.find(worker.name);
    if (record == state.workers.end()) continue;
    auto& last = record->second.failures.last_error;
    if (!std::holds_alternative<DiedEarly>(last.cause) || !last.output.empty()) continue;
    const auto log = log_of(config, worker);
    const auto status = machine.file_status(log);
    if (!status || status->size == 0) continue;
    // What other workers have logged says nothing of this one.
    const auto offset = status->size - std::min(status->size, kEndOfOutput);
    if (worker.foreground) last = failure_of_start(machine, DiedEarly{}, log, offset);
    last.output = log;
  }
}

}  // namespace bootcheck
