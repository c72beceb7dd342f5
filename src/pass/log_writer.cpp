#include "pass/log_writer.h"

#include "report/log.h"

#include <system_error>

namespace bootcheck {
namespace {

LogPriority priority_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return LogPriority::info;
    case Severity::warning:
      return LogPriority::warning;
    case Severity::error:
      return LogPriority::error;
  }
  return LogPriority::error;
}

/// syslog has a name and a time of its own for each line.
void write_to_syslog(Machine& machine, const LogSettings& settings, std::string_view app,
                     const std::vector<Event>& events) {
  for (const auto& event : events) {
    if (is_logged(event.severity, settings.level))
      machine.write_to_syslog(priority_of(event.severity), log_line(event, settings, app, {}));
  }
}

void write(Machine& machine, const LogSettings& settings, std::string_view app,
           const std::vector<Event>& events, std::string_view timestamp) {
  if (settings.to == LogTarget::syslog) return write_to_syslog(machine, settings, app, events);
  std::string lines;
  for (const auto& event : events) {
    if (is_logged(event.severity, settings.level))
      lines += log_line(event, settings, app, timestamp) + '\n';
  }
  if (lines.empty()) return;
  if (settings.to == LogTarget::standard_error) {
    machine.write_to_stderr(lines);
  } else {
    machine.append_to_file(settings.path, lines);
  }
}

}  // namespace

std::optional<std::string> append_to_log(Machine& machine, const LogSettings& settings,
                                         std::string_view app, const std::vector<Event>& events,
                                         std::string_view timestamp) {
  try {
    write(machine, settings, app, events, timestamp);
    return std::nullopt;
  } catch (const std::system_error& error) {
    return error.what();
  }
}

}  // namespace bootcheck
