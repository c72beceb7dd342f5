#include "model/assign.h"

#include "model/identity.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace bootcheck {
namespace {

/// A worker without a title and its start command look alike, unless it is bootcheck itself that
/// detaches it.
bool tells_itself(const Worker& worker) {
  return worker.foreground || !worker.process_title.empty();
}

std::string user_text(uid_t uid) {
  return "user " + std::to_string(uid);
}

class Assigner {
 public:
  Assigner(const Facts& facts, const State& state)
      : facts_(facts), workers_(*facts.workers), state_(state) {
    result_.of.resize(workers_.size());
    for (const auto& worker : workers_)
      records_.push_back(find_record(state, worker.name));
  }

  Assignment run() {
    note_owners();
    for_each_worker([this](std::size_t at) { claim_named(at); });
    for_each_worker([this](std::size_t at) { claim_remembered(at); });
    for_each_worker([this](std::size_t at) { claim_set_aside(at); });
    const auto rest = unclaimed();
    if (facts_.processes.searched) claim_found(rest);
    claim_orphans(rest);
    for_each_worker([this](std::size_t at) { note_doubt(at); });
    return std::move(result_);
  }

 private:
  struct Candidate {
    const Process* process = nullptr;
    std::vector<std::size_t> bearers;  ///< the workers that it may be
  };

  template <class Visit>
  void for_each_worker(const Visit& visit) {
    for (std::size_t at = 0; at < workers_.size(); ++at)
      visit(at);
  }

  const Process* alive(const ProcessId& id) const { return facts_.processes.living(id); }
  bool is_claimed(const Process& process) const { return claimed_.contains(process.id.pid); }
  void claim(const Process& process, std::size_t worker) {
    claimed_.emplace(process.id.pid, worker);
  }

  // --- remembered --------------------------------------------------------------------------------

  /// Whose a living process is by what is remembered, so that no other worker takes it.
  void note_owners() {
    for_each_worker([this](std::size_t at) {
      const auto* record = records_[at];
      if (record == nullptr) return;
      for (const auto& id : processes_of(*record)) {
        if (alive(id) != nullptr) owners_.emplace(id.pid, at);
      }
      for (const auto& left : record->left_overs)
        claim_left_over(left, at);
    });
  }

  /// It is nobody's, and no pid file makes it a worker.
  void claim_left_over(const ProcessId& id, std::size_t at) {
    const auto* process = alive(id);
    if (process == nullptr || is_claimed(*process)) return;
    result_.of[at].left_overs.push_back(*process);
    claim(*process, at);
  }

  bool is_anothers(const Process& process, std::size_t worker) const {
    const auto owner = owners_.find(process.id.pid);
    return is_claimed(process) || (owner != owners_.end() && owner->second != worker);
  }

  /// Asked of what the pid file does not name: that wins over an old file that says set aside.
  bool is_set_aside(const Process& process, std::size_t at) const {
    const auto* stop = find_stop(records_[at], process.id);
    const auto& files = facts_.seen[at].set_aside;
    return (stop != nullptr && stop->aside) ||
           std::ranges::find(files, process.id.pid) != files.end();
  }

  /// The pid is known to have been another process's, which has ended: this one came by it later.
  bool came_by_its_pid(const Process& process, std::size_t at) const {
    const auto* record = records_[at];
    if (record == nullptr) return false;
    const auto reused = [&](const KnownProcess& known) {
      return known.id.pid == process.id.pid && known.id != process.id;
    };
    return record->former_pid == process.id.pid || (record->process && reused(*record->process)) ||
           (record->last && reused(*record->last)) || std::ranges::any_of(record->beside, reused) ||
           std::ranges::find(record->unrecovered, process.id.pid, &DeadProcess::pid) !=
               record->unrecovered.end();
  }

