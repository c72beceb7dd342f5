#include "config/presets.h"

#include <algorithm>
#include <array>
#include <csignal>

namespace bootcheck {
namespace {

constexpr auto kDelayedJob =
    std::to_array<std::string_view>({"bin/delayed_job", "--identifier=%{id}", "%{args}", "start"});
constexpr auto kResque =
    std::to_array<std::string_view>({"bundle", "exec", "rake", "%{args}", "resque:work"});
constexpr auto kSidekiq = std::to_array<std::string_view>(
    {"bundle", "exec", "sidekiq", "-e", "%{environment}", "%{args}"});
constexpr auto kGoodJob =
    std::to_array<std::string_view>({"bundle", "exec", "good_job", "start", "%{args}"});
constexpr auto kJobsWork =
    std::to_array<std::string_view>({"bundle", "exec", "rake", "%{args}", "jobs:work"});
constexpr auto kDelayed =
    std::to_array<std::string_view>({"bundle", "exec", "rake", "%{args}", "delayed:work"});
constexpr auto kSolidQueue = std::to_array<std::string_view>({"bin/jobs", "%{args}"});

// delayed_job finishes its job at TERM (worker.rb: trap("TERM"), with raise_signal_exceptions
// unset), also as `rake jobs:work`; so does Betterment's delayed (delayed/runnable.rb). Resque does
// so at QUIT and kills the job at TERM (resque/worker.rb, register_signal_handlers). Sidekiq,
// GoodJob and Solid Queue stop gracefully at TERM, within their own time limits. Since Sidekiq 6
// none of the latter daemonizes unless it is told to (resque/worker.rb, prepare; good_job/cli.rb).
constexpr auto kPresets = std::to_array<Preset>({
    {.name = "delayed_job",
     .start = kDelayedJob,
     .process_title = "delayed_job.%{id}",
     .stop_signal = SIGTERM,
     .foreground = false,
     .preload = true,
     .fixed = true},
    {.name = "resque",
     .start = kResque,
     .process_title = "",
     .stop_signal = SIGQUIT,
     .foreground = true,
     .preload = false,
     .fixed = false,
     .daemonizes = "BACKGROUND="},
    {.name = "sidekiq",
     .start = kSidekiq,
     .process_title = "",
     .stop_signal = SIGTERM,
     .foreground = true,
     .preload = false,
     .fixed = false},
    {.name = "good_job",
     .start = kGoodJob,
     .process_title = "",
     .stop_signal = SIGTERM,
     .foreground = true,
     .preload = false,
     .fixed = false,
     .daemonizes = "--daemonize"},
    {.name = "solid_queue",
     .start = kSolidQueue,
     .process_title = "",
     .stop_signal = SIGTERM,
     .foreground = true,
     .preload = false,
     .fixed = false},
    {.name = "jobs_work",
     .start = kJobsWork,
     .process_title = "",
     .stop_signal = SIGTERM,
     .foreground = true,
     .preload = false,
     .fixed = false},
    {.name = "delayed",
     .start = kDelayed,
     .process_title = "",
     .stop_signal = SIGTERM,
     .foreground = true,
     .preload = false,
     .fixed = false},
});

}  // namespace

std::span<const Preset> all_presets() {
  return kPresets;
}

const Preset* find_preset(std::string_view name) {
  const auto* const found = std::ranges::find(kPresets, name, &Preset::name);
  return found == kPresets.end() ? nullptr : found;
}

}  // namespace bootcheck
