#include "report/notes.h"

#include "report/event_text.h"
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
  if (worker.drain_reason) note += fmt::format(" {}", drain_cause(*worker.drain_reason));
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

std::string not_ready_note(Duration waited) {
  if (waited < std::chrono::seconds{1}) return "waits until it is ready";
  return fmt::format("has been waiting for {} until it is ready", format_duration(waited));
}

}  // namespace

std::string Style::time(WallTime at) const {
  return time_text != nullptr ? time_text(at) : utc_time(at);
}

std::string_view drain_cause(StopReason reason) {
  switch (reason) {
    case StopReason::restart:
      return "after restart";
    case StopReason::release:
      return "after a new release";
    case StopReason::restart_file:
      return "after the restart file was touched";
    case StopReason::memory:
      return "as it outgrew its memory limit";
    case StopReason::age:
      return "as it outgrew its age limit";
    case StopReason::stop:
      return "after stop";
    case StopReason::duplicate:
      return "as there is another one of it";
    case StopReason::orphan:
      return "as the configuration does not name it";
  }
  return {};
}

std::string note_of(const WorkerStatus& worker) {
  return worker.last_error ? text_of(*worker.last_error) : worker.note;
}

std::string hold_note(const Hold& hold, const Style& style) {
  auto note = fmt::format("held by {} {} {}", one_line(hold.by), hold.until ? "until" : "since",
                          style.time(hold.until.value_or(hold.since)));
  if (!hold.reason.empty()) note += ": " + one_line(hold.reason);
  return note;
}

std::vector<std::string> notes_of(const WorkerStatus& worker, const Style& style) {
  std::vector<std::string> notes;
  if (worker.is_stopped && worker.pid)
    notes.push_back(fmt::format("stopped by a signal; kill -CONT {} lets it go on", *worker.pid));
  if (worker.hold) notes.push_back(hold_note(*worker.hold, style));
  if (worker.draining_for) notes.push_back(drain_note(worker));
  if (!worker.set_aside.empty()) notes.push_back(set_aside_note(worker.set_aside));
  if (worker.not_ready) notes.push_back(not_ready_note(worker.not_ready->waited));
  if (worker.last_error || worker.next_try_in) notes.push_back(failing_note(worker));
  if (worker.out_of_date)
    notes.push_back(fmt::format("out of date: {}", name_of(*worker.out_of_date)));
  if (auto note = one_line(worker.note); !note.empty()) notes.push_back(std::move(note));
  return notes;
}

std::string summary_of(const AppStatus& status) {
  if (status.workers.empty()) return "no workers";
  using enum WorkerState;
  constexpr std::array order{running, starting, draining, drained, held,      missing,
                             crashed, failing,  stale,    lost,    duplicate, unknown};
  std::vector<std::string> parts;
  for (const auto state : order) {
    const auto count = std::ranges::count(status.workers, state, &WorkerStatus::state);
    if (count > 0) parts.push_back(fmt::format("{} {}", count, name_of(state)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

}  // namespace bootcheck
