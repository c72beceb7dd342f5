#include "report/notes.h"

#include "report/text.h"
#include "util/duration.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bootcheck {
namespace {

std::string drain_note(const WorkerStatus& worker) {
  auto note = fmt::format("draining for {}", format_duration(*worker.draining_for));
  if (!worker.drain_reason.empty()) note += " " + drain_cause(worker.drain_reason);
  return note;
}

std::string set_aside_note(const std::vector<pid_t>& pids) {
  if (pids.size() == 1)
    return fmt::format("old process {} is still finishing its job", pids.front());
  return fmt::format("old processes {} are still finishing their jobs", fmt::join(pids, ", "));
}

std::string failing_note(const WorkerStatus& worker) {
  auto note = worker.failures > 1 ? fmt::format("failed {} times in a row", worker.failures)
                                  : std::string("failed");
  if (!worker.next_try_in || worker.next_try_in->count() <= 0)
    return note + ", next try in the next pass";
  return note + ", next try in " + format_duration(*worker.next_try_in);
}

}  // namespace

std::string Style::time(WallTime at) const {
  return time_text != nullptr ? time_text(at) : utc_time(at);
}

std::string drain_cause(std::string_view reason) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> causes{{
      {"restart", "after restart"},
      {"release", "after a new release"},
      {"restart_file", "after the restart file was touched"},
      {"memory", "as it outgrew its memory limit"},
      {"age", "as it outgrew its age limit"},
      {"stop", "after stop"},
      {"duplicate", "as there is another one of it"},
      {"orphan", "as the configuration does not name it"},
  }};
  const auto* const cause =
      std::ranges::find(causes, reason, &std::pair<std::string_view, std::string_view>::first);
  return cause == causes.end() ? fmt::format("({})", printable(reason))
                               : std::string(cause->second);
}

std::string hold_note(const Hold& hold, const Style& style) {
  auto note = fmt::format("held by {} {} {}", one_line(hold.by), hold.until ? "until" : "since",
                          style.time(hold.until.value_or(hold.since)));
  if (!hold.reason.empty()) note += ": " + one_line(hold.reason);
  return note;
}

std::vector<std::string> notes_of(const WorkerStatus& worker, const Style& style) {
  std::vector<std::string> notes;
  if (worker.hold) notes.push_back(hold_note(*worker.hold, style));
  if (worker.draining_for) notes.push_back(drain_note(worker));
  if (!worker.set_aside.empty()) notes.push_back(set_aside_note(worker.set_aside));
  if (worker.state == WorkerState::failing || worker.next_try_in)
    notes.push_back(failing_note(worker));
  if (!worker.out_of_date.empty()) notes.push_back("out of date: " + one_line(worker.out_of_date));
  // Of a hold the note would only repeat what stands in it.
  const bool told = worker.state == WorkerState::held && worker.hold;
  if (!worker.note.empty() && !told) notes.push_back(one_line(worker.note));
  return notes;
}

std::string summary_of(const AppStatus& status) {
  if (status.workers.empty()) return "no workers";
  using enum WorkerState;
  constexpr std::array order{running, starting, draining, held,      missing, crashed,
                             failing, stale,    lost,     duplicate, unknown};
  std::vector<std::string> parts;
  for (const auto state : order) {
    const auto count = std::ranges::count(status.workers, state, &WorkerStatus::state);
    if (count > 0) parts.push_back(fmt::format("{} {}", count, name_of(state)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace bootcheck
