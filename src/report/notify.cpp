#include "report/notify.h"

#include "report/json.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

namespace bootcheck {
namespace {

/// The keys of facts that were notified begin so, and those of nothing else in State::told.
constexpr std::string_view kNotified = "notified ";

/// All keys of a worker (`-`: the whole pass) begin so.
std::string subject_of(const Event& event) {
  return fmt::format("{}{} ", kNotified, event.worker.empty() ? "-" : event.worker);
}

/// Of these kinds each process is a fact of its own.
bool is_about_a_process(EventKind kind) {
  return kind == EventKind::crashed || kind == EventKind::drain_slow || kind == EventKind::stuck;
}

std::string key_of(const Event& event) {
  auto key = subject_of(event);
  key += name_of(event.kind);
  if (!is_about_a_process(event.kind)) return key;
  if (const auto pid = pid_of(event)) key += fmt::format(" {}", *pid);
  return key;
}

}  // namespace

bool is_notified(EventKind kind) {
  using enum EventKind;
  return kind == crashed || kind == start_failed || kind == failing || kind == recovered ||
         kind == stuck || kind == drain_slow;
}

std::vector<Event> facts_to_notify(const std::vector<Event>& events, WallTime now,
                                   std::map<std::string, Told>& told) {
  std::set<std::string> subjects;
  std::vector<Event> to_notify;
  for (const auto& event : events) {
    if (!is_notified(event.kind)) continue;
    // It is over: should the worker fail again, that is news.
    if (event.kind != EventKind::recovered) subjects.insert(subject_of(event));
    if (told.try_emplace(key_of(event), Told{.at = now}).second) to_notify.push_back(event);
  }
  std::erase_if(told, [&](const auto& entry) {
    if (!entry.first.starts_with(kNotified)) return false;
    return std::ranges::none_of(
        subjects, [&](const std::string& subject) { return entry.first.starts_with(subject); });
  });
  return to_notify;
}

std::string notification(const Event& event, const Origin& origin) {
  boost::json::object document{
      {"schema", 1}, {"app", json_text(origin.app)}, {"host", json_text(origin.host)}};
  for (const auto& member : event_object(event))
    document.emplace(member.key(), member.value());
  return on_one_line(document) + "\n";
}

}  // namespace bootcheck
