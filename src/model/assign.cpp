#include "model/assign.h"

#include "model/identity.h"
#include "model/prover.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace bootcheck {
namespace {

class Assigner {
 public:
  Assigner(const Facts& facts, const State& state)
      : facts_(facts), workers_(*facts.workers), state_(state), prover_(facts, state) {
    result_.of.resize(workers_.size());
  }

  Assignment run() {
    for_each_worker([this](std::size_t at) { claim_left_overs(at); });
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

  /// They are nobody's, and no pid file makes them workers.
  void claim_left_overs(std::size_t at) {
    const auto* record = prover_.record(at);
    if (record == nullptr) return;
    for (const auto& id : record->left_overs) {
      const auto* process = alive(id);
      if (process == nullptr || is_claimed(*process)) continue;
      result_.of[at].left_overs.push_back(*process);
      claim(*process, at);
    }
  }

  bool is_anothers(const Process& process, std::size_t worker) const {
    return is_claimed(process) || prover_.owner_of(process).value_or(worker) != worker;
  }

  // --- proof 1 and 2: the pid file ---------------------------------------------------------------

  void claim_named(std::size_t at) {
    const auto* file = std::get_if<PidInFile>(&facts_.seen[at].pid_file);
    const auto* process = file == nullptr ? nullptr : facts_.processes.living(file->pid);
    if (process == nullptr || is_anothers(*process, at)) return;
    const auto proof = prover_.proof_of_named(*process, at);
    if (proof == Proof::none) return;
    auto& assigned = result_.of[at];
    assigned.current = *process;
    assigned.proof = proof;
    assigned.is_named = true;
    claim(*process, at);
  }

  // --- proof 1 without a pid file ----------------------------------------------------------------

  void claim_remembered(std::size_t at) {
    const auto* record = prover_.record(at);
    if (record == nullptr) return;
    for (const auto& id : processes_of(*record))
      claim_known(id, at);
  }

  void claim_known(const ProcessId& id, std::size_t at) {
    const auto* process = alive(id);
    if (process == nullptr || is_claimed(*process)) return;
    auto& assigned = result_.of[at];
    if (process->uid != facts_.app.uid) {
      assigned.doubt = prover_.doubt_of_user(*process);
      return;
    }
    claim(*process, at);
    if (prover_.is_set_aside(*process, at)) {
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
      const bool proved =
          process->uid == facts_.app.uid && process->argv && process->cwd &&
          facts_.app.contains(*process->cwd) && !prover_.came_by_its_pid(*process, at) &&
          !prover_.is_child_of_remembered(*process) && bears_title(*process->argv, workers_[at]);
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
    if (prover_.is_coming_up(process, bearers)) return note_starting(process, bearers);
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
      if (!prover_.shares_session_of_dead(process, at)) {
        if (prover_.shares_session_of_unseen(process, at)) return true;
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
    if (assigned.doubt.empty()) assigned.doubt = prover_.doubt_of_remembered(at);
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
                                                           : prover_.doubt_of_named(*process, at);
  }

  const Facts& facts_;
  const std::vector<Worker>& workers_;
  const State& state_;
  Prover prover_;
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

}  // namespace bootcheck
