#include "system/state_json.h"

#include <algorithm>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

// What is read. state_writer.cpp has the other half, in the same order.
namespace bootcheck {
namespace {

namespace json = boost::json;

template <class Number>
std::optional<Number> to_number(const json::value& value) {
  if (const auto* number = value.if_int64(); number != nullptr && std::in_range<Number>(*number))
    return static_cast<Number>(*number);
  if (const auto* number = value.if_uint64(); number != nullptr && std::in_range<Number>(*number))
    return static_cast<Number>(*number);
  return {};
}

template <class Number>
std::optional<Number> number(const json::object& object, json::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? std::nullopt : to_number<Number>(*value);
}

std::string text(const json::object& object, json::string_view key) {
  const auto* value = object.if_contains(key);
  const auto* string = value == nullptr ? nullptr : value->if_string();
  return string == nullptr ? std::string() : std::string(string->data(), string->size());
}

const json::object* child(const json::object& object, json::string_view key) {
  const auto* value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

/// Gives every object below `key` to `read`, with its name.
template <class Read>
void each_child(const json::object& object, json::string_view key, const Read& read) {
  const auto* children = child(object, key);
  if (children == nullptr) return;
  for (const auto& [name, value] : *children) {
    if (const auto* entry = value.if_object()) read(std::string(name), *entry);
  }
}

/// Gives every element of the list `key` to `read`.
template <class Read>
void each_element(const json::object& object, json::string_view key, const Read& read) {
  const auto* value = object.if_contains(key);
  const auto* list = value == nullptr ? nullptr : value->if_array();
  if (list == nullptr) return;
  for (const auto& element : *list)
    read(element);
}

// --- processes -----------------------------------------------------------------------------------

bool is_pid(std::optional<pid_t> pid) {
  return pid && *pid > 1;
}

std::optional<ProcessId> process_from(const json::object* object) {
  if (object == nullptr) return {};
  const auto pid = number<pid_t>(*object, "pid");
  const auto start_time = number<std::uint64_t>(*object, "start_time");
  if (!is_pid(pid) || !start_time) return {};
  return ProcessId{.pid = *pid, .start_time = *start_time};
}

/// All but which process.
StopRequest request_from(const json::object& object) {
  return {.process = {},
          .at = number<WallTime>(object, "at").value_or(0),
          .asked_at = number<BootTime>(object, "asked_at").value_or(0),
          .suspended = number<BootTime>(object, "suspended").value_or(0),
          .reason = stop_reason_named(text(object, "reason"))
                        .value_or(StopReason::restart),  // that of another version
          .asked = !object.contains("unasked"),
          .aside = object.contains("aside"),
          .told_slow = object.contains("told_slow"),
          .session = number<pid_t>(object, "session").value_or(0)};
}

std::optional<StopRequest> stop_from(const json::object* object) {
  const auto process = process_from(object);
  if (!process) return {};
  auto stop = request_from(*object);
  stop.process = *process;
  return stop;
}

std::vector<StopRequest> stops_from(const json::object& object, json::string_view key) {
  std::vector<StopRequest> stops;
  each_element(object, key, [&](const json::value& value) {
    if (auto stop = stop_from(value.if_object())) stops.push_back(std::move(*stop));
  });
  return stops;
}

std::vector<pid_t> pids_from(const json::object& object, json::string_view key) {
  std::vector<pid_t> pids;
  each_element(object, key, [&](const json::value& value) {
    if (const auto pid = to_number<pid_t>(value); is_pid(pid)) pids.push_back(*pid);
  });
  return pids;
}

std::vector<ProcessId> processes_from(const json::object& object, json::string_view key) {
  std::vector<ProcessId> processes;
  each_element(object, key, [&](const json::value& value) {
    if (const auto process = process_from(value.if_object())) processes.push_back(*process);
  });
  return processes;
}

// --- why a start failed --------------------------------------------------------------------------

StartCause cause_from(const json::object& object) {
  if (const auto code = number<int>(object, "exited")) return Exited{*code};
  if (const auto signal = number<int>(object, "signal")) return KilledBySignal{*signal};
  if (object.contains("not_started")) return NotStarted{text(object, "not_started")};
  if (const auto ms = number<Duration::rep>(object, "not_seen_ms")) return NotSeen{Duration{*ms}};
  if (const auto pid = number<pid_t>(object, "went_pid"))
    return CameAndWent{*pid, Duration{number<Duration::rep>(object, "went_ms").value_or(0)}};
  if (object.contains("died_early")) return DiedEarly{};
  return InWords{text(object, "words")};
}

StartFailure failure_from(const json::object* object) {
  if (object == nullptr) return {};
  return {.cause = cause_from(*object),
          .output_tail = text(*object, "output_tail"),
          .output = text(*object, "output")};
}

// --- workers -------------------------------------------------------------------------------------

Failures failures_from(const json::object* object) {
  Failures failures;
  if (object == nullptr) return failures;
  failures.count = std::max(0, number<int>(*object, "count").value_or(0));
  failures.next_try = number<BootTime>(*object, "next_try").value_or(0);
  failures.last_error = failure_from(child(*object, "last_failure"));
  if (failures.last_error == StartFailure{})  // as an earlier version wrote it
    failures.last_error.cause = InWords{text(*object, "last_error")};
  failures.release = text(*object, "release");
  failures.command = text(*object, "command");
  failures.restart_file_mtime = number<std::int64_t>(*object, "restart_file_mtime");
  return failures;
}

std::optional<KnownProcess> known_from(const json::object* object) {
  const auto id = process_from(object);
  if (!id) return {};
  return KnownProcess{.id = *id,
                      .begun = number<std::uint64_t>(*object, "begun").value_or(0),
                      .suspended = number<BootTime>(*object, "suspended").value_or(0),
                      .session = number<pid_t>(*object, "session").value_or(0),
                      .release = text(*object, "release"),
                      .host = text(*object, "host")};
}

/// The first version knew no limit; each of them is looked up among all in every pass.
constexpr std::ptrdiff_t kMostDead = 1000;

std::vector<DeadProcess> unrecovered_from(const json::object& object) {
  std::vector<DeadProcess> unrecovered;
  each_element(object, "dead", [&](const json::value& value) {
    const auto* entry = value.if_object();
    const auto pid = entry == nullptr ? std::nullopt : number<pid_t>(*entry, "pid");
    if (!is_pid(pid)) return;
    unrecovered.push_back({.pid = *pid,
                           .host = text(*entry, "host"),
                           .asked = entry->contains("asked"),
                           .born = number<WallTime>(*entry, "born").value_or(0),
                           .gone = number<WallTime>(*entry, "gone").value_or(0),
                           .failures = number<int>(*entry, "failures").value_or(0),
                           .trouble = text(*entry, "trouble")});
  });
  if (!object.contains("dead"))
    each_element(object, "unrecovered", [&](const json::value& value) {
      if (const auto pid = to_number<pid_t>(value); is_pid(pid))
        unrecovered.push_back({.pid = *pid, .host = {}, .asked = false});
    });
  if (std::ssize(unrecovered) > kMostDead)
    unrecovered.erase(unrecovered.begin(), unrecovered.end() - kMostDead);
  return unrecovered;
}

std::optional<BegunStart> start_from(const json::object* object) {
  if (object == nullptr) return {};
  const auto since = number<std::uint64_t>(*object, "since");
  if (!since) return {};
  return BegunStart{.since = *since,
                    .pid_before = number<pid_t>(*object, "pid_before").value_or(0)};
}

WorkerRecord record_from(const json::object& object) {
  WorkerRecord record;
  record.process = known_from(child(object, "process"));
  record.last = known_from(child(object, "last"));
  each_element(object, "beside", [&](const json::value& value) {
    if (auto known = known_from(value.if_object())) record.beside.push_back(std::move(*known));
  });
  if (const auto pid = number<pid_t>(object, "former_pid"); is_pid(pid)) record.former_pid = pid;
  record.start = start_from(child(object, "start"));
  record.started_at = number<BootTime>(object, "started_at").value_or(0);
  record.drained_at = number<BootTime>(object, "drained_at");
  record.not_ready_since = number<BootTime>(object, "not_ready_since");
  record.restart_file_mtime = number<std::int64_t>(object, "restart_file_mtime");
  if (const auto* roll = child(object, "roll")) record.roll = roll_from_json(*roll);
  record.to_replace = process_from(child(object, "to_replace"));
  record.replace_by_surge = object.contains("replace_by_surge");
  record.stops = stops_from(object, "stops");
  if (const auto* stop = child(object, "by_command")) record.by_command = request_from(*stop);
  record.replace_by_command = object.contains("replace_by_command");
  record.dead_sessions = pids_from(object, "dead_sessions");
  record.left_overs = processes_from(object, "left_overs");
  record.unrecovered = unrecovered_from(object);
  record.next_recovery = number<BootTime>(object, "next_recovery").value_or(0);
  record.failures = failures_from(child(object, "failures"));
  return record;
}

// --- counters ------------------------------------------------------------------------------------

Counters counters_from(const json::object& object) {
  const auto count = [&](json::string_view key) {
    return number<std::uint64_t>(object, key).value_or(0);
  };
  return {.starts = count("starts"),
          .start_failures = count("start_failures"),
          .crashes = count("crashes"),
          .drains = count("drains"),
          .jobs_recovered = count("jobs_recovered")};
}

// --- orphans: the first version wrote the requests to them alone ---------------------------------

std::vector<OrphanRecord> orphans_from(const json::object& root) {
  std::vector<OrphanRecord> orphans;
  each_element(root, "orphans", [&](const json::value& value) {
    const auto* object = value.if_object();
    auto stop = stop_from(object);
    if (!stop) return;
    OrphanRecord orphan{.name = text(*object, "name"), .process = stop->process, .stop = {}};
    if (!object->contains("runs")) orphan.stop = std::move(stop);
    orphans.push_back(std::move(orphan));
  });
  return orphans;
}

}  // namespace

json::parse_options lenient() {
  json::parse_options options;
  options.allow_invalid_utf8 = true;
  return options;
}

std::optional<RollAsked> roll_from_json(const json::object& object) {
  const auto at = number<BootTime>(object, "at");
  if (!at) return std::nullopt;
  RollAsked roll{.at = *at, .mode = {}};
  if (object.contains("mode"))
    roll.mode = text(object, "mode") == "surge" ? RestartMode::surge : RestartMode::drain;
  return roll;
}

Hold hold_from_json(const json::object& object) {
  return {.by = text(object, "by"),
          .reason = text(object, "reason"),
          .since = number<WallTime>(object, "since").value_or(0),
          .until = number<WallTime>(object, "until")};
}

Holds holds_from_json(const json::object& root) {
  Holds holds;
  each_child(root, "holds", [&](std::string name, const json::object& object) {
    holds.insert_or_assign(std::move(name), hold_from_json(object));
  });
  return holds;
}

State state_from_json(const json::object& root) {
  State state;
  state.stamp = {.boot_id = text(root, "boot_id"),
                 .host = text(root, "host"),
                 .pid_namespace = number<std::uint64_t>(root, "pid_namespace").value_or(0)};
  each_child(root, "workers", [&](std::string name, const json::object& object) {
    state.workers.insert_or_assign(std::move(name), record_from(object));
  });
  state.holds = holds_from_json(root);
  each_child(root, "told", [&](std::string problem, const json::object& object) {
    state.told.insert_or_assign(std::move(problem),
                                Told{.at = number<WallTime>(object, "at").value_or(0)});
  });
  each_child(root, "counters", [&](std::string name, const json::object& object) {
    state.counters.insert_or_assign(std::move(name), counters_from(object));
  });
  state.orphans = orphans_from(root);
  state.failed_boots = failures_from(child(root, "failed_boots"));
  if (const auto* oom = child(root, "oom")) {
    if (const auto kills = number<std::uint64_t>(*oom, "kills"))
      state.oom = {.kills = *kills, .at = number<WallTime>(*oom, "at").value_or(0)};
  }
  return state;
}

}  // namespace bootcheck
