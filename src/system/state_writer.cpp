#include "system/state_json.h"

#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

// What is written; what says nothing is left out, to keep the file short. state_reader.cpp has the
// other half, in the same order.
namespace bootcheck {
namespace {

namespace json = boost::json;

// --- processes -----------------------------------------------------------------------------------

void put(json::object& object, const ProcessId& process) {
  object["pid"] = process.pid;
  object["start_time"] = process.start_time;
}

json::object to_json(const ProcessId& process) {
  json::object object;
  put(object, process);
  return object;
}

json::object request_to_json(const StopRequest& stop) {
  json::object object;
  object["at"] = stop.at;
  object["asked_at"] = stop.asked_at;
  if (stop.suspended != 0) object["suspended"] = stop.suspended;
  object["reason"] = name_of(stop.reason);
  if (!stop.asked) object["unasked"] = true;
  if (stop.aside) object["aside"] = true;
  if (stop.told_slow) object["told_slow"] = true;
  if (stop.session != 0) object["session"] = stop.session;
  return object;
}

json::object to_json(const StopRequest& stop) {
  auto object = request_to_json(stop);
  put(object, stop.process);
  return object;
}

json::array to_json(const std::vector<pid_t>& pids) {
  return json::array(pids.begin(), pids.end());
}

// --- why a start failed --------------------------------------------------------------------------

/// Writes the cause of a failed start, each kind under names of its own.
struct CauseWriter {
  json::object& object;

