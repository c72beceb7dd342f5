#include "report/table.h"

#include "report/event_text.h"
#include "report/grid.h"
#include "report/ready_text.h"
#include "report/text.h"
#include "util/duration.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bootcheck {
namespace {

Colour colour_of(WorkerState state) {
  switch (state) {
    case WorkerState::running:
      return Colour::green;
    case WorkerState::draining:
    case WorkerState::starting:
    case WorkerState::drained:
      return Colour::cyan;
    case WorkerState::stale:
    case WorkerState::lost:
    case WorkerState::duplicate:
      return Colour::yellow;
    case WorkerState::missing:
    case WorkerState::crashed:
    case WorkerState::failing:
    case WorkerState::unknown:
      return Colour::red;
    case WorkerState::held:
      return Colour::dim;
  }
  return Colour::none;
}

std::string text_of(const std::optional<pid_t>& pid) {
  return pid ? std::to_string(*pid) : "-";
}

std::string joined_notes(const WorkerStatus& worker, const Style& style) {
  return fmt::format("{}", fmt::join(notes_of(worker, style), "; "));
}

/// Who runs and was stopped by a signal does nothing: that is what a person wants to see.
Cell state_cell(const WorkerStatus& worker) {
  if (worker.is_stopped && worker.state == WorkerState::running)
    return {.text = "stopped", .colour = Colour::yellow};
  return {.text = std::string(name_of(worker.state)), .colour = colour_of(worker.state)};
}

Row status_row(const WorkerStatus& worker, const Style& style) {
  return {
      {.text = printable(worker.name)},
      state_cell(worker),
      {.text = text_of(worker.pid), .right = true},
      {.text = worker.age ? format_duration(*worker.age) : "-", .right = true},
      {.text = worker.memory ? format_size(*worker.memory) : "-", .right = true},
      {.text = joined_notes(worker, style)},
  };
}

std::string last_pass_text(const AppStatus& status, const Style& style) {
  if (!status.last_pass) return "no pass has run yet";
  if (style.now == 0 || *status.last_pass > style.now)
    return "last pass at " + style.time(*status.last_pass);
  const std::chrono::seconds ago{style.now - *status.last_pass};
  return "last pass " + format_duration(ago) + " ago";
}

/// Nobody seems to make the passes; empty: somebody does.
std::string late_pass_warning(const AppStatus& status, const Style& style) {
  if (!status.last_pass || style.now == 0 || *status.last_pass > style.now) return {};
  const std::chrono::seconds ago{style.now - *status.last_pass};
  if (ago <= status.stuck_after) return {};
  return fmt::format(
      "warning: no pass for {}; is the crontab line there? bootcheck doctor looks for it\n",
      format_duration(ago));
}

// --- one line per worker of what a pass did -----------------------------------------------------

/// What a pass did with one worker.
struct Deeds {
  const Event* started = nullptr;
  const Event* asked = nullptr;
  bool start_failed = false;
  bool replaced = false;  ///< what was started succeeds a worker that was asked to stop
  bool crashed = false;
  bool restored = false;
  bool killed = false;
  int jobs = 0;  ///< handed back
};

Deeds deeds_of(const std::string& worker, const std::vector<Event>& events) {
  Deeds deeds;
  for (const auto& event : events) {
    if (event.worker != worker) continue;
    using enum EventKind;
    if (event.kind == started) deeds.started = &event;
    if (event.kind == asked_to_stop) deeds.asked = &event;
    if (event.kind == start_failed) deeds.start_failed = true;
    if (event.kind == drained || event.kind == set_aside) deeds.replaced = true;
    if (event.kind == crashed) deeds.crashed = true;
    if (event.kind == restored) deeds.restored = true;
    if (event.kind == killed) deeds.killed = true;
    if (event.kind == job_recovered) ++deeds.jobs;
  }
  return deeds;
}

Cell word_for(const WorkerStatus& worker, const Deeds& deeds) {
  if (deeds.started != nullptr)
    return {.text = deeds.replaced ? "restarted" : "started", .colour = Colour::green};
  if (deeds.start_failed) return {.text = "not started", .colour = Colour::red};
  return {.text = std::string(name_of(worker.state)), .colour = colour_of(worker.state)};
}

std::string started_detail(const Up& up, const WorkerStatus& worker) {
  return fmt::format("pid {} in {}", text_of(up.pid ? up.pid : worker.pid),
                     format_duration(up.took));
}

std::vector<std::string> details_of(const WorkerStatus& worker, const Deeds& deeds) {
  std::vector<std::string> details;
  if (deeds.started != nullptr) {
    details.push_back(started_detail(std::get<Up>(deeds.started->detail), worker));
  } else if (worker.pid) {
    details.push_back(fmt::format("pid {}", *worker.pid));
    if (worker.age) details.push_back("up " + format_duration(*worker.age));
  }
  if (deeds.asked != nullptr && deeds.started == nullptr)
    details.emplace_back("asked to finish its job and exit");
  if (deeds.killed) details.emplace_back("killed, as kill_after is over");
  if (deeds.crashed) details.emplace_back("it had crashed");
  if (deeds.restored) details.emplace_back("its pid file was written back");
  if (deeds.jobs > 0)
    details.push_back(fmt::format("{} job{} handed back", deeds.jobs, deeds.jobs == 1 ? "" : "s"));
  return details;
}

std::string boot_trouble_text(const BootTrouble& trouble) {
  return fmt::format(
      "the application does not boot, so nobody was asked to stop: {}\n"
      "next try in {}, at once with `bootcheck restart`, and with the next release\n",
      one_line(bootcheck::text_of(trouble.failure)), format_duration(trouble.next_try_in));
}

/// Why workers did not come up, or are not started yet, each reason once, with all whom it
/// concerns.
std::string reasons_text(const std::vector<WorkerStatus>& workers) {
  std::vector<std::pair<std::string, std::string>> reasons;  // and who has it
  const auto add = [&](const WorkerStatus& worker, const std::string& text) {
    auto reason = one_line(text);
    const auto same =
        std::ranges::find(reasons, reason, [](const auto& each) { return each.first; });
    if (same == reasons.end()) {
      reasons.emplace_back(std::move(reason), printable(worker.name));
    } else {
      same->second += ", " + printable(worker.name);
    }
  };
  for (const auto& worker : workers) {
    if (worker.last_error) add(worker, bootcheck::text_of(*worker.last_error));
    if (worker.not_ready) add(worker, "waits until " + bootcheck::text_of(*worker.not_ready));
  }
  std::string text;
  for (const auto& [reason, names] : reasons)
    text += names + ": " + reason + "\n";
  return text;
}

}  // namespace