  /// The one that is remembered lives and was not asked to go, and its pid file says another, which
  /// is no successor of it that a pass has begun to start.
  bool lives_without_pid_file(const Process& named, std::size_t at) const {
    const auto* record = records_[at];
    if (record == nullptr || !record->process) return false;
    const auto& id = record->process->id;
    if (id == named.id || alive(id) == nullptr) return false;
    const auto* stop = find_stop(record, id);
    return stop == nullptr || (!stop->asked && !is_born_since_start(named, at));
  }

  /// Of this worker or of another one that looks like it.
  bool is_child_of_remembered(const Process& process) const {
    return std::ranges::any_of(records_, [&](const WorkerRecord* record) {
      if (record == nullptr || !record->process || record->process->id == process.id) return false;
      const pid_t pid = record->process->id.pid;
      return process.parent == pid || process.session == pid;
    });
  }

  /// What a dead one has left behind, of this worker or of another one that looks like it.
  bool is_of_dead_session(const Process& process) const {
    for (std::size_t at = 0; at < workers_.size(); ++at)
      if (shares_session_of_dead(process, at)) return true;
    return false;
  }

  // --- proof 1 and 2: the pid file ---------------------------------------------------------------

  void claim_named(std::size_t at) {
    const auto* file = std::get_if<PidInFile>(&facts_.seen[at].pid_file);
    const auto* process = file == nullptr ? nullptr : facts_.processes.living(file->pid);
    if (process == nullptr || is_anothers(*process, at)) return;
    const auto proof = proof_of_named(*process, at);
    if (proof == Proof::none) return;
    auto& assigned = result_.of[at];
    assigned.current = *process;
    assigned.proof = proof;
    assigned.is_named = true;
    claim(*process, at);
  }

  Proof proof_of_named(const Process& process, std::size_t at) {
    if (process.uid != facts_.app.uid) return Proof::none;
    if (owners_.contains(process.id.pid)) return Proof::record;  // this worker: is_anothers()
    if (!process.argv) return Proof::none;
    const bool is_beside = lives_without_pid_file(process, at);
    if (is_beside && (is_child_of_remembered(process) || is_of_dead_session(process)))
      return Proof::none;
    const bool reused = came_by_its_pid(process, at);
    if ((reused || is_beside) && !works_inside(process, at)) return Proof::none;
    if (is_younger_than_its_file(process, at)) return Proof::none;
    // It may be the child of one whose pid the file does not say, which a search finds.
    if (reused && process.session != process.id.pid && tells_itself(workers_[at]))
      return Proof::none;
    if (bears_title(*process.argv, workers_[at])) return Proof::title;
    if (!reused && is_born_of_start(process, at)) return Proof::birth;
    // One that has a title bears its start command only until it is up.
    if (is_beside && !workers_[at].process_title.empty()) return Proof::none;
    return is_start_of(*process.argv, workers_[at]) ? Proof::start_command : Proof::none;
  }

  /// In the application, or where the worker is told to work.
  bool works_inside(const Process& process, std::size_t at) const {
    return process.cwd && (facts_.app.contains(*process.cwd) ||
                           is_below(*process.cwd, workers_[at].working_directory));
  }

  /// Nobody writes down the pid of a process that is not born yet: the file may be of an earlier
  /// boot, and the process another application's. Or the clock was set: what works in the
  /// application is believed.
  bool is_younger_than_its_file(const Process& process, std::size_t at) const {
    constexpr WallTime kInaccurate = 60;
    constexpr std::int64_t kSecond = 1'000'000'000;
    const auto written = facts_.seen[at].pid_file_mtime.value_or(0) / kSecond;
    return written != 0 && born_at(process.id, facts_) - kInaccurate > written &&
           !works_inside(process, at);
  }

  /// A daemon without a title, or a foreground program, whose child has written its own pid: known
  /// by the change of its pid file during our start of it.
  bool is_born_of_start(const Process& process, std::size_t at) const {
    const auto& worker = workers_[at];
    return (worker.foreground || worker.process_title.empty()) &&
           is_born_since_start(process, at) && records_[at]->start->pid_before != process.id.pid;
  }

