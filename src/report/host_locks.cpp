#include "report/host_locks.h"

#include "report/grid.h"
#include "report/text.h"
#include "util/duration.h"

#include <fmt/format.h>

namespace bootcheck {
namespace {

std::string counted(std::int64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string time_of(WallTime at, const Style& style) {
  return at == 0 ? std::string("some time") : style.time(at);
}

}  // namespace

std::string format_host_locks(const HostLocks& locks, const Style& style) {
  if (locks.workers.empty())
    return fmt::format("no job is locked by a worker of {}\n", printable(locks.host));
  std::vector<Row> rows;
  for (const auto& worker : locks.workers)
    rows.push_back({{.text = "  " + printable(worker.name.empty() ? "(no name)" : worker.name)},
                    {.text = fmt::format("pid {}", worker.pid)},
                    {.text = counted(worker.jobs, "job"), .right = true},
                    {.text = "locked since " + time_of(worker.since, style)}});
  const auto jobs = locks.jobs();
  return fmt::format("{} {} locked by {} of {}:\n", counted(jobs, "job"), jobs == 1 ? "is" : "are",
                     counted(static_cast<std::int64_t>(locks.workers.size()), "worker"),
                     printable(locks.host)) +
         format_grid(rows, style.colour, style.width);
}

std::string why_maybe_alive(const HostLocks& locks, const Style& style) {
  const auto* last = last_within_run_time(locks);
  if (last == nullptr) return {};
  return fmt::format("{} locked a job at {}, and a job may run for {} (max_run_time), until {}",
                     last->shown(locks.host), style.time(last->last),
                     format_duration(locks.max_run_time),
                     style.time(last->last + locks.max_run_time.count()));
}

}  // namespace bootcheck
