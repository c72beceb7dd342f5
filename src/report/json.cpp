#include "report/json.h"

#include "report/event_text.h"
#include "report/notes.h"
#include "report/ready_text.h"
#include "report/text.h"
#include "util/cases.h"
#include "util/timestamp.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace bootcheck {
namespace {

namespace json = boost::json;

json::value text_or_null(const std::string& text) {
  if (text.empty()) return nullptr;
  return json_text(text);
}

json::value word_or_null(const std::optional<StopReason>& reason) {
  if (!reason) return nullptr;
  return json_text(name_of(*reason));
}

template <class T>
json::value number_or_null(const std::optional<T>& number) {
  if (!number) return nullptr;
  return *number;
}

/// Whole seconds: a type that never changes is worth more than the rest.
json::value seconds_or_null(const std::optional<Duration>& duration) {
  if (!duration) return nullptr;
  return std::chrono::floor<std::chrono::seconds>(*duration).count();
}

json::value time_or_null(const std::optional<WallTime>& time) {
  if (!time) return nullptr;
  return json_text(utc_time(*time));
}

json::value hold_value(const std::optional<Hold>& hold) {
  if (!hold) return nullptr;
  return json::object{{"by", json_text(hold->by)},
                      {"reason", text_or_null(hold->reason)},
                      {"since", json_text(utc_time(hold->since))},
                      {"until", time_or_null(hold->until)}};
}

json::value not_ready_value(const std::optional<NotReady>& waiting) {
  if (!waiting) return nullptr;
  return json::object{{"command", json_text(command_line(waiting->command))},
                      {"answer", json_text(ready_answer(waiting->outcome))},
                      {"for_seconds", seconds_or_null(waiting->waited)}};
}

json::object worker_object(const WorkerStatus& worker) {
  return {{"name", json_text(worker.name)},
          {"state", json_text(name_of(worker.state))},
          {"should_run", worker.should_run},
          {"pid", number_or_null(worker.pid)},
          {"age_seconds", seconds_or_null(worker.age)},
          {"memory_bytes", number_or_null(worker.memory)},
          {"stopped", worker.is_stopped},
          {"draining_for_seconds", seconds_or_null(worker.draining_for)},
          {"drain_reason", word_or_null(worker.drain_reason)},
          {"set_aside_pids", json::array(worker.set_aside.begin(), worker.set_aside.end())},
          {"hold", hold_value(worker.hold)},
          {"out_of_date", word_or_null(worker.out_of_date)},
          {"failures", worker.failures},
          {"next_try_in_seconds", seconds_or_null(worker.next_try_in)},
          {"not_ready", not_ready_value(worker.not_ready)},
          {"note", text_or_null(note_of(worker))},
          {"pid_file", json_text(worker.pid_file.native())}};
}

json::value boot_trouble_value(const std::optional<BootTrouble>& trouble) {
  if (!trouble) return nullptr;
  return json::object{{"failures", trouble->failures},
                      {"next_try_in_seconds", seconds_or_null(trouble->next_try_in)},
                      {"reason", json_text(text_of(trouble->failure))}};
}

json::object status_object(const AppStatus& status) {
  json::array workers;
  json::object summary;
  for (const auto& worker : status.workers) {
    workers.push_back(worker_object(worker));
    auto& count = summary[name_of(worker.state)];
    count = count.is_null() ? 1 : count.as_int64() + 1;
  }
  json::array orphans;
  for (const auto& orphan : status.orphans)
    orphans.push_back(json::object{
        {"title", json_text(orphan.title)}, {"pid", orphan.pid}, {"draining", orphan.draining}});
  return {{"schema", 1},
          {"app", json_text(status.app)},
          {"environment", json_text(status.environment)},
          {"root", json_text(status.root.native())},
          {"last_pass", time_or_null(status.last_pass)},
          {"summary", std::move(summary)},
          {"workers", std::move(workers)},
          {"orphans", std::move(orphans)},
          {"boot_failed", boot_trouble_value(status.boot_trouble)}};
}

std::string_view name_of(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "info";
    case Severity::warning:
      return "warning";
    case Severity::error:
      return "error";
  }
  return "error";
}

json::value field_value(const EventField& field) {
  return std::visit(Cases{[](std::int64_t number) { return json::value(number); },
                          [](const std::string& text) { return json::value(json_text(text)); }},
                    field.value);
}

bool is_plain(const json::value& value) {
  return !value.is_structured();
}

void write(std::string& out, const json::value& value, std::size_t depth);

void write(std::string& out, const json::array& array, std::size_t depth) {
  const bool on_one_line = std::ranges::all_of(array, is_plain);
  const auto separator = on_one_line ? ", " : ",\n" + std::string(2 * depth + 2, ' ');
  out += on_one_line ? "[" : "[\n" + std::string(2 * depth + 2, ' ');
  for (const auto& element : array) {
    if (&element != array.data()) out += separator;
    write(out, element, depth + 1);
  }
  out += on_one_line ? "]" : "\n" + std::string(2 * depth, ' ') + "]";
}

void write(std::string& out, const json::object& object, std::size_t depth) {
  if (object.empty()) {
    out += "{}";
    return;
  }
  std::string_view separator = "{\n";
  for (const auto& member : object) {
    out += separator;
    out.append(2 * depth + 2, ' ');
    out += json::serialize(json::string(member.key())) + ": ";
    write(out, member.value(), depth + 1);
    separator = ",\n";
  }
  out += "\n" + std::string(2 * depth, ' ') + "}";
}

void write(std::string& out, const json::value& value, std::size_t depth) {
  if (value.is_array()) {
    write(out, value.get_array(), depth);
  } else if (value.is_object()) {
    write(out, value.get_object(), depth);
  } else if (value.is_double()) {
    // Boost.JSON writes 0.5 as 5E-1: right, and not what a person wants to read.
    fmt::format_to(std::back_inserter(out), "{}", value.get_double());
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

json::string json_text(std::string_view text) {
  return json::string(valid_utf8(text));
}

std::string on_one_line(const json::value& value) {
  return json_printable(json::serialize(value));
}

std::string indented(const json::value& value) {
  std::string out;
  write(out, value, 0);
  return json_printable(out) + "\n";
}

json::object event_object(const Event& event) {
  json::object fields;
  for (const auto& field : fields_of(event))
    fields[field.key] = field_value(field);
  return {{"time", json_text(utc_timestamp(event.at))},
          {"event", json_text(name_of(event.kind))},
          {"severity", json_text(name_of(event.severity))},
          {"worker", text_or_null(event.worker)},
          {"fields", std::move(fields)},
          {"problem", text_or_null(problem_of(event))}};
}

std::string status_json(const AppStatus& status) {
  return indented(status_object(status));
}

std::string run_json(const AppStatus& status, const std::vector<Event>& events,
                     std::string_view command, int exit_status) {
  json::array list;
  for (const auto& event : events)
    list.push_back(event_object(event));
  auto document = status_object(status);
  document["command"] = json_text(command);
  document["exit_status"] = exit_status;
  document["events"] = std::move(list);
  return indented(document);
}

}  // namespace bootcheck
