#include "report/metrics.h"

#include "report/text.h"

#include <chrono>
#include <iterator>

#include <fmt/format.h>

namespace bootcheck {
namespace {

/// A label's value as the text format has it: `\`, `"` and newline are escaped, and it is UTF-8.
std::string label(std::string_view value) {
  std::string escaped;
  for (const char letter : valid_utf8(value)) {
    if (letter == '\n') {
      escaped += "\\n";
      continue;
    }
    if (letter == '"' || letter == '\\') escaped += '\\';
    escaped += letter;
  }
  return escaped;
}

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

class Exposition {
 public:
  explicit Exposition(const AppStatus& status) : status_(status), app_(label(status.app)) {}

  /// One sample of the whole application.
  template <class Number>
  void add_for_app(std::string_view name, std::string_view help, Number value) {
    add_header(name, "gauge", help);
    fmt::format_to(end(), "bootcheck_{}{{app=\"{}\"}} {}\n", name, app_, value);
  }

  /// One sample per worker for which `value_of` returns a number (an optional).
  void add(std::string_view name, std::string_view type, std::string_view help,
           const auto& value_of) {
    add_header(name, type, help);
    for (const auto& worker : status_.workers)
      if (const auto value = value_of(worker))
        fmt::format_to(end(), "bootcheck_{}{{app=\"{}\",worker=\"{}\"}} {}\n", name, app_,
                       label(worker.name), *value);
  }

  void add_gauge(std::string_view name, std::string_view help, const auto& value_of) {
    add(name, "gauge", help, value_of);
  }

  const std::string& text() const { return text_; }

 private:
  std::back_insert_iterator<std::string> end() { return std::back_inserter(text_); }

  void add_header(std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(end(), "# HELP bootcheck_{0} {1}\n# TYPE bootcheck_{0} {2}\n", name, help, type);
  }

  const AppStatus& status_;
  std::string app_;
  std::string text_;
};

std::optional<int> flag(bool value) {
  return value ? 1 : 0;
}

/// `starting`: the process is the start command and not the worker yet.
bool is_up(const WorkerStatus& worker) {
  return worker.pid.has_value() && worker.state != WorkerState::starting;
}

void add_states(Exposition& metrics, WallTime now) {
  metrics.add_gauge("worker_up", "Whether the worker's process is alive.",
                    [](const WorkerStatus& worker) -> std::optional<int> {
                      if (worker.state == WorkerState::unknown) return std::nullopt;
                      return flag(is_up(worker));
                    });
  metrics.add_gauge(
      "worker_unknown", "Whether it cannot be told if the worker runs.",
      [](const WorkerStatus& worker) { return flag(worker.state == WorkerState::unknown); });
  metrics.add_gauge("worker_should_run", "Whether the worker is meant to run (0: held).",
                    [](const WorkerStatus& worker) { return flag(worker.should_run); });
  metrics.add_gauge("worker_held", "Whether an operator holds the worker down.",
                    [](const WorkerStatus& worker) { return flag(!worker.should_run); });
  metrics.add_gauge("worker_draining_seconds",
                    "For how long the worker has been finishing its job (0: it is not).",
                    [](const WorkerStatus& worker) {
                      return std::optional(seconds(worker.draining_for.value_or(Duration{0})));
                    });
  metrics.add_gauge(
      "worker_set_aside", "Old processes of the worker that are still finishing their jobs.",
      [](const WorkerStatus& worker) { return std::optional(worker.set_aside.size()); });
  metrics.add_gauge("worker_start_time_seconds",
                    "When the worker's process was started, in seconds since the epoch.",
                    [now](const WorkerStatus& worker) -> std::optional<WallTime> {
                      if (!is_up(worker) || !worker.age) return std::nullopt;
                      return now - std::chrono::round<std::chrono::seconds>(*worker.age).count();
                    });
  metrics.add_gauge("worker_memory_bytes", "Resident memory of the worker's process.",
                    [](const WorkerStatus& worker) { return worker.memory; });
  metrics.add_gauge("worker_failures", "Early deaths and failed starts in a row.",
                    [](const WorkerStatus& worker) { return std::optional(worker.failures); });
  metrics.add_gauge("worker_backoff_seconds",
                    "Until the next try to start a worker that does not stay up (0: none).",
                    [](const WorkerStatus& worker) {
                      return std::optional(seconds(worker.next_try_in.value_or(Duration{0})));
                    });
}

void add_counters(Exposition& metrics, const std::map<std::string, Counters>& counters) {
  const auto add = [&](std::string_view name, std::string_view help,
                       std::uint64_t Counters::*counter) {
    metrics.add(name, "counter", help, [&](const WorkerStatus& worker) {
      const auto found = counters.find(worker.name);
      return std::optional(found == counters.end() ? 0 : found->second.*counter);
    });
  };
  add("worker_starts_total", "Starts of the worker that succeeded.", &Counters::starts);
  add("worker_start_failures_total", "Starts of the worker that failed.",
      &Counters::start_failures);
  add("worker_crashes_total", "Deaths of the worker that nobody had asked for.",
      &Counters::crashes);
  add("worker_drains_total", "Processes of the worker that exited after they were asked to.",
      &Counters::drains);
  add("worker_jobs_recovered_total", "Jobs of dead processes that were handed back.",
      &Counters::jobs_recovered);
}

}  // namespace

std::string format_metrics(const AppStatus& status, const PassFigures& figures) {
  Exposition metrics(status);
  metrics.add_for_app("last_pass_timestamp_seconds",
                      "When the last pass ended, in seconds since the epoch.", figures.ended_at);
  metrics.add_for_app("last_pass_duration_seconds", "How long the last pass took.",
                      seconds(figures.took));
  metrics.add_for_app("boot_failures",
                      "Boots of the application in a row that failed, so that nobody was replaced.",
                      status.boot_trouble ? status.boot_trouble->failures : 0);
  add_states(metrics, figures.ended_at);
  add_counters(metrics, figures.counters);
  return metrics.text();
}

void count_events(const std::vector<Event>& events, std::map<std::string, Counters>& counters) {
  for (const auto& event : events) {
    if (event.worker.empty()) continue;
    using enum EventKind;
    if (event.kind == started) ++counters[event.worker].starts;
    if (event.kind == start_failed) ++counters[event.worker].start_failures;
    if (event.kind == crashed) ++counters[event.worker].crashes;
    if (event.kind == drained) ++counters[event.worker].drains;
    if (event.kind == job_recovered) ++counters[event.worker].jobs_recovered;
  }
}

}  // namespace bootcheck
