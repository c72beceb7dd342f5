#include "pass/recovery.h"

#include <algorithm>
#include <system_error>

#include "system/text_file.h"

namespace bootcheck {
namespace {

constexpr std::string_view kRecovered = "bootcheck: recovered ";
constexpr std::string_view kNotRecovered = "bootcheck: could not recover ";

/// Which worker of the batch a line speaks of; empty: of all.
std::string worker_in(std::string_view line, const Config& config, const Batch& batch) {
  for (const auto& order : batch) {
    const auto& name = config.workers[order.worker].name;
    if (line.find(" " + name + " (pid ") != std::string_view::npos) return name;
  }
  return {};
}

Event event_of(std::string_view line, std::string_view mark, const std::string& worker) {
  Event event;
  event.kind = mark == kRecovered ? EventKind::job_recovered : EventKind::recovery_failed;
  event.worker = worker;
  event.fields.emplace_back("job", std::string(line.substr(mark.size())));
  if (mark == kNotRecovered) {
    event.severity = Severity::warning;
    event.problem = "could not hand back " + std::string(line.substr(mark.size()));
  }
  return event;
}

void note_unrecovered(const std::string& worker, const Config& config, const Batch& batch, StartReport& report) {
  for (const auto& order : batch) {
    if (worker.empty() || config.workers[order.worker].name == worker) report.unrecovered.push_back(order.worker);
  }
}

}  // namespace

void collect_recoveries(const Config& config, const Batch& batch, const Path& output, std::uint64_t offset, StartReport& report) {
  std::string text;
  try {
    text = read_text_file(output, offset);
  } catch (const std::system_error&) {
    return note_unrecovered({}, config, batch, report);  // nothing is known, so it is tried again
  }
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    const auto line = std::string_view(text).substr(start, end - start);
    start = end + 1;
    for (const auto mark : {kRecovered, kNotRecovered}) {
      if (!line.starts_with(mark)) continue;
      const auto worker = worker_in(line, config, batch);
      report.recoveries.push_back(event_of(line, mark, worker));
      if (mark == kNotRecovered) note_unrecovered(worker, config, batch, report);
    }
  }
}

}  // namespace bootcheck
