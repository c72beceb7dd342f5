#include "model/state.h"

#include <algorithm>
#include <unordered_set>

namespace bootcheck {

bool is_foreign(const Stamp& written_by, const Stamp& here) {
  const auto differ = [](const auto& one, const auto& other, const auto& unknown) {
    return one != unknown && other != unknown && one != other;
  };
  if (written_by.boot_id.empty()) return false;
  if (written_by.boot_id == here.boot_id)  // two containers share their kernel
    return differ(written_by.pid_namespace, here.pid_namespace, std::uint64_t{0});
  return differ(written_by.host, here.host, std::string());
}

bool is_other_restart_file(std::optional<std::int64_t> before, std::optional<std::int64_t> now) {
  return before && now && *before != *now;
}

const WorkerRecord* find_record(const State& state, const std::string& worker) {
  const auto found = state.workers.find(worker);
  return found == state.workers.end() ? nullptr : &found->second;
}

std::vector<std::pair<std::string_view, const WorkerRecord*>> unconfigured(
    const State& state, const std::vector<Worker>& workers) {
  std::unordered_set<std::string_view> names;
  for (const auto& worker : workers)
    names.insert(worker.name);
  std::vector<std::pair<std::string_view, const WorkerRecord*>> rest;
  for (const auto& [name, record] : state.workers) {
    if (!names.contains(name)) rest.emplace_back(name, &record);
  }
  return rest;
}

std::vector<ProcessId> processes_of(const WorkerRecord& record) {
  std::vector<ProcessId> processes;
  if (record.process) processes.push_back(record.process->id);
  const auto add = [&processes](const ProcessId& id) {
    if (std::ranges::find(processes, id) == processes.end()) processes.push_back(id);
  };
  for (const auto& stop : record.stops)
    add(stop.process);
  for (const auto& other : record.beside)
    add(other.id);
  return processes;
}

const StopRequest* find_stop(const WorkerRecord* record, const ProcessId& process) {
  if (record == nullptr) return nullptr;
  const auto stop = std::ranges::find(record->stops, process, &StopRequest::process);
  return stop == record->stops.end() ? nullptr : &*stop;
}

StopRequest* find_stop(WorkerRecord& record, const ProcessId& process) {
  const auto stop = std::ranges::find(record.stops, process, &StopRequest::process);
  return stop == record.stops.end() ? nullptr : &*stop;
}

std::vector<DeadProcess>::iterator find_dead(std::vector<DeadProcess>& list, pid_t pid,
                                             const std::string& host) {
  return std::ranges::find_if(list, [&](const DeadProcess& dead) {
    return dead.pid == pid && (dead.host == host || dead.host.empty() || host.empty());
  });
}

}  // namespace bootcheck
