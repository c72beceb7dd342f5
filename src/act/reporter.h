// Collects what happens while a plan is carried out.
#pragma once

#include "model/event.h"
#include "observe/context.h"

#include <system_error>
#include <utility>
#include <vector>

namespace bootcheck {

class Reporter {
 public:
  /// `context` has to outlive it.
  explicit Reporter(const Context& context) : context_(context) {}

  /// With the present time, unless the event has one.
  void report(Event event) {
    if (event.at == Duration{0}) event.at = context_.machine.wall_clock();
    events_.push_back(std::move(event));
  }
  void report(EventKind kind, std::size_t worker, Severity severity, Detail detail) {
    report(make_event(kind, context_.config.workers[worker].name, severity, std::move(detail)));
  }
  void report_all(std::vector<Event> events) {
    for (auto& event : events)
      report(std::move(event));
  }
  /// A step of what bears this name; empty: of nobody in particular.
  void report_failed(const std::string& name, const std::system_error& error) {
    report(make_event(EventKind::failed, name, Severity::error,
                      Trouble{Task::step, failure_of(error)}));
  }

  /// What has been reported since the last time.
  std::vector<Event> take() { return std::exchange(events_, {}); }

 private:
  const Context& context_;
  std::vector<Event> events_;
};

}  // namespace bootcheck
