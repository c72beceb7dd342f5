#include "act/recovery.h"

#include <algorithm>
#include <string>
#include <utility>

namespace bootcheck {
namespace {

using Lines = std::vector<std::string_view>;

constexpr std::string_view kRecovered = "recovered ";
constexpr std::string_view kLeftAlone = "left ";
constexpr std::string_view kNotRecovered = "could not recover ";
constexpr std::string_view kDone = "done with ";

Lines lines_of(std::string_view text) {
  Lines lines;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = std::min(text.find('\n', start), text.size());
    if (const auto line = text.substr(start, end - start); line.starts_with(kHandBack))
      lines.push_back(line.substr(kHandBack.size()));
    start = end + 1;
  }
  return lines;
}

Event event_of(EventKind kind, Severity severity, const std::string& worker,
               std::string_view what) {
  return make_event(kind, worker, severity, OfJob{std::string(what)});
}

/// Whose last line is missing was not dealt with.
std::string read_lines(const Lines& lines, const std::string& shown, const std::string& worker,
                       std::vector<Event>& events) {
  const auto process = " " + shown;
  auto trouble = "the jobs of" + process + ": the hand-back was cut off";
  for (const auto line : lines) {
    if (line.find(process) == std::string_view::npos) continue;
    if (line.starts_with(kRecovered)) {
      const auto job = line.substr(kRecovered.size());
      events.push_back(event_of(EventKind::job_recovered, Severity::info, worker, job));
    } else if (line.starts_with(kLeftAlone)) {
      const auto job = line.substr(kLeftAlone.size());
      events.push_back(event_of(EventKind::job_left_alone, Severity::warning, worker, job));
    } else if (line.starts_with(kNotRecovered)) {
      trouble = line.substr(kNotRecovered.size());
    } else if (line.starts_with(kDone)) {
      trouble.clear();
    }
  }
  return trouble;
}

}  // namespace

std::string read_hand_back(std::string_view text, const std::string& shown,
                           const std::string& worker, std::vector<Event>& events) {
  return read_lines(lines_of(text), shown, worker, events);
}

void collect_recoveries(const Context& context, const Batch& batch, const Path& output,
                        std::uint64_t offset, StartReport& report) {
  if (std::ranges::all_of(batch, [](const StartOrder& order) { return order.recover.empty(); }))
    return;
  const auto read = context.machine.read_file(output, {.links = Links::followed, .offset = offset});
  const auto* file = std::get_if<FileText>(&read);
  const auto lines = file == nullptr ? Lines{} : lines_of(file->text);
  for (const auto& order : batch) {
    const auto& worker = context.config.workers[order.worker].name;
    for (const auto& [dead, pid_taken] : order.recover)
      report.hand_backs.push_back(
          {.worker = order.worker,
           .pid = dead.pid,
           .host = dead.host,
           .trouble = read_lines(lines, shown(worker, dead.pid), worker, report.recoveries)});
  }
}

}  // namespace bootcheck
