#include "report/problems.h"

#include "report/event_text.h"
#include "report/text.h"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace bootcheck {
namespace {

constexpr WallTime repeat_after = 3600;  // s: cron would mail it every minute
/// The keys of problems begin so, and those of nothing else in State::told.
constexpr std::string_view kProblem = "problem ";

/// An event in the words of a person who reads a mail.
std::string_view words_for(EventKind kind) {
  switch (kind) {
    case EventKind::started:
      return "started";
    case EventKind::start_failed:
      return "not started";
    case EventKind::boot_failed:
      return "the application does not boot, so its workers were left as they are";
    case EventKind::crashed:
      return "crashed";
    case EventKind::stale:
      return "its pid file names no such worker";
    case EventKind::restored:
      return "its pid file was lost";
    case EventKind::asked_to_stop:
      return "asked to stop";
    case EventKind::drained:
      return "drained";
    case EventKind::set_aside:
      return "set aside";
    case EventKind::job_recovered:
      return "job handed back";
    case EventKind::job_left_alone:
      return "a job that bears its name was not handed back";
    case EventKind::recovery_failed:
      return "the jobs of its dead process are still locked";
    case EventKind::failing:
      return "does not stay up";
    case EventKind::not_ready:
      return "waits until";
    case EventKind::recovered:
      return "stays up again";
    case EventKind::duplicate:
      return "runs more than once";
    case EventKind::left_over:
      return "a dead process of it has left others behind";
    case EventKind::no_process:
      return "cannot be asked to stop";
    case EventKind::still_held:
      return "held";
    case EventKind::orphan:
      return "runs, but the configuration does not name it";
    case EventKind::unknown:
      return "cannot tell whether it runs, so it was not started";
    case EventKind::killed:
      return "killed";
    case EventKind::drain_slow:
      return "takes long to finish its job";
    case EventKind::stuck:
      return "another pass is stuck";
    case EventKind::foreign_state:
      return "nothing can be told here, so nothing was started";
    case EventKind::host_stopping:
      return "the host shuts down, so nothing was started";
    case EventKind::gap:
      return "nothing was checked for a while";
    case EventKind::busy:
      return "another pass is at work";
    case EventKind::failed:
      return "failed";
  }
  return "failed";
}

std::string line_of(std::string_view workers, EventKind kind, std::string_view problem,
                    std::string_view app) {
  std::string line = "bootcheck: ";
  if (!app.empty()) line += printable(app) + ": ";
  if (!workers.empty()) line += printable(workers) + ": ";
  if (problem.empty()) return line.append(words_for(kind)) + "\n";
  if (kind != EventKind::failed)  // of that the problem says what has failed
    line.append(words_for(kind)) += kind == EventKind::not_ready ? " " : ": ";
  return line + one_line(problem) + "\n";
}

bool is_down(EventKind kind) {
  return kind == EventKind::crashed || kind == EventKind::start_failed ||
         kind == EventKind::failing;
}

}  // namespace

std::string problem_line(const Event& event, std::string_view app) {
  return line_of(event.worker, event.kind, problem_of(event), app);
}

std::string problem_lines(const std::vector<Event>& events, std::string_view app) {
  struct Line {
    std::string workers;
    EventKind kind;
    std::string problem;
  };
  std::vector<Line> lines;
  for (const auto& event : events) {
    auto problem = problem_of(event);
    if (problem.empty()) continue;
    const auto same = std::ranges::find_if(lines, [&](const Line& line) {
      return line.kind == event.kind && line.problem == problem && !event.worker.empty();
    });
    if (same == lines.end()) {
      lines.push_back({event.worker, event.kind, std::move(problem)});
    } else {
      same->workers += ", " + event.worker;
    }
  }
  std::string text;
  for (const auto& line : lines)
    text += line_of(line.workers, line.kind, line.problem, app);
  return text;
}

std::string problem_key(const Event& event) {
  auto key = fmt::format("{}{} {}", kProblem, event.worker.empty() ? "-" : event.worker,
                         is_down(event.kind) ? "down" : name_of(event.kind));
  const auto fields = fields_of(event);
  const auto what = std::ranges::find(fields, "what", &EventField::key);
  if (what != fields.end()) key += " " + what->text();
  return key;
}

std::vector<Event> problems_to_tell(const std::vector<Event>& events, WallTime now,
                                    std::map<std::string, Told>& told) {
  std::set<std::string> present;
  std::set<std::string> due;
  std::vector<Event> to_tell;
  for (const auto& event : events) {
    if (problem_of(event).empty()) continue;
    const auto key = problem_key(event);
    if (present.insert(key).second) {
      const auto last = told.find(key);
      if (last == told.end() || last->second.at > now || now - last->second.at >= repeat_after)
        due.insert(key);
    }
    // What one pass has to say of a trouble is said together: crashed, and not started because...
    if (due.contains(key)) to_tell.push_back(event);
  }
  std::erase_if(told, [&](const auto& entry) {
    return entry.first.starts_with(kProblem) && !present.contains(entry.first);
  });
  for (const auto& key : due)
    told[key] = Told{.at = now};
  return to_tell;
}

}  // namespace bootcheck
