// Workers, processes and worlds of them for the tests of the model.
#pragma once

#include "model/identity.h"
#include "model/plan.h"
#include "model/remember.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bootcheck::fixture {

inline App app() {
  App app;
  app.uid = 1000;
  app.release = "/srv/shop/releases/2";
  app.releases_folder = "/srv/shop/releases";
  return app;
}

/// delayed_job.ID of the app.
inline Worker worker(const std::string& identifier) {
  Worker worker;
  worker.name = "delayed_job." + identifier;
  worker.identifier = identifier;
  worker.preset = "delayed_job";
  worker.pid_file = "/srv/shop/current/tmp/pids/" + worker.name + ".pid";
  worker.process_title = worker.name;
  worker.start = {"bin/delayed_job", "--identifier=" + identifier, "start"};
  worker.working_directory = "/srv/shop/current";
  worker.preload = true;
  worker.restart.restart_file = "/srv/shop/current/tmp/restart.txt";
  return worker;
}

/// A foreground program that is known by its command line.
inline Worker feed(const std::string& identifier) {
  auto worker = fixture::worker(identifier);
  worker.name = "feed." + identifier;
  worker.preset.clear();
  worker.process_title.clear();
  worker.start = {"bin/feed", identifier};
  worker.pid_file = "/srv/shop/current/tmp/pids/" + worker.name + ".pid";
  worker.foreground = true;
  worker.preload = false;
  return worker;
}

/// A daemon whose title says nothing.
inline Worker untitled_daemon(const std::string& identifier) {
  auto worker = feed(identifier);
  worker.foreground = false;
  return worker;
}

/// Without an argument for it each process is the leader of a session of its own.
inline Process with_argv(pid_t pid, Argv argv) {
  Process process;
  process.id = {pid, 5000};
  process.uid = 1000;
  process.parent = 1;
  process.session = pid;
  process.cwd = "/srv/shop/releases/2";
  process.argv = std::move(argv);
  return process;
}
inline Process with_title(pid_t pid, const std::string& title) {
  return with_argv(pid, {title});
}
inline Process living(pid_t pid) {
  return with_title(pid, "delayed_job.2");
}
inline Process living_in(pid_t pid, const Path& directory) {
  auto process = living(pid);
  process.cwd = directory;
  return process;
}
inline Process of_user(pid_t pid, uid_t uid) {
  auto process = living(pid);
  process.uid = uid;
  return process;
}
inline Process booting(pid_t pid) {
  return with_argv(pid, {"ruby", "bin/delayed_job", "--identifier=2", "start"});
}
inline Process booting_in(pid_t pid, const Path& directory) {
  auto process = booting(pid);
  process.cwd = directory;
  return process;
}
inline Process unshown_directory(Process process) {
  process.cwd.reset();
  process.cwd_refused = true;
  return process;
}
/// Known by its start time, so that nothing more was read.
inline Process unread(Process process) {
  process.argv.reset();
  process.cwd.reset();
  return process;
}
inline Process born(Process process, std::uint64_t start_time) {
  process.id.start_time = start_time;
  return process;
}
inline Process child_of(Process process, pid_t parent, pid_t session) {
  process.parent = parent;
  process.session = session;
  return process;
}

inline KnownProcess known(pid_t pid, std::uint64_t start_time = 5000) {
  return {.id = {pid, start_time}, .session = pid, .release = app().release.native(), .host = {}};
}
inline StopRequest asked(pid_t pid, StopReason reason = StopReason::restart, BootTime at = 0) {
  return {.process = {pid, 5000}, .at = 0, .asked_at = at, .reason = reason, .asked = true};
}
inline StopRequest intended(pid_t pid, StopReason reason = StopReason::restart) {
  return {.process = {pid, 5000}, .at = 0, .asked_at = 0, .reason = reason};
}
inline StopRequest set_aside(pid_t pid) {
  auto stop = intended(pid);
  stop.aside = true;
  return stop;
}

