#include "observe/observe.h"

#include "model/identity.h"
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

  /// The pids of files `<pid_file>.draining.<pid>`. Asked once for each worker: what is left then
  /// belongs to none.
  std::vector<pid_t> take_set_aside(const Path& pid_file) {
    auto& folder = list(pid_file.parent_path());
    const auto found = folder.set_aside.find(pid_file.filename().native());
    if (found == folder.set_aside.end()) return {};
    auto pids = std::move(found->second);
    folder.set_aside.erase(found);
    return pids;
  }

  std::vector<SetAsideFile> set_aside_elsewhere() const {
    std::vector<SetAsideFile> files;
    for (const auto& [name, folder] : folders_) {
      for (const auto& [file, pids] : folder.set_aside) {
        for (const pid_t pid : pids)
          files.push_back({.pid_file = Path(name) / file, .pid = pid});
      }
    }
    return files;
  }

  /// Of all folders that were listed.
  std::vector<Path> pid_files() const {
    std::vector<Path> files;
    for (const auto& folder : folders_)
      std::ranges::copy(folder.second.pid_files, std::back_inserter(files));
    return files;
  }

  std::optional<std::int64_t> modification_time(const Path& file) {
    const auto [entry, added] = modified_.try_emplace(file.native());
    if (added) entry->second = machine_.modification_time(file);
    return entry->second;
  }

 private:
  struct Folder {
    std::vector<Path> pid_files;
    std::map<std::string, std::vector<pid_t>> set_aside;  ///< by the name of the pid file
  };

  Folder& list(const Path& path) {
    const auto [entry, added] = folders_.try_emplace(path.native());
    auto& folder = entry->second;
    if (!added) return folder;
    auto listed = machine_.list_pid_folder(path);
    folder.pid_files = std::move(listed.pid_files);
    for (const auto& file : listed.set_aside)
      folder.set_aside[file.pid_file.filename().native()].push_back(file.pid);
    return folder;
  }

  Machine& machine_;
  std::map<std::string, Folder> folders_;
  std::map<std::string, std::optional<std::int64_t>> modified_;
};

class Observer {
 public:
  Observer(const Context& context, const App& app, const State& state, Search search,
           const std::unordered_set<pid_t>& but)
      : context_(context),
        machine_(context.machine),
        state_(state),
        search_(search),
        but_(but),
        shared_(context.machine) {
    facts_.app = app;
    facts_.workers = &context.config.workers;
  }

  Look run() {
    facts_.seen.resize(context_.config.workers.size());
    // They may take seconds: what is looked at meanwhile would be old.
    ask_status_commands(machine_, context_.config, facts_.seen);
    read_settings();
    for (std::size_t at = 0; at < facts_.seen.size(); ++at)
      observe_worker(context_.config.workers[at], facts_.seen[at]);
    for (const auto& [name, record] : unconfigured(state_, context_.config.workers))
      look_at_remembered(record);
    for (const auto& orphan : state_.orphans)
      look(orphan.process.pid);
    facts_.set_aside_elsewhere = shared_.set_aside_elsewhere();
    look_into_unknown_pid_files();
    auto assignment = assign(facts_, state_);
    const bool remembers_nothing = state_.workers.empty();  // of whoever runs beside those named
    if (search_ == Search::always || remembers_nothing || needs_search(assignment)) {
      search_all();
      assignment = assign(facts_, state_);
    }
    measure_memory(assignment);
    return {.facts = std::move(facts_), .assignment = std::move(assignment)};
  }

 private:
  void read_settings() {
    const auto& config = context_.config;
    const auto awake = machine_.monotonic_clock().count();
    facts_.now = machine_.boot_now();
    facts_.suspended = (facts_.now - awake) / 1000 * 1000;  // the clocks are read one by one
    facts_.wall = machine_.wall_now();
    facts_.ticks_per_second = machine_.ticks_per_second();
    facts_.host = context_.here.host;
    facts_.recover_jobs = config.recover_jobs;
    facts_.orphan_policy = config.orphans;
    facts_.backoff_first = config.backoff.first;
    facts_.backoff_max = config.backoff.max;
  }

  void observe_worker(const Worker& worker, Observation& seen) {
    const auto* record = find_record(state_, worker.name);
    seen.pid_file = machine_.read_pid_file(worker.pid_file);
    look_at_remembered(record);
    if (const auto* file = std::get_if<PidInFile>(&seen.pid_file)) {
      look(file->pid);
      // It may be another application's.
      const bool is_known =
          record != nullptr && record->process && record->process->id.pid == file->pid;
      if (!is_known) {
        find_neighbours();
        seen.pid_file_mtime = machine_.modification_time(worker.pid_file);
      }
    }
    seen.set_aside = shared_.take_set_aside(worker.pid_file);
    for (const pid_t pid : seen.set_aside)
      look(pid);
    if (worker.restart.on_restart_file)
      seen.restart_file_mtime = shared_.modification_time(worker.restart.restart_file);
  }

