#include "pass/observe.h"

#include "pass/status_command.h"
#include "system/clock.h"
#include "system/paths.h"
#include "system/pid_file.h"

#include <algorithm>
#include <map>

#include <unistd.h>

namespace bootcheck {
namespace {

/// What several workers share is read once a pass: the pid folder, the restart file.
class SharedFacts {
 public:
  const std::vector<SetAsideFile>& set_aside_in(const Path& folder) {
    const auto [entry, added] = folders_.try_emplace(folder.native());
    if (added) entry->second = list_set_aside(folder);
    return entry->second;
  }

  std::int64_t mtime_of(const Path& file) {
    if (file.empty()) return 0;
    const auto [entry, added] = mtimes_.try_emplace(file.native());
    if (added) entry->second = modification_time(file);
    return entry->second;
  }

 private:
  std::map<std::string, std::vector<SetAsideFile>> folders_;
  std::map<std::string, std::int64_t> mtimes_;
};

std::optional<ProcessId> known_process(const WorkerRecord* record, pid_t pid) {
  if (record == nullptr) return std::nullopt;
  if (record->process && record->process->pid == pid) return record->process;
  const auto stop = std::ranges::find(record->stops, pid,
                                      [](const StopRequest& each) { return each.process.pid; });
  return stop == record->stops.end() ? std::nullopt : std::optional(stop->process);
}

void measure_memory(Observation& seen, const Worker& worker, const ProcFs& proc) {
  const auto* process = std::get_if<Process>(&seen.named);
  if (process == nullptr || !worker.limits.memory || process->resident <= *worker.limits.memory)
    return;
  // The resident size is an upper bound of the proportional one and costs nothing; the kernel walks
  // all page tables for smaps_rollup, so it is read only where the answer matters.
  seen.memory = proc.proportional_size(process->id.pid);
}

Observation observe_worker(const Worker& worker, const ProcFs& proc, const WorkerRecord* record,
                           SharedFacts& shared) {
  Observation seen;
  seen.pid_file = read_pid_file(worker.pid_file);
  if (const auto* file = std::get_if<PidInFile>(&seen.pid_file))
    seen.named = proc.look(file->pid, known_process(record, file->pid));
  for (const auto& aside : shared.set_aside_in(worker.pid_file.parent_path())) {
    if (aside.pid_file == worker.pid_file)
      seen.set_aside.push_back({aside.pid, proc.look(aside.pid, known_process(record, aside.pid))});
  }
  seen.restart_file_mtime =
      shared.mtime_of(worker.restart.on_restart_file ? worker.restart.restart_file : Path());
  measure_memory(seen, worker, proc);
  return seen;
}

/// One scan of /proc serves all of `workers`; `seen` are theirs.
void scan(const App& app, const ProcFs& proc, const std::vector<const Worker*>& workers,
          const std::vector<Observation*>& seen) {
  const bool hidden = !proc.shows_all();
  for (auto* each : seen) {
    each->sightings.emplace();
    each->proc_hidden = hidden;
  }
  proc.scan(app.uid, [&](const Process& process) {
    for (std::size_t at = 0; at < workers.size(); ++at)
      sort_sighting(*workers[at], app, process, *seen[at]->sightings);
  });
}

}  // namespace

App locate_app(const Config& config, uid_t uid) {
  App app;
  app.uid = uid;
  app.release = resolve_directory(config.root);
  if (is_link(config.root)) app.releases_folder = resolve_directory(config.root.parent_path());
  return app;
}

Facts observe(const Config& config, const App& app, const ProcFs& proc, const State& state) {
  Facts facts;
  facts.app = app;
  facts.workers = &config.workers;
  facts.now = boot_now();
  facts.wall = wall_now();
  facts.ticks_per_second = ::sysconf(_SC_CLK_TCK);
  facts.recover_jobs = config.recover_jobs;
  facts.drain_duplicates = config.orphans == Orphans::drain;

  SharedFacts shared;
  bool must_scan = false;
  facts.seen.reserve(config.workers.size());
  for (const auto& worker : config.workers) {
    const auto* record = find_record(state, worker.name);
    facts.seen.push_back(observe_worker(worker, proc, record, shared));
    must_scan = must_scan || needs_scan(worker, app, facts.seen.back(), record);
  }
  ask_status_commands(config, facts.seen);
  if (!must_scan) return facts;

  std::vector<const Worker*> workers;
  std::vector<Observation*> seen;
  for (std::size_t at = 0; at < config.workers.size(); ++at) {
    workers.push_back(&config.workers[at]);
    seen.push_back(&facts.seen[at]);
  }
  scan(app, proc, workers, seen);
  return facts;
}

std::vector<Observation> observe_again(const Config& config, const App& app, const ProcFs& proc,
                                       const State& state,
                                       const std::vector<std::size_t>& indices) {
  SharedFacts shared;
  std::vector<Observation> again;
  std::vector<const Worker*> workers;
  again.reserve(indices.size());
  for (const auto index : indices) {
    workers.push_back(&config.workers[index]);
    again.push_back(
        observe_worker(*workers.back(), proc, find_record(state, workers.back()->name), shared));
  }
  std::vector<Observation*> seen;
  for (auto& each : again)
    seen.push_back(&each);
  scan(app, proc, workers, seen);
  return again;
}

}  // namespace bootcheck