/// What is seen of one worker: its pid file, the process in it, and what a search finds; none:
/// /proc was not searched.
struct Seen {
  PidFile pid_file;
  ProcessLook named;
  std::optional<std::vector<Process>> found;
  std::vector<std::pair<pid_t, ProcessLook>> set_aside{};
  std::optional<StatusAnswer> status{};
  bool hidden = false;
};

inline Seen seen(PidFile file, ProcessLook look,
                 std::optional<std::vector<Process>> found = std::nullopt) {
  return {std::move(file), std::move(look), std::move(found)};
}
inline Seen hidden(Seen seen) {
  seen.hidden = true;
  return seen;
}
inline Seen answered(Seen seen, StatusAnswer answer) {
  seen.status = answer;
  return seen;
}
inline std::vector<Process> alive(const std::vector<pid_t>& pids) {
  std::vector<Process> processes;
  for (const pid_t pid : pids)
    processes.push_back(living(pid));
  return processes;
}
inline const std::vector<Process> kNothing{};

/// Workers, what is seen of them, what is remembered, and what the model makes of it.
struct World {
  std::vector<Worker> workers;
  Facts facts;
  State state;
  std::optional<RollAsked> roll;  ///< of all of them
  Selection selection;

  World() { facts.app = app(); }

  void see(const Worker& worker, const Seen& seen) {
    workers.push_back(worker);
    facts.seen.emplace_back();
    see_again(facts.seen.size() - 1, seen);
  }
  void see(const std::string& identifier, const Seen& seen) { see(worker(identifier), seen); }

  /// The same worker, a while later.
  void see_again(std::size_t at, const Seen& seen) {
    auto& observation = facts.seen[at];
    observation.pid_file = seen.pid_file;
    observation.status = seen.status;
    observation.set_aside.clear();
    auto& table = facts.processes;
    if (const auto* file = std::get_if<PidInFile>(&seen.pid_file))
      table.looks.insert_or_assign(file->pid, seen.named);
    for (const auto& [pid, look] : seen.set_aside) {
      observation.set_aside.push_back(pid);
      table.looks.insert_or_assign(pid, look);
    }
    if (seen.found) {
      table.searched = true;
      for (const auto& process : *seen.found)
        show(process);
    }
    table.hidden = table.hidden || seen.hidden;
  }

  void show(const Process& process) {
    facts.processes.looks.insert_or_assign(process.id.pid, process);
  }
  void end(pid_t pid) { facts.processes.looks.insert_or_assign(pid, NoProcess{}); }
  /// Nothing of the last look is left.
  void forget_processes() { facts.processes = {}; }

  WorkerRecord& record(std::size_t at = 0) { return state.workers[workers[at].name]; }

  Assignment assigned() {
    facts.workers = &workers;
    return assign(facts, state);
  }
  Judgements judged() {
    const auto assignment = assigned();
    return judge(facts, state, assignment);
  }
  Judgement first() { return judged().front(); }

  /// As a pass does, looks at what is remembered.
  void look_at_remembered() {
    const auto look = [&](pid_t pid) {
      auto& table = facts.processes;
      if (table.hidden) {
        table.looks.try_emplace(pid, Hidden{"hidepid"});
      } else {
        table.looks.try_emplace(pid, NoProcess{});
      }
    };
    for (const auto& [name, each] : state.workers) {
      if (each.process) look(each.process->id.pid);
      for (const auto& stop : each.stops)
        look(stop.process.pid);
    }
  }

  /// One pass up to its plan; the state is brought up to date.
  std::vector<Event> pass() {
    look_at_remembered();
    const auto judgements = judged();
    auto remembered = remember(std::move(state), facts, judgements);
    state = std::move(remembered.state);
    return std::move(remembered.events);
  }

  Plan plan() {
    const auto assignment = assigned();
    const auto judgements = judge(facts, state, assignment);
    auto planned_on = state;
    if (roll) {
      for (const auto& worker : workers)
        planned_on.workers[worker.name].roll = roll;
      planned_on = remember(std::move(planned_on), facts, judgements).state;
    }
    return make_plan(facts, planned_on, assignment, judgements, selection);
  }
};

}  // namespace bootcheck::fixture
