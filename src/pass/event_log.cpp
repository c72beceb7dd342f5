#include "pass/event_log.h"

#include "report/log.h"

#include <string>
#include <system_error>

namespace bootcheck {
namespace {

bool is_logged(Severity severity, LogLevel level) {
  switch (level) {
    case LogLevel::debug:
    case LogLevel::info:
      return true;
    case LogLevel::warn:
      return severity != Severity::info;
    case LogLevel::error:
      return severity == Severity::error;
  }
  return true;
}

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

std::string line_of(const Config& config, const Event& event) {
  const auto time = config.log.to == LogTarget::syslog ? LogTime::left_out : LogTime::written;
  return config.log.format == LogFormat::json ? log_json(event, config.app, time)
                                              : log_text(event, config.app, time);
}

}  // namespace

/// Writes a line, or adds it to the text of the file.
void EventLog::write_line(const Event& event, std::string& text) const {
  const auto& config = context_.config;
  switch (config.log.to) {
    case LogTarget::syslog:
      return context_.machine.write_to_syslog(priority_of(event.severity), line_of(config, event));
    case LogTarget::standard_error:
      return context_.machine.write_to_stderr(line_of(config, event) + "\n");
    case LogTarget::file:
      text += line_of(config, event) + "\n";
  }
}

void EventLog::write(const std::vector<Event>& events) {
  try {
    std::string text;
    for (const auto& event : events) {
      if (is_logged(event.severity, context_.config.log.level)) write_line(event, text);
    }
    if (!text.empty()) context_.machine.append_to_file(context_.config.log.path, text);
  } catch (const std::system_error& error) {
    if (trouble_) return;
    trouble_ = make_event(EventKind::failed, {}, Severity::warning,
                          Trouble{Task::write_log, failure_of(error)});
    trouble_->at = context_.machine.wall_clock();
  }
}

}  // namespace bootcheck