std::string format_status(const AppStatus& status, const Style& style) {
  auto text =
      fmt::format("{} ({}) in {}, {}\n", printable(status.app), printable(status.environment),
                  printable(status.root.native()), last_pass_text(status, style));
  if (!status.workers.empty()) {
    std::vector<Row> rows{{{.text = "WORKER"},
                           {.text = "STATE"},
                           {.text = "PID", .right = true},
                           {.text = "UP", .right = true},
                           {.text = "MEMORY", .right = true},
                           {.text = "NOTE"}}};
    for (const auto& worker : status.workers)
      rows.push_back(status_row(worker, style));
    const auto has_note = [](const Row& row) { return !row.back().text.empty(); };
    if (std::none_of(rows.begin() + 1, rows.end(), has_note)) rows.front().back().text.clear();
    text += "\n" + format_grid(rows, style.colour, style.width) + "\n";
  }
  text += summary_of(status) + "\n" + late_pass_warning(status, style);
  text += reasons_text(status.workers);
  if (status.boot_trouble) text += boot_trouble_text(*status.boot_trouble);
  for (const auto& orphan : status.orphans)
    text += fmt::format("{} (pid {}) runs, but the configuration does not name it{}\n",
                        printable(orphan.title), orphan.pid,
                        orphan.draining ? "; it was asked to stop" : "");
  return text;
}

std::string format_run(const AppStatus& status, const std::vector<Event>& events,
                       const Style& style) {
  std::vector<Row> rows;
  for (const auto& worker : status.workers) {
    const auto deeds = deeds_of(worker.name, events);
    auto details = fmt::format("{}", fmt::join(details_of(worker, deeds), ", "));
    if (const auto notes = joined_notes(worker, style); !notes.empty() && !deeds.start_failed)
      details += (details.empty() ? "" : "; ") + notes;
    rows.push_back({{.text = printable(worker.name)}, word_for(worker, deeds), {.text = details}});
  }
  return format_grid(rows, style.colour, style.width);
}

}  // namespace bootcheck