  /// The start time tells that a remembered process is the same: no more than that is read, unless
  /// only its working directory can tell which release it is of.
  void look_at_remembered(const WorkerRecord* record) {
    if (record == nullptr) return;
    if (record->process) {
      const auto& id = record->process->id;
      if (record->process->release.empty() || search_ == Search::always) {
        find_neighbours();
        look(id.pid);
      } else {
        look(id.pid, id);
      }
    }
    for (const auto& stop : record->stops)
      look(stop.process.pid, stop.process);
    for (const auto& other : record->beside)
      look(other.id.pid, other.id);
    for (const auto& left : record->left_overs)
      look(left.pid, left);
    for (const auto& dead : record->unrecovered)
      look(dead.pid);  // whoever has the pid now may be the owner of its jobs
  }

  /// Each pid is looked at once.
  void look(pid_t pid, const std::optional<ProcessId>& known = std::nullopt) {
    if (but_.contains(pid)) return;
    const auto [entry, added] = facts_.processes.looks.try_emplace(pid);
    if (added) entry->second = machine_.look(pid, known);
  }

  /// delayed_job workers that the configuration does not name have pid files, too.
  void look_into_unknown_pid_files() {
    if (std::ranges::none_of(context_.config.workers, may_have_orphans)) return;
    std::unordered_set<std::string_view> configured;
    for (const auto& worker : context_.config.workers)
      configured.insert(worker.pid_file.native());
    for (const auto& path : shared_.pid_files()) {
      const auto is_other =
          !bears_any_title({path.stem().native()}) || configured.contains(path.native());
      if (is_other) continue;
      const auto file = machine_.read_pid_file(path);
      if (const auto* named = std::get_if<PidInFile>(&file)) look(named->pid);
    }
  }

  /// Other applications, maybe with workers of the same titles, may lie beside this one.
  void find_neighbours() {
    auto& app = facts_.app;
    if (!app.releases_folder.empty() && app.neighbours.empty())
      app.neighbours = machine_.targets_beside(app.link);
  }

  void search_all() {
    find_neighbours();
    for (const auto& [name, record] : state_.workers) {
      if (record.last) look(record.last->id.pid, record.last->id);
    }
    auto& table = facts_.processes;
    table.searched = true;
    table.hidden = !machine_.shows_all_processes();
    machine_.scan(
        facts_.app.uid, but_,
        [this](const Argv& command_line) {
          return may_concern(context_.config.workers, command_line);
        },
        [&table](Process&& process) {
          const auto pid = process.id.pid;
          table.looks.insert_or_assign(pid, std::move(process));
        });
  }

  void measure_memory(const Assignment& assignment) {
    for (std::size_t at = 0; at < assignment.of.size(); ++at) {
      const auto& limit = context_.config.workers[at].limits.memory;
      const auto& current = assignment.of[at].current;
      if (limit && current)
        facts_.seen[at].memory = machine_.memory_of_tree(current->id.pid, *limit);
    }
  }

  const Context& context_;
  Machine& machine_;
  const State& state_;
  const Search search_;
  const std::unordered_set<pid_t>& but_;
  SharedFacts shared_;
  Facts facts_;
};

/// Where the last link on the way to `root` is, and what of `root` is behind it; none: there is
/// none.
struct LastLink {
  Path link;
  Path rest;
};
std::optional<LastLink> find_last_link(Machine& machine, const Path& root) {
  Path rest;
  for (auto path = root; path.has_relative_path(); path = path.parent_path()) {
    if (machine.is_link(path)) return LastLink{.link = path, .rest = rest};
    rest = rest.empty() ? path.filename() : path.filename() / rest;
  }
  return std::nullopt;
}

}  // namespace

App locate_app(const Context& context, const State& state) {
  auto& machine = context.machine;
  const auto& root = context.config.root;
  App app;
  app.uid = context.uid;
  const auto last = find_last_link(machine, root);
  if (last) {
    const auto folder = machine.enter_directory(last->link.parent_path());
    const auto top = machine.enter_directory(last->link);
    if (top.parent_path() == folder / "releases") {
      app.link = last->link;
      app.releases_folder = top.parent_path();
      app.below_release = last->rest;
    }
    if (last->rest.empty()) app.release = top;
  }
  if (app.release.empty()) app.release = machine.enter_directory(root);
  for (const auto& [name, record] : state.workers) {
    if (!record.process || record.process->release.empty()) continue;
    const Path release = record.process->release;
    if (release != app.release &&
        std::ranges::find(app.remembered, release) == app.remembered.end())
      app.remembered.push_back(release);
  }
  return app;
}

Look observe(const Context& context, const App& app, const State& state, Search search,
             const std::unordered_set<pid_t>& but) {
  return Observer(context, app, state, search, but).run();
}

}  // namespace bootcheck
