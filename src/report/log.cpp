#include "report/log.h"

#include "report/event_text.h"
#include "report/json.h"
#include "report/text.h"
#include "util/timestamp.h"

#include <iterator>

#include <fmt/format.h>

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

std::string log_text(const Event& event, std::string_view app, LogTime time) {
  std::string line = time == LogTime::written ? utc_timestamp(event.at) + " " : std::string();
  fmt::format_to(std::back_inserter(line), "{} {} {} {}", level_name(event.severity), logfmt(app),
                 event.worker.empty() ? "-" : logfmt(event.worker), name_of(event.kind));
  for (const auto& field : fields_of(event))
    fmt::format_to(std::back_inserter(line), " {}={}", field.key, logfmt(field.text()));
  if (const auto problem = problem_of(event); !problem.empty())
    line += " reason=" + logfmt(problem);
  return line;
}

std::string log_json(const Event& event, std::string_view app, LogTime time) {
  const auto source = event_object(event);
  boost::json::object object;
  if (time == LogTime::written) object["time"] = source.at("time");
  object["level"] = json_text(level_name(event.severity));
  object["app"] = json_text(app);
  object["worker"] = source.at("worker");
  object["event"] = source.at("event");
  for (const auto& field : source.at("fields").as_object())
    object.emplace(field.key(), field.value());
  if (!source.at("problem").is_null()) object["reason"] = source.at("problem");
  return on_one_line(object);
}

}  // namespace bootcheck