  bool is_born_since_start(const Process& process, std::size_t at) const {
    const auto* record = records_[at];
    return record != nullptr && record->start && process.id.start_time >= record->start->since &&
           process.id.start_time <= record->start->since + ticks_of(workers_[at].start_timeout);
  }

  std::uint64_t ticks_of(Duration duration) const {
    return static_cast<std::uint64_t>(duration.count() * facts_.ticks_per_second / 1000);
  }

  // --- proof 1 without a pid file ----------------------------------------------------------------

  void claim_remembered(std::size_t at) {
    const auto* record = records_[at];
    if (record == nullptr) return;
    for (const auto& id : processes_of(*record))
      claim_known(id, at);
  }

  void claim_known(const ProcessId& id, std::size_t at) {
    const auto* process = alive(id);
    if (process == nullptr || is_claimed(*process)) return;
    auto& assigned = result_.of[at];
    if (process->uid != facts_.app.uid) {
      assigned.doubt = "pid " + std::to_string(id.pid) + ", remembered as it, runs as " +
                       user_text(process->uid) + ", not " + user_text(facts_.app.uid);
      return;
    }
    claim(*process, at);
    if (is_set_aside(*process, at)) {
      assigned.surged.push_back(*process);
    } else if (assigned.current) {
      assigned.duplicates.push_back(*process);
    } else {
      assigned.current = *process;
      assigned.proof = Proof::record;
    }
  }

  // --- surged: `<pid_file>.draining.<pid>` -------------------------------------------------------

  void claim_set_aside(std::size_t at) {
    for (const pid_t pid : facts_.seen[at].set_aside) {
      const auto* process = facts_.processes.living(pid);
      if (process == nullptr || is_anothers(*process, at)) continue;
      const bool proved = process->uid == facts_.app.uid && process->argv && process->cwd &&
                          facts_.app.contains(*process->cwd) && !came_by_its_pid(*process, at) &&
                          bears_title(*process->argv, workers_[at]);
      if (!proved) continue;
      result_.of[at].surged.push_back(*process);
      claim(*process, at);
    }
  }

  // --- proof 3: all of /proc ---------------------------------------------------------------------

  /// Oldest first, as a child is younger than its parent.
  std::vector<const Process*> unclaimed() const {
    std::vector<const Process*> processes;
    for (const auto& [pid, look] : facts_.processes.looks) {
      const auto* process = std::get_if<Process>(&look);
      if (process != nullptr && process->uid == facts_.app.uid && process->argv &&
          !is_claimed(*process))
        processes.push_back(process);
    }
    std::ranges::sort(processes, {}, [](const Process* process) {
      return std::pair(process->id.start_time, process->id.pid);
    });
    return processes;
  }

  /// Where two claim one name the one that leads its session keeps it: the other one may be what a
  /// worker has left behind that nobody remembers. Among equals it is the older one.
  void claim_found(const std::vector<const Process*>& processes) {
    for (const auto* process : processes)
      sort_found(*process);
    std::ranges::stable_partition(candidates_, leads_its_session);
    for (const auto& candidate : candidates_)
      give_found(*candidate.process, candidate.bearers);
  }

  void sort_found(const Process& process) {
    std::vector<std::size_t> bearers;
    std::vector<std::size_t> started;
    for_each_worker([&](std::size_t at) {
      if (tells_itself(workers_[at]) && bears_title(*process.argv, workers_[at])) {
        bearers.push_back(at);
      } else if (is_start_of(*process.argv, workers_[at])) {
        started.push_back(at);
      }
    });
    if (bearers.empty() && started.empty()) return;
    if (is_offspring(process, bearers.empty() ? started : bearers)) return;
    if (process.cwd_refused) {
      return doubt_found(process, "the kernel does not show its working directory",
                         bearers.empty() ? started : bearers);
    }
    if (is_coming_up(process, bearers)) return note_starting(process, bearers);
    if (!process.cwd || !facts_.app.contains(*process.cwd)) {
      if (!bearers.empty()) elsewhere_.insert(process.id.pid);
      return;
    }
    // Its parent may be the worker in another directory, or another application's.
    if (elsewhere_.contains(process.parent))
      return doubt_found(process, "its parent does, too, outside the application", bearers);
    if (bearers.empty()) return note_starting(process, started);
    found_.insert(process.id.pid);
    candidates_.push_back({.process = &process, .bearers = std::move(bearers)});
  }