  void operator()(const InWords& cause) const { object["words"] = cause.text; }
  void operator()(const Exited& cause) const { object["exited"] = cause.code; }
  void operator()(const KilledBySignal& cause) const { object["signal"] = cause.signal; }
  void operator()(const NotStarted& cause) const { object["not_started"] = cause.why; }
  void operator()(const NotSeen& cause) const { object["not_seen_ms"] = cause.within.count(); }
  void operator()(const CameAndWent& cause) const {
    object["went_pid"] = cause.pid;
    object["went_ms"] = cause.within.count();
  }
  void operator()(const DiedEarly&) const { object["died_early"] = true; }
};

json::object to_json(const StartFailure& failure) {
  json::object object;
  std::visit(CauseWriter{object}, failure.cause);
  if (!failure.output_tail.empty()) object["output_tail"] = failure.output_tail;
  if (!failure.output.empty()) object["output"] = failure.output.native();
  return object;
}

// --- workers -------------------------------------------------------------------------------------

json::object to_json(const Failures& failures) {
  json::object object{{"count", failures.count},
                      {"next_try", failures.next_try},
                      {"last_failure", to_json(failures.last_error)},
                      {"release", failures.release},
                      {"command", failures.command}};
  if (failures.restart_file_mtime) object["restart_file_mtime"] = *failures.restart_file_mtime;
  return object;
}

json::object to_json(const KnownProcess& process) {
  auto object = to_json(process.id);
  if (process.begun != 0) object["begun"] = process.begun;
  if (process.suspended != 0) object["suspended"] = process.suspended;
  if (process.session != 0) object["session"] = process.session;
  if (!process.release.empty()) object["release"] = process.release;
  if (!process.host.empty()) object["host"] = process.host;
  return object;
}

json::object to_json(const DeadProcess& dead) {
  json::object object{{"pid", dead.pid}};
  if (!dead.host.empty()) object["host"] = dead.host;
  if (dead.asked) object["asked"] = true;
  if (dead.born != 0) object["born"] = dead.born;
  if (dead.gone != 0) object["gone"] = dead.gone;
  if (dead.failures != 0) object["failures"] = dead.failures;
  if (!dead.trouble.empty()) object["trouble"] = dead.trouble;
  return object;
}

/// The pids alone, as the first version wrote and reads them; the rest stands in `dead`.
json::array pids_of(const std::vector<DeadProcess>& unrecovered) {
  json::array pids;
  for (const auto& dead : unrecovered)
    pids.emplace_back(dead.pid);
  return pids;
}

template <class T>
json::array list_of(const std::vector<T>& all) {
  json::array list;
  for (const auto& each : all)
    list.push_back(to_json(each));
  return list;
}

json::object to_json(const WorkerRecord& record) {
  json::object object;
  if (record.process) object["process"] = to_json(*record.process);
  if (record.last) object["last"] = to_json(*record.last);
  if (!record.beside.empty()) object["beside"] = list_of(record.beside);
  if (record.former_pid) object["former_pid"] = *record.former_pid;
  if (record.start)
    object["start"] =
        json::object{{"since", record.start->since}, {"pid_before", record.start->pid_before}};
  if (record.started_at != 0) object["started_at"] = record.started_at;
  if (record.drained_at) object["drained_at"] = *record.drained_at;
  if (record.not_ready_since) object["not_ready_since"] = *record.not_ready_since;
  if (record.restart_file_mtime) object["restart_file_mtime"] = *record.restart_file_mtime;
  if (record.roll) object["roll"] = roll_to_json(*record.roll);
  if (record.to_replace) object["to_replace"] = to_json(*record.to_replace);
  if (record.replace_by_surge) object["replace_by_surge"] = true;
  if (!record.stops.empty()) object["stops"] = list_of(record.stops);
  if (record.by_command) object["by_command"] = request_to_json(*record.by_command);
  if (record.replace_by_command) object["replace_by_command"] = true;
  if (!record.dead_sessions.empty()) object["dead_sessions"] = to_json(record.dead_sessions);
  if (!record.left_overs.empty()) object["left_overs"] = list_of(record.left_overs);
  if (!record.unrecovered.empty()) {
    object["unrecovered"] = pids_of(record.unrecovered);
    object["dead"] = list_of(record.unrecovered);
  }
  if (record.next_recovery != 0) object["next_recovery"] = record.next_recovery;
  if (record.failures != Failures{}) object["failures"] = to_json(record.failures);
  return object;
}

// --- counters ------------------------------------------------------------------------------------

json::object to_json(const Counters& counters) {
  return {{"starts", counters.starts},
          {"start_failures", counters.start_failures},
          {"crashes", counters.crashes},
          {"drains", counters.drains},
          {"jobs_recovered", counters.jobs_recovered}};
}

// --- orphans: the first version wrote the requests to them alone ---------------------------------

json::array to_json(const std::vector<OrphanRecord>& orphans) {
  json::array list;
  for (const auto& orphan : orphans) {
    auto object = orphan.stop ? to_json(*orphan.stop) : to_json(orphan.process);
    object["name"] = orphan.name;
    if (!orphan.stop) object["runs"] = true;
    list.push_back(std::move(object));
  }
  return list;
}

}  // namespace

json::object roll_to_json(const RollAsked& roll) {
  json::object object{{"at", roll.at}};
  if (roll.mode) object["mode"] = *roll.mode == RestartMode::surge ? "surge" : "drain";
  return object;
}

json::object hold_to_json(const Hold& hold) {
  json::object object{{"by", hold.by}, {"reason", hold.reason}, {"since", hold.since}};
  if (hold.until) object["until"] = *hold.until;
  return object;
}

json::object holds_to_json(const Holds& holds) {
  json::object object;
  for (const auto& [name, hold] : holds)
    object[name] = hold_to_json(hold);
  return object;
}

json::object state_to_json(const State& state) {
  json::object workers;
  for (const auto& [name, record] : state.workers)
    workers[name] = to_json(record);
  json::object told;
  for (const auto& [problem, when] : state.told)
    told[problem] = json::object{{"at", when.at}};
  json::object counters;
  for (const auto& [name, counted] : state.counters)
    counters[name] = to_json(counted);
  json::object root{{"boot_id", state.stamp.boot_id},
                    {"host", state.stamp.host},
                    {"pid_namespace", state.stamp.pid_namespace},
                    {"workers", std::move(workers)},
                    {"holds", holds_to_json(state.holds)},
                    {"told", std::move(told)},
                    {"counters", std::move(counters)},
                    {"orphans", to_json(state.orphans)}};
  if (state.failed_boots != Failures{}) root["failed_boots"] = to_json(state.failed_boots);
  if (state.oom) root["oom"] = json::object{{"kills", state.oom->kills}, {"at", state.oom->at}};
  return root;
}

}  // namespace bootcheck
