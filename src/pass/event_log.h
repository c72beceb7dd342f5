// The log: one line per event, in a file, in syslog or on stderr.
#pragma once

#include "model/event.h"
#include "observe/context.h"

#include <optional>
#include <vector>

namespace bootcheck {

class EventLog {
 public:
  explicit EventLog(const Context& context) : context_(context) {}

  /// Writes those events that the level asks for: all at once to a file, which is made where there
  /// is none. A pass that has nothing to tell touches no file. Never throws: see trouble().
  void write(const std::vector<Event>& events);

  /// What kept events out of the log, the first time; none: nothing did.
  const std::optional<Event>& trouble() const { return trouble_; }

 private:
  void write_line(const Event& event, std::string& text) const;

  const Context& context_;
  std::optional<Event> trouble_;
};

}  // namespace bootcheck
