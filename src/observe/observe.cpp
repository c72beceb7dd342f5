#include "observe/observe.h"

#include "model/orphan.h"
#include "observe/status_command.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <unordered_set>

namespace bootcheck {
namespace {

/// What several workers share is read once a pass: the pid folder, the restart file.
class SharedFacts {
 public:
  explicit SharedFacts(Machine& machine) : machine_(machine) {}

  const PidFolder& pid_folder(const Path& folder) {
    const auto [entry, added] = folders_.try_emplace(folder.native());
    if (added) entry->second = machine_.list_pid_folder(folder);
    return entry->second;
  }

  /// Of all folders that were listed.
  std::vector<Path> pid_files() const {
    std::vector<Path> files;
    for (const auto& folder : folders_)
      std::ranges::copy(folder.second.pid_files, std::back_inserter(files));
    return files;
  }

  std::int64_t mtime_of(const Path& file) {
    if (file.empty()) return 0;
    const auto [entry, added] = mtimes_.try_emplace(file.native());
    if (added) {
      const auto status = machine_.file_status(file);
      entry->second = status ? status->modified : 0;
    }
    return entry->second;
  }

 private:
  Machine& machine_;
  std::map<std::string, PidFolder> folders_;
  std::map<std::string, std::int64_t> mtimes_;
};

std::optional<ProcessId> known_process(const WorkerRecord* record, pid_t pid) {
  if (record == nullptr) return std::nullopt;
  if (record->process && record->process->pid == pid) return record->process;
  const auto stop = std::ranges::find(record->stops, pid,
                                      [](const StopRequest& each) { return each.process.pid; });
  return stop == record->stops.end() ? std::nullopt : std::optional(stop->process);
}

/// A worker whose pid file was lost is known by its record as well.
std::optional<Process> look_at_remembered(const Observation& seen, Machine& machine,
                                          const WorkerRecord* record) {
  if (record == nullptr || !record->process) return std::nullopt;
  const auto id = *record->process;
  const auto* file = std::get_if<PidInFile>(&seen.pid_file);
  if (file != nullptr && file->pid == id.pid) return std::nullopt;
  auto look = machine.look(id.pid, id);
  auto* process = std::get_if<Process>(&look);
  if (process == nullptr || process->id != id) return std::nullopt;
  return std::move(*process);
}

void measure_memory(Observation& seen, const Worker& worker, Machine& machine) {
  const auto* process = std::get_if<Process>(&seen.named);
  if (process == nullptr || !worker.limits.memory || process->resident <= *worker.limits.memory)
    return;
  // The resident size is an upper bound of the proportional one and costs nothing; the kernel walks
  // all page tables for smaps_rollup, so it is read only where the answer matters.
  seen.memory = machine.proportional_size(process->id.pid);
}

Observation observe_worker(const Worker& worker, Machine& machine, const WorkerRecord* record,
                           SharedFacts& shared) {
  Observation seen;
  seen.pid_file = machine.read_pid_file(worker.pid_file);
  if (const auto* file = std::get_if<PidInFile>(&seen.pid_file))
    seen.named = machine.look(file->pid, known_process(record, file->pid));
  seen.remembered = look_at_remembered(seen, machine, record);
  for (const auto& aside : shared.pid_folder(worker.pid_file.parent_path()).set_aside) {
    if (aside.pid_file == worker.pid_file)
      seen.set_aside.push_back(
          {aside.pid, machine.look(aside.pid, known_process(record, aside.pid))});
  }
  seen.restart_file_mtime =
      shared.mtime_of(worker.restart.on_restart_file ? worker.restart.restart_file : Path());
  measure_memory(seen, worker, machine);
  return seen;
}

/// Several workers may have one command line: then a process is the one's that recorded it or whose
/// pid file names it, and no other's.
std::map<pid_t, const Worker*> owners_of(const Context& context, const State& state) {
  std::map<pid_t, const Worker*> owners;
  for (const auto& worker : context.config.workers) {
    const auto* record = find_record(state, worker.name);
    if (record == nullptr) continue;
    if (record->process) owners.try_emplace(record->process->pid, &worker);
    for (const auto& stop : record->stops)
      owners.try_emplace(stop.process.pid, &worker);
  }
  for (const auto& worker : context.config.workers) {
    const auto file = context.machine.read_pid_file(worker.pid_file);
    if (const auto* named = std::get_if<PidInFile>(&file)) owners.try_emplace(named->pid, &worker);
  }
  return owners;
}

/// One scan of /proc serves all of `workers`; `seen` are theirs. Of what is none of them, `visit`
/// is given the workers of any delayed_job.
void scan(const App& app, Machine& machine, const std::map<pid_t, const Worker*>& owners,
          const std::vector<const Worker*>& workers, const std::vector<Observation*>& seen,
          const std::function<void(const Process&)>& visit) {
  const bool hidden = !machine.shows_all_processes();
  for (auto* each : seen) {
    each->sightings.emplace();
    each->proc_hidden = hidden;
  }
  const auto is_candidate = [&](const Argv& command_line) {
    return bears_any_title(command_line) || std::ranges::any_of(workers, [&](const Worker* worker) {
             return may_be_sighting(*worker, command_line);
           });
  };
  machine.scan(app.uid, is_candidate, [&](const Process& process) {
    const auto is_of = [&](pid_t pid) {
      const auto found = owners.find(pid);
      const bool is = found != owners.end() && bears_title(process.argv, *found->second);
      return is ? found : owners.end();
    };
    if (is_of(process.parent) != owners.end()) return;  // a worker's job has forked
    const auto owner = is_of(process.id.pid);
    const bool owned = owner != owners.end();
    for (std::size_t at = 0; at < workers.size(); ++at)
      if (!owned || owner->second == workers[at])
        sort_sighting(*workers[at], app, process, *seen[at]->sightings);
    visit(process);
  });
  for (auto* each : seen)
    drop_forks(*each->sightings);
}

void add_orphan(Facts& facts, const Process& process) {
  if (facts.orphan_policy == Orphans::ignore) return;
  const bool known =
      std::ranges::find(facts.orphans, process.id, &Process::id) != facts.orphans.end();
  if (!known && is_orphan(*facts.workers, facts.app, process)) facts.orphans.push_back(process);
}

/// Pid files of delayed_job workers that the configuration does not name.
std::vector<Path> unknown_pid_files(const std::vector<Worker>& workers, std::vector<Path> files) {
  const auto is_other = [](const Path& file) {
    return !file.filename().native().starts_with("delayed_job");
  };
  std::erase_if(files, is_other);
  std::unordered_set<std::string_view> configured;
  for (const auto& worker : workers)
    configured.insert(worker.pid_file.native());
  std::erase_if(files, [&](const Path& file) { return configured.contains(file.native()); });
  return files;
}

void find_orphans_in_pid_folders(Facts& facts, Machine& machine, const SharedFacts& shared) {
  for (const auto& path : unknown_pid_files(*facts.workers, shared.pid_files())) {
    const auto file = machine.read_pid_file(path);
    const auto* named = std::get_if<PidInFile>(&file);
    if (named == nullptr) continue;
    const auto look = machine.look(named->pid);
    if (const auto* process = std::get_if<Process>(&look)) add_orphan(facts, *process);
  }
}

/// All of /proc, for every worker.
void search_proc(Facts& facts, const Context& context, const State& state) {
  std::vector<const Worker*> workers;
  std::vector<Observation*> seen;
  for (std::size_t at = 0; at < facts.seen.size(); ++at) {
    workers.push_back(&(*facts.workers)[at]);
    seen.push_back(&facts.seen[at]);
  }
  scan(facts.app, context.machine, owners_of(context, state), workers, seen,
       [&](const Process& process) { add_orphan(facts, process); });
}

}  // namespace

App locate_app(const Context& context) {
  const auto& root = context.config.root;
  auto& machine = context.machine;
  App app;
  app.uid = context.uid;
  if (machine.is_link(root)) app.releases_folder = machine.enter_directory(root.parent_path());
  app.release = machine.enter_directory(root);
  // `shop -> shop-7` beside `blog -> blog-3`: not all that is there is ours. With Capistrano the
  // releases have a folder of their own.
  if (app.release.parent_path() == app.releases_folder)
    app.neighbours = machine.targets_beside(root);
  return app;
}

Facts observe(const Context& context, const App& app, const State& state) {
  const auto& config = context.config;
  auto& machine = context.machine;
  Facts facts;
  facts.app = app;
  facts.workers = &config.workers;
  facts.now = machine.boot_now();
  facts.wall = machine.wall_now();
  facts.ticks_per_second = machine.ticks_per_second();
  facts.recover_jobs = config.recover_jobs;
  facts.orphan_policy = config.orphans;
  facts.backoff_first = config.backoff.first;
  facts.backoff_max = config.backoff.max;

  SharedFacts shared(machine);
  bool must_scan = false;
  facts.seen.reserve(config.workers.size());
  for (const auto& worker : config.workers) {
    const auto* record = find_record(state, worker.name);
    facts.seen.push_back(observe_worker(worker, machine, record, shared));
    must_scan = must_scan || needs_scan(worker, app, facts.seen.back(), record);
  }
  ask_status_commands(config, facts.seen);
  find_orphans_in_pid_folders(facts, machine, shared);
  if (must_scan) search_proc(facts, context, state);
  return facts;
}

std::vector<Observation> observe_again(const Context& context, const App& app, const State& state,
                                       const std::vector<std::size_t>& indices) {
  auto& machine = context.machine;
  SharedFacts shared(machine);
  std::vector<Observation> again;
  std::vector<const Worker*> workers;
  again.reserve(indices.size());
  for (const auto index : indices) {
    workers.push_back(&context.config.workers[index]);
    again.push_back(
        observe_worker(*workers.back(), machine, find_record(state, workers.back()->name), shared));
  }
  std::vector<Observation*> seen;
  for (auto& each : again)
    seen.push_back(&each);
  scan(app, machine, owners_of(context, state), workers, seen, [](const Process&) {});
  return again;
}

}  // namespace bootcheck