  /// A job may fork, and its child bears the worker's title for as long as it does not exec; it
  /// stays in the worker's session, also when its parent has ended.
  bool is_offspring(const Process& process, const std::vector<std::size_t>& bearers) {
    const auto parent = claimed_.find(process.parent);
    const bool is_child =
        (parent != claimed_.end() && std::ranges::find(bearers, parent->second) != bearers.end()) ||
        found_.contains(process.parent) || shares_session_of_candidate(process);
    if (is_child) {
      found_.insert(process.id.pid);
      return true;
    }
    for (const auto at : bearers) {
      if (shares_session_of_living(process, at)) return true;
      if (!shares_session_of_dead(process, at)) {
        if (shares_session_of_unseen(process, at)) return true;
        continue;
      }
      result_.of[at].left_overs.push_back(process);
      claim(process, at);
      return true;
    }
    return false;
  }

  bool shares_session_of_living(const Process& process, std::size_t at) const {
    const auto& assigned = result_.of[at];
    const auto shares = [&](const Process& other) {
      return process.session != 0 && other.session == process.session;
    };
    return (assigned.current && shares(*assigned.current)) ||
           std::ranges::any_of(assigned.surged, shares) ||
           std::ranges::any_of(assigned.duplicates, shares);
  }

  static bool leads_its_session(const Candidate& candidate) {
    return candidate.process->session == candidate.process->id.pid;
  }

  bool shares_session_of_candidate(const Process& process) const {
    return std::ranges::any_of(candidates_, [&](const Candidate& candidate) {
      return leads_its_session(candidate) && candidate.process->session == process.session;
    });
  }

  bool shares_session_of_dead(const Process& process, std::size_t at) const {
    const auto* record = records_[at];
    if (record == nullptr || process.session == 0 || process.session == process.id.pid)
      return false;
    // The number of a session is given away again only when nobody is left in it.
    const bool is_led = facts_.processes.living(process.session) != nullptr;
    if (!is_led &&
        std::ranges::find(record->dead_sessions, process.session) != record->dead_sessions.end())
      return true;
    const auto is_of = [&](const auto& known, const ProcessId& id) {
      return known.session == process.session && facts_.processes.has_ended(id);
    };
    const auto is_of_known = [&](const KnownProcess& known) { return is_of(known, known.id); };
    return (record->process && is_of_known(*record->process)) ||
           (record->last && is_of_known(*record->last)) ||
           std::ranges::any_of(record->beside, is_of_known) ||
           std::ranges::any_of(record->stops,
                               [&](const StopRequest& stop) { return is_of(stop, stop.process); });
  }

  /// Of a remembered process of which it cannot be told whether it lives (hidepid).
  bool shares_session_of_unseen(const Process& process, std::size_t at) const {
    const auto* record = records_[at];
    if (record == nullptr || process.session == 0 || process.session == process.id.pid)
      return false;
    const auto is_of = [&](pid_t session, const ProcessId& id) {
      return session == process.session && id.pid != process.id.pid;
    };
    return (record->process && is_of(record->process->session, record->process->id)) ||
           std::ranges::any_of(record->stops, [&](const StopRequest& stop) {
             return is_of(stop.session, stop.process);
           });
  }

  /// daemons gives a delayed_job worker its title in `/` and closes all descriptors before
  /// delayed_job changes back into the application (daemonize.rb; delayed/command.rb, run_process).
  /// Until then it may be another application's, unless a start of ours has begun.
  bool is_coming_up(const Process& process, const std::vector<std::size_t>& bearers) const {
    if (!process.cwd || *process.cwd != "/") return false;
    return std::ranges::any_of(bearers, [&](std::size_t at) {
      return changes_back(workers_[at]) && is_born_since_start(process, at);
    });
  }

