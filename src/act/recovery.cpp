#include "act/recovery.h"

#include <algorithm>
#include <string>

namespace bootcheck {
namespace {

constexpr std::string_view kOurs = "bootcheck: ";
constexpr std::string_view kRecovered = "bootcheck: recovered ";
constexpr std::string_view kNotRecovered = "bootcheck: could not recover ";

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    if (const auto line = text.substr(start, end - start); line.starts_with(kOurs))
      lines.push_back(line);
    start = end + 1;
  }
  return lines;
}

Event event_of(std::string_view line, std::string_view mark, const std::string& worker) {
  const OfJob job{std::string(line.substr(mark.size()))};
  if (mark == kRecovered) return make_event(EventKind::job_recovered, worker, Severity::info, job);
  return make_event(EventKind::recovery_failed, worker, Severity::warning, job);
}

/// Goes through what is said of one dead process; whether it was said, and nothing of it went
/// wrong.
bool read_lines(const std::vector<std::string_view>& lines, const std::string& worker, pid_t pid,
                std::vector<Event>& events) {
  const auto process = worker + " (pid " + std::to_string(pid) + ")";
  bool mentioned = false;
  bool failed = false;
  for (const auto line : lines) {
    if (line.find(" " + process) == std::string_view::npos) continue;
    mentioned = true;
    for (const auto mark : {kRecovered, kNotRecovered}) {
      if (line.starts_with(mark)) events.push_back(event_of(line, mark, worker));
    }
    failed = failed || line.starts_with(kNotRecovered);
  }
  return mentioned && !failed;
}

}  // namespace

void collect_recoveries(const Context& context, const Batch& batch, const Path& output,
                        std::uint64_t offset, StartReport& report) {
  if (std::ranges::all_of(batch, [](const StartOrder& order) { return order.recover.empty(); }))
    return;
  const auto read = context.machine.read_file(output, {.links = Links::followed, .offset = offset});
  const auto* file = std::get_if<FileText>(&read);
  if (file == nullptr) return;  // nothing is known, so it is tried again
  const auto lines = lines_of(file->text);
  for (const auto& order : batch) {
    for (const auto& dead : order.recover) {
      if (read_lines(lines, context.config.workers[order.worker].name, dead.pid, report.recoveries))
        report.recovered.emplace_back(order.worker, dead.pid);
    }
  }
}

}  // namespace bootcheck
