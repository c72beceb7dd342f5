#include "report/log.h"

#include "report/event_text.h"
#include "report/json.h"
#include "report/text.h"

#include <cstdio>
#include <iterator>
#include <utility>

#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <syslog.h>

namespace bootcheck {
namespace {

std::string_view level_name(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "INFO";
    case Severity::warning:
      return "WARN";
    case Severity::error:
      return "ERROR";
  }
  return "ERROR";
}

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

int priority_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return LOG_INFO;
    case Severity::warning:
      return LOG_WARNING;
    case Severity::error:
      return LOG_ERR;
  }
  return LOG_ERR;
}

std::string escape_quotes(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

/// A value as logfmt has it: bare where it can be, else quoted.
std::string logfmt(std::string_view value) {
  const auto safe = printable(value);
  const bool bare =
      !value.empty() && safe == value && value.find_first_of(" \"\\=") == std::string_view::npos;
  if (bare) return safe;
  // Quotes are escaped before control characters are, so that no backslash is escaped twice.
  return "\"" + printable(escape_quotes(value)) + "\"";
}

}  // namespace

std::string log_text(const Event& event, std::string_view app, std::string_view timestamp) {
  std::string line(timestamp);
  if (!line.empty()) line += ' ';
  fmt::format_to(std::back_inserter(line), "{} {} {} {}", level_name(event.severity), logfmt(app),
                 event.worker.empty() ? "-" : logfmt(event.worker), name_of(event.kind));
  for (const auto& field : fields_of(event))
    fmt::format_to(std::back_inserter(line), " {}={}", field.key, logfmt(field.text()));
  if (const auto problem = problem_of(event); !problem.empty())
    line += " reason=" + logfmt(problem);
  return line;
}

std::string log_json(const Event& event, std::string_view app, std::string_view timestamp) {
  const auto source = event_object(event);
  boost::json::object object;
  if (!timestamp.empty()) object["time"] = json_text(timestamp);
  object["level"] = json_text(level_name(event.severity));
  object["app"] = json_text(app);
  object["worker"] = source.at("worker");
  object["event"] = source.at("event");
  for (const auto& field : source.at("fields").as_object())
    object.emplace(field.key(), field.value());
  if (!source.at("problem").is_null()) object["reason"] = source.at("problem");
  return boost::json::serialize(object);
}

Log::Log(LogSettings settings, std::string app)
    : settings_(std::move(settings)), app_(std::move(app)) {}

Log::~Log() {
  if (syslog_is_open_) ::closelog();
}

std::string Log::line_for(const Event& event, std::string_view timestamp) const {
  return settings_.format == LogFormat::json ? log_json(event, app_, timestamp)
                                             : log_text(event, app_, timestamp);
}

std::optional<std::string> Log::open_file() {
  const auto folder = settings_.path.parent_path();
  boost::system::error_code error;
  boost::filesystem::create_directories(folder, error);
  if (error) return fmt::format("cannot make the folder {}: {}", folder.native(), error.message());
  return file_.open(settings_.path, O_APPEND);
}

void Log::write_to_syslog(Severity severity, const std::string& line) {
  if (!syslog_is_open_) ::openlog("bootcheck", LOG_PID, LOG_DAEMON);
  syslog_is_open_ = true;
  ::syslog(priority_of(severity), "%s", line.c_str());
}

std::optional<std::string> Log::write(const Event& event, std::string_view timestamp) {
  if (!is_logged(event.severity, settings_.level)) return std::nullopt;
  switch (settings_.to) {
    case LogTarget::syslog:
      write_to_syslog(event.severity, line_for(event, {}));
      return std::nullopt;
    case LogTarget::standard_error:
      // A stderr that cannot be written leaves nowhere to say so.
      std::fputs((line_for(event, timestamp) + "\n").c_str(), stderr);
      return std::nullopt;
    case LogTarget::file:
      if (!file_.is_open())
        if (auto failed = open_file()) return failed;
      return file_.write(line_for(event, timestamp) + "\n");
  }
  return std::nullopt;
}

}  // namespace bootcheck