  void doubt_found(const Process& process, std::string_view why,
                   const std::vector<std::size_t>& workers) {
    for (const auto at : workers) {
      auto& assigned = result_.of[at];
      if (assigned.current || !assigned.doubt.empty()) continue;
      assigned.doubt =
          "pid " + std::to_string(process.id.pid) + " looks like it, but " + std::string(why);
    }
  }

  void note_starting(const Process& process, const std::vector<std::size_t>& workers) {
    for (const auto at : workers) {
      auto& assigned = result_.of[at];
      if (!assigned.current && !assigned.starting) assigned.starting = process;
    }
    claimed_.emplace(process.id.pid, workers.front());
  }

  /// To the first of those it may be who has no process yet. One too many is a duplicate where it
  /// can only be one worker's; of several that look alike nobody can say whose it is.
  void give_found(const Process& process, const std::vector<std::size_t>& bearers) {
    const auto lacks = [&](std::size_t at) { return !result_.of[at].current; };
    const auto one = std::ranges::find_if(bearers, lacks);
    if (one == bearers.end() && bearers.size() > 1) {
      result_.orphans.push_back(process);
      claim(process, bearers.front());
      return;
    }
    const auto at = one == bearers.end() ? bearers.front() : *one;
    auto& assigned = result_.of[at];
    claim(process, at);
    if (assigned.current) {
      assigned.duplicates.push_back(process);
    } else {
      assigned.current = process;
      assigned.proof = Proof::scan;
    }
  }

  // --- nobody's ----------------------------------------------------------------------------------

  void claim_orphans(const std::vector<const Process*>& processes) {
    for (const auto& orphan : state_.orphans)
      claim_orphan(orphan.process);
    for (const auto& [name, record] : unconfigured(state_, workers_)) {
      if (record->process) claim_orphan(record->process->id);
      for (const auto& stop : record->stops)
        claim_orphan(stop.process);
    }
    if (facts_.orphan_policy == Orphans::ignore || std::ranges::none_of(workers_, may_have_orphans))
      return;
    for (const auto* process : processes) {
      if (is_claimed(*process) || found_.contains(process->id.pid) ||
          claimed_.contains(process->parent))
        continue;
      if (!bears_any_title(*process->argv) || !process->cwd || !facts_.app.contains(*process->cwd))
        continue;
      const auto bears = [&](const Worker& worker) { return bears_title(*process->argv, worker); };
      if (std::ranges::any_of(workers_, bears)) continue;
      result_.orphans.push_back(*process);
      claimed_.emplace(process->id.pid, workers_.size());
    }
  }

  void claim_orphan(const ProcessId& id) {
    const auto* process = alive(id);
    if (process == nullptr || process->uid != facts_.app.uid || is_claimed(*process)) return;
    result_.orphans.push_back(*process);
    claimed_.emplace(process->id.pid, workers_.size());
  }

  // --- what cannot be told -----------------------------------------------------------------------

  void note_doubt(std::size_t at) {
    auto& assigned = result_.of[at];
    if (assigned.current || !assigned.doubt.empty()) return;
    assigned.doubt = doubt_of_pid_file(at);
    if (assigned.doubt.empty()) assigned.doubt = doubt_of_remembered(at);
    if (assigned.doubt.empty() && facts_.processes.hidden)
      assigned.doubt = "/proc hides processes (pid 1 is not visible, hidepid?)";
  }

  std::string doubt_of_pid_file(std::size_t at) const {
    const auto& seen = facts_.seen[at];
    if (const auto* file = std::get_if<UnreadablePidFile>(&seen.pid_file))
      return "its pid file cannot be read: " + file->why;
    const auto* file = std::get_if<PidInFile>(&seen.pid_file);
    if (file == nullptr) return {};
    const auto look = facts_.processes.looks.find(file->pid);
    if (look == facts_.processes.looks.end()) return {};
    if (const auto* hidden = std::get_if<Hidden>(&look->second))
      return "its process cannot be looked at: " + hidden->why;
    const auto* process = std::get_if<Process>(&look->second);
    return process == nullptr || is_anothers(*process, at) ? std::string()
                                                           : doubt_of_named(*process, at);
  }

