// The log: one line per event, in a file, in syslog or on stderr (contract, section 7).
#pragma once

#include "config/config.h"
#include "model/event.h"
#include "report/output_file.h"

#include <optional>
#include <string>
#include <string_view>

namespace bootcheck {

/// `2026-11-23T06:25:01.123Z INFO shop delayed_job.1 started pid=123 took=0.9s` without a newline.
/// Values that hold blanks, quotes, `=` or what is not printable are quoted and escaped (logfmt);
/// an event of the whole pass has the worker `-`; its problem is the field `reason`. `timestamp` is
/// left out where it is empty (syslog has its own).
std::string log_text(const Event& event, std::string_view app, std::string_view timestamp);

/// The same as a JSON object on one line: `time`, `level`, `app`, `worker` (null: the whole pass),
/// `event`, each field, and `reason` where there is a problem.
std::string log_json(const Event& event, std::string_view app, std::string_view timestamp);

class Log {
 public:
  /// Opens nothing yet: a pass that has nothing to tell touches no file.
  Log(LogSettings settings, std::string app);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  /// Writes one event, if the level asks for it; `timestamp` in UTC with milliseconds. Lines of
  /// several writers do not mix (one write(2) to a file in append mode). Makes the folder of the
  /// log where there is none. Returns what failed, if something did; it never throws for that and
  /// may be called again.
  std::optional<std::string> write(const Event& event, std::string_view timestamp);

 private:
  std::string line_for(const Event& event, std::string_view timestamp) const;
  std::optional<std::string> open_file();
  void write_to_syslog(Severity severity, const std::string& line);

  LogSettings settings_;
  std::string app_;
  OutputFile file_;
  bool syslog_is_open_ = false;
};

}  // namespace bootcheck