  /// It may live on without its pid file, and a search does not find whoever has changed its title.
  std::string doubt_of_remembered(std::size_t at) const {
    const auto* record = records_[at];
    if (record == nullptr || !record->process) return {};
    const auto pid = record->process->id.pid;
    const auto look = facts_.processes.looks.find(pid);
    if (look == facts_.processes.looks.end()) return {};
    const auto* hidden = std::get_if<Hidden>(&look->second);
    return hidden == nullptr ? std::string()
                             : "pid " + std::to_string(pid) +
                                   ", remembered as it, cannot be looked at: " + hidden->why;
  }

  std::string doubt_of_named(const Process& process, std::size_t at) const {
    const auto& worker = workers_[at];
    const auto pid = "pid " + std::to_string(process.id.pid);
    const bool bears = process.argv && bears_title(*process.argv, worker);
    if (process.uid != facts_.app.uid) {
      return bears ? pid + " bears its title but runs as " + user_text(process.uid) + ", not " +
                         user_text(facts_.app.uid)
                   : std::string();
    }
    if (!process.argv) return pid + " is in its pid file, but its command line cannot be read";
    if (came_by_its_pid(process, at)) {
      return bears && process.cwd_refused
                 ? pid + " bears its title, but the kernel does not show its working directory"
                 : std::string();
    }
    if ((bears || is_start_of(*process.argv, worker)) && is_younger_than_its_file(process, at)) {
      return pid +
             " looks like it, but its pid file is older, and it works outside the application: "
             "remove the pid file if it is another's";
    }
    if (facts_.seen[at].status == StatusAnswer::not_running) return {};
    return may_be_untitled(process, at)
               ? pid + " is in its pid file but does not bear its start command, and may be it"
               : std::string();
  }

  /// Many programs exec others or change their command line. What bootcheck has detached began
  /// inside the app, or where it was told to; what daemonizes itself may have changed into any
  /// directory.
  bool may_be_untitled(const Process& process, std::size_t at) const {
    const auto& worker = workers_[at];
    return worker.process_title.empty() &&
           (!worker.foreground || !process.cwd || works_inside(process, at));
  }

  const Facts& facts_;
  const std::vector<Worker>& workers_;
  const State& state_;
  std::vector<const WorkerRecord*> records_;
  std::unordered_map<pid_t, std::size_t> owners_;   ///< remembered: pid to worker
  std::unordered_map<pid_t, std::size_t> claimed_;  ///< given a role: pid to worker
  std::vector<Candidate> candidates_;    ///< found by the search, for a worker that may lack them
  std::unordered_set<pid_t> found_;      ///< those, and their children
  std::unordered_set<pid_t> elsewhere_;  ///< bears a title, and works outside the application
  Assignment result_;
};

}  // namespace

Assignment assign(const Facts& facts, const State& state) {
  return Assigner(facts, state).run();
}

bool needs_search(const Assignment& assignment) {
  return std::ranges::any_of(assignment.of, [](const Assigned& each) { return !each.current; });
}

bool may_concern(const std::vector<Worker>& workers, const Argv& command_line) {
  return bears_any_title(command_line) || std::ranges::any_of(workers, [&](const Worker& worker) {
           return bears_title(command_line, worker) || is_start_of(command_line, worker);
         });
}

std::string_view name_of(Proof proof) {
  switch (proof) {
    case Proof::none:
      return "none";
    case Proof::record:
      return "pid, start time and boot id are the recorded ones";
    case Proof::title:
      return "its pid is in the pid file, and it has the right user and title";
    case Proof::start_command:
      return "its pid is in the pid file, and it still bears its start command line";
    case Proof::birth:
      return "its pid came into the pid file during its start, and it was born since";
    case Proof::scan:
      return "found in /proc by user, title and working directory";
    case Proof::status_command:
      return "its status command says so";
  }
  return "none";
}

}  // namespace bootcheck
