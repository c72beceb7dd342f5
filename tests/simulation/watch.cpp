#include "simulation/watch.h"

#include "model/identity.h"
#include "system/state_file.h"

#include <algorithm>
#include <csignal>

#include <fmt/format.h>

namespace bootcheck::sim {
namespace {

/// What somebody else starts shortly before our own start cannot be seen any more: one look at all
/// processes serves for a second.
constexpr Duration kUnseen = 3s;
constexpr Duration kInaccurate = 9s;  // of the times of processes and files
/// For so long what has booted counts: a pass may be killed between that and the request.
constexpr Duration kBooted = 10min;
/// So long a pass may wait for what it starts.
constexpr Duration kLongestStart = 5min;
constexpr std::size_t kLargestState = 4'000;
constexpr std::size_t kLargestRecord = 4'000;

bool is_of(const Inhabitant& process, std::size_t worker) {
  return process.role == Role::worker && process.worker == worker;
}

}  // namespace

Watch::Watch(World& world, const Site& site, Coverage& coverage)
    : world_(world), site_(site), coverage_(coverage) {
  world_.on_end = [this](const Inhabitant& process) { process_ended(process); };
}

std::string Watch::name_of_process(const Inhabitant& process) const {
  const auto pid = process.shown.id.pid;
  switch (process.role) {
    case Role::worker:
      return fmt::format("{} (pid {})", worker_of(process.worker).name, pid);
    case Role::child:
      return fmt::format("a child of {} (pid {})", worker_of(process.worker).name, pid);
    case Role::neighbour:
      return fmt::format("another application's {} (pid {})", command_text(*process.shown.argv),
                         pid);
    case Role::command:
      return fmt::format("the command {} (pid {})", command_text(*process.shown.argv), pid);
    case Role::stranger:
      break;
  }
  return fmt::format("a stranger (pid {})", pid);
}

/// Parsed again only where the file, the boot or the name of the host is another.
const State& Watch::remembered() const {
  static const State kNothing;
  const auto* file = world_.files.find(site_.config.state_file);
  if (file == nullptr) return kNothing;
  const bool is_known =
      file->text == memory_.text && memory_.boot == world_.boot && memory_.host == world_.host;
  if (is_known) return memory_.state;
  const Stamp here{
      .boot_id = "boot-" + std::to_string(world_.boot), .host = world_.host, .pid_namespace = 1};
  memory_ = {.text = file->text,
             .boot = world_.boot,
             .host = world_.host,
             .state = parse_state(file->text, here).value_or(State())};
  return memory_.state;
}

// --- starts --------------------------------------------------------------------------------------

bool Watch::is_aside(const Inhabitant& process, const State& state) const {
  const auto& worker = worker_of(process.worker);
  const auto* stop = find_stop(find_record(state, worker.name), process.shown.id);
  return (stop != nullptr && stop->aside) ||
         world_.files.find(set_aside_path(worker.pid_file, process.shown.id.pid)) != nullptr;
}

/// By what a pass can see and what it remembers.
bool Watch::can_be_known(const Inhabitant& process, const State& state) const {
  const auto& worker = worker_of(process.worker);
  const auto& id = process.shown.id;
  const auto* record = find_record(state, worker.name);
  if (record != nullptr && record->process && record->process->id == id) return true;
  if (find_stop(record, id) != nullptr) return true;
  if (site_.kinds[process.worker] == Kind::by_status)
    return world_.now() >= world_.faults.status_fails;
  const auto file = world_.files.read_pid_file(worker.pid_file);
  const auto* named = std::get_if<PidInFile>(&file);
  if (named != nullptr && named->pid == id.pid) {
    const bool reused = record != nullptr && record->former_pid == id.pid;
    return !reused || is_below(*process.shown.cwd, process.release);
  }
  const bool tells_itself = worker.foreground || !worker.process_title.empty();
  return tells_itself && bears_title(*process.shown.argv, worker) &&
         is_below(*process.shown.cwd, process.release) && is_of_application(process.release, state);
}

/// Of releases that lie among other folders only the present one and those that are remembered are
/// known to be the application's.
bool Watch::is_of_application(const Path& release, const State& state) const {
  if (site_.releases.filename() == "releases" || release == present_release(world_, site_))
    return true;
  return std::ranges::any_of(state.workers, [&](const auto& each) {
    const auto& process = each.second.process;
    return process && process->release == release.native();
  });
}

/// Somebody started it beside one that runs and is the worker to us: nobody searches then.
bool Watch::is_unsearched(const Inhabitant& other, const State& state) const {
  if (other.ours || other.is_remembered) return false;
  const auto* record = find_record(state, worker_of(other.worker).name);
  if (record == nullptr || !record->process) return false;
  const auto* known = world_.find(record->process->id.pid);
  return known != nullptr && known->shown.id == record->process->id &&
         known->serial != other.serial;
}

/// Of workers that look alike only their number can be wrong.
bool Watch::has_room_for_twin(const Inhabitant& command, const State& state) const {
  const auto is_twin = [&](const auto& each) {
    const auto& process = each.second;
    return process.role == Role::worker && process.serial != command.serial &&
           site_.kinds[process.worker] == Kind::twin && !is_aside(process, state) &&
           (process.is_remembered || can_be_known(process, state));
  };
  return std::ranges::count_if(world_.processes, is_twin) <
         std::ranges::count(site_.kinds, Kind::twin);
}

void Watch::check_second_copy(const Inhabitant& command, std::size_t worker) {
  const auto& state = remembered();
  for (const auto& [pid, other] : world_.processes) {
    if (!is_of(other, worker) || other.serial == command.serial || is_aside(other, state)) continue;
    if (site_.kinds[worker] == Kind::twin && has_room_for_twin(command, state)) {
      coverage_.count("excused", "second copy: workers that look alike have changed their names");
      continue;
    }
    const auto since = world_.now() - (other.ours ? other.decided : other.born);
    if (!other.ours && world_.now() - other.born < kUnseen) {
      coverage_.count("excused", "second copy: started by hand at the same time");
    } else if (is_unsearched(other, state)) {
      coverage_.count("excused", "second copy: started by hand beside one that runs");
    } else if (!other.is_remembered &&
               (!can_be_known(other, state) || memory_lost_ >= command.decided)) {
      coverage_.count("excused", "second copy: every proof was destroyed");
    } else {
      throw Violation{fmt::format("{} is started while {} runs, since {} s", worker_of(worker).name,
                                  name_of_process(other), since.count() / 1000)};
    }
  }
}

void Watch::launched(const Inhabitant& command) {
  for (const auto worker : command.starts) {
    coverage_.count("act", "start");
    world_.tell(
        fmt::format("    {} is launched, pid {}", worker_of(worker).name, command.shown.id.pid));
    note_expired(worker);
    if (stands(holds_, worker) && holds_began_[worker] < command.decided)
      throw Violation{fmt::format("{} is started while it is held", worker_of(worker).name)};
    const auto& answer = answers_[worker_of(worker).working_directory];
    if (!worker_of(worker).ready.empty() &&
        !(answer.is_ready && answer.asked_by == command.decided))
      throw Violation{fmt::format("{} is started while it is not ready", worker_of(worker).name)};
    check_second_copy(command, worker);
  }
}

void Watch::was_ready(const Path& folder, bool ready, Duration pass_began) {
  coverage_.count("ready", ready ? "yes" : "asked");
  world_.tell(ready ? "    it is ready" : "    is it ready?");
  answers_[folder] = {.is_ready = ready, .asked_by = pass_began};
}

/// Nobody makes room for a successor that could not be started. Whom a hold ends needs none.
void Watch::check_ready(const Inhabitant& process) const {
  const auto at = process.worker;
  const auto copies = std::ranges::count_if(
      world_.processes, [&](const auto& each) { return is_of(each.second, at); });
  if (worker_of(at).ready.empty() || is_held(at) || holds_began_.contains(at) || copies > 1 ||
      cannot_be_told(at))
    return;
  const auto answer = answers_.find(worker_of(at).working_directory);
  if (answer == answers_.end() || !answer->second.is_ready)
    throw Violation{
        fmt::format("{} is asked to stop while it is not ready", name_of_process(process))};
}

// --- signals -------------------------------------------------------------------------------------

/// Whether it is remembered as one that its pid file and its birth alone prove.
bool Watch::is_of_untitled(const ProcessId& id) const {
  const auto& state = remembered();
  for (std::size_t at = 0; at < site_.kinds.size(); ++at) {
    if (site_.kinds[at] == Kind::untitled_daemon &&
        find_stop(find_record(state, worker_of(at).name), id) != nullptr)
      return true;
  }
  return false;
}

void Watch::signalled(Inhabitant& process, int signal) {
  world_.tell(fmt::format("    signal {} to {}", signal, name_of_process(process)));
  if (process.was_named && process.role != Role::worker && process.role != Role::stranger) {
    coverage_.count("excused",
                    "another application's worker, a child or a start command: a pid "
                    "file named it");
    return;
  }
  if (process.role == Role::stranger && process.was_named && is_of_untitled(process.shown.id)) {
    coverage_.count("excused",
                    "a stranger: a pid file named it during the start of a daemon that nothing "
                    "else proves");
    return;
  }
  if (process.role == Role::child && (process.of_unseen || process.born <= memory_lost_)) {
    coverage_.count("excused",
                    "a child of a dead worker: its session was forgotten with the state");
    return;
  }
  if (process.role != Role::worker)
    throw Violation{fmt::format("signal {} to {}", signal, name_of_process(process))};
  if (signal == SIGKILL) throw Violation{name_of_process(process) + " is killed"};
  coverage_.count("act", "signal");
  if (process.asks > 0) {
    // Its stop command does not know the one that was set aside from its successor.
    const bool is_by_status = site_.kinds[process.worker] == Kind::by_status;
    if (!process.ask_may_be_lost && !(is_by_status && is_aside(process, remembered())))
      throw Violation{fmt::format("{} is asked to stop once more", name_of_process(process))};
    coverage_.count("excused", "asked twice: the first request could not be remembered");
    return;
  }
  check_reason(process);
  check_boot(process);
  check_ready(process);
  check_unavailable(process);
}

void Watch::booted(const Inhabitant& preloader) {
  booted_[preloader.release] = world_.now();
}

/// Nobody makes room for a successor whose application has not booted. A request may be carried out
/// by a later pass than the one that has booted it.
void Watch::check_boot(const Inhabitant& process) const {
  const bool boots_first = site_.kinds[process.worker] == Kind::delayed_job &&
                           worker_of(process.worker).restart.boot == BootOrder::before;
  const auto copies = std::ranges::count_if(
      world_.processes, [&](const auto& each) { return is_of(each.second, process.worker); });
  if (!boots_first || is_held(process.worker) || copies > 1 || cannot_be_told(process.worker))
    return;
  const auto& state = remembered();
  const auto* stop =
      find_stop(find_record(state, worker_of(process.worker).name), process.shown.id);
  const Duration intended{stop == nullptr ? 0 : world_.boot_clock().count() - stop->asked_at};
  const auto is_recent = [&](const auto& each) {
    return world_.now() - each.second < kBooted + intended;
  };
  if (std::ranges::none_of(booted_, is_recent))
    throw Violation{
        fmt::format("{} is asked to stop, and no application was booted for its successor",
                    name_of_process(process))};
}

void Watch::check_reason(const Inhabitant& process) const {
  const auto since = [&](const std::map<std::size_t, Duration>& times) {
    const auto time = times.find(process.worker);
    return time != times.end() && time->second >= process.decided;
  };
  const auto copies = std::ranges::count_if(
      world_.processes, [&](const auto& each) { return is_of(each.second, process.worker); });
  // What somebody else started during a pass is taken for what that pass has started.
  const bool may_be_touched = !process.ours && process.decided - touched_ < kLongestStart;
  const bool has_reason = may_be_touched ||
                          process.release != present_release(world_, site_).native() ||
                          deployed_ >= process.decided || touched_ >= process.decided ||
                          since(restarts_) || since(holds_began_) || is_held(process.worker) ||
                          (!process.ours && holds_began_.contains(process.worker)) || copies > 1;
  if (has_reason) return;
  if (is_of_unwritten_start(process)) {
    coverage_.count("excused", "asked to stop: its start could not be written down");
    return;
  }
  if (process.was_named) {
    coverage_.count("excused", "asked to stop: the pid file of another named it during a start");
    return;
  }
  const auto kind = site_.kinds[process.worker];
  const bool is_by_our_word = kind == Kind::twin || kind == Kind::by_status;
  const bool is_riddle = is_by_our_word && riddles_.contains(process.worker);
  if (!is_riddle && !cannot_be_told(process.worker))
    throw Violation{fmt::format("{} is asked to stop for no reason", name_of_process(process))};
  coverage_.count("excused", "asked to stop: a child of a dead worker took its place");
}

/// It is taken for what an earlier start has begun, before `restart` asked for another; or its
/// status command alone says that it runs, and nobody knows since when.
bool Watch::is_of_unwritten_start(const Inhabitant& process) const {
  const auto& state = remembered();
  const auto* record = find_record(state, worker_of(process.worker).name);
  if (record == nullptr || !restarts_.contains(process.worker)) return false;
  const bool is_by_status = site_.kinds[process.worker] == Kind::by_status;
  if (is_by_status && !process.ours) return true;
  Duration noted{0};
  if (is_by_status) {
    noted = Duration{record->started_at};
  } else if (record->process) {
    noted = Duration{static_cast<Duration::rep>(record->process->begun) * 10};
  }
  const auto asked = world_.boot_clock() - (world_.now() - restarts_.at(process.worker));
  return noted != Duration{0} && noted < asked;
}

/// Those that are down through us, or on the way there.
void Watch::check_unavailable(const Inhabitant& process) {
  const auto& entry = worker_of(process.worker).entry;
  // By a pass that has begun before.
  const auto released = released_.find(process.worker);
  const bool was_held =
      released != released_.end() && world_.now() - released->second < kLongestStart;
  if (is_held(process.worker) || was_held) return;
  const auto& state = remembered();
  if (is_aside(process, state)) return;
  int total = 0;
  int down = 0;
  for (std::size_t at = 0; at < site_.kinds.size(); ++at) {
    if (worker_of(at).entry != entry || is_held(at)) continue;
    ++total;
    const auto serves = [&](const auto& each) {
      return is_of(each.second, at) && each.second.asks == 0;
    };
    const bool is_up = std::ranges::any_of(world_.processes, serves);
    const auto serves_beside = [&](const auto& each) {
      return serves(each) && each.second.serial != process.serial;
    };
    const bool goes_down =
        at == process.worker && std::ranges::none_of(world_.processes, serves_beside);
    if (goes_down || (at != process.worker && down_through_us_.contains(at) && !is_up)) ++down;
  }
  if (has_riddle(entry)) return;
  const auto& policy = worker_of(process.worker).restart;
  if (down > policy.max_unavailable.of(std::max(total, 1)))
    throw Violation{
        fmt::format("{} of {} are down at a time, with {}", down, total, name_of_process(process))};
  down_through_us_.insert(process.worker);
}

// --- jobs ----------------------------------------------------------------------------------------

void Watch::handed_back(const Row& row) {
  coverage_.count("act", "hand back");
  world_.tell(fmt::format("    the job of {} (pid {}) is handed back", row.name, row.pid));
  if (!row.is_dead)
    throw Violation{
        fmt::format("the job of {} (pid {}) is handed back while it runs", row.name, row.pid)};
}

/// By the clock it may be the job of whoever has the pid and the name by now. That is told, with a
/// line that hands it back.
void Watch::left_alone(Row& row) {
  coverage_.count("act", "leave a job alone");
  if (!row.is_dead) return;
  row.is_lost = true;
  coverage_.count("excused", "job left alone, and told: the clock was set since it was locked");
}

void Watch::process_ended(const Inhabitant& process) {
  if (world_.goes_down) ends_.clear();  // whoever had ended as asked may be called crashed now
  if (process.role != Role::worker) return;
  world_.tell("    " + name_of_process(process) + " ends");
  for (auto& [pid, child] : world_.processes) {
    if (child.role == Role::child && child.shown.parent == process.shown.id.pid)
      child.of_unseen = child.of_unseen || !process.is_remembered;
  }
  const bool is_clean = std::ranges::none_of(
      world_.rows, [&](const Row& row) { return row.owner == process.serial; });
  ends_[process.worker].push_back(
      {.pid = process.shown.id.pid,
       .as_asked = process.asks > 0 && is_clean && !process.ask_may_be_lost && !world_.goes_down});
  for (auto& row : world_.rows)
    row.is_dead = row.is_dead || row.owner == process.serial;
  const auto& state = remembered();
  for (auto& row : world_.rows) {
    if (row.owner == process.serial) row.is_lost = row.is_lost || !is_traced(row, state);
  }
}

bool Watch::is_traced(const Row& row, const State& state) const {
  const auto is_it = [&](pid_t pid) { return pid == row.pid; };
  const auto* record = find_record(state, row.name);
  if (record != nullptr) {
    // After a reboot under another name its pid may have been given to one that nobody saw.
    if (record->process && is_it(record->process->id.pid)) return record->process->host == row.host;
    if (record->former_pid && is_it(*record->former_pid)) return true;
    for (const auto& stop : record->stops)
      if (is_it(stop.process.pid)) return true;
    for (const auto& dead : record->unrecovered)
      if (is_it(dead.pid)) return true;
  }
  const auto worker = std::ranges::find(site_.config.workers, row.name, &Worker::name);
  const auto file = world_.files.read_pid_file(worker->pid_file);
  const auto* named = std::get_if<PidInFile>(&file);
  return (named != nullptr && is_it(named->pid)) ||
         world_.files.find(set_aside_path(worker->pid_file, row.pid)) != nullptr;
}

/// How the host was called when a process was born is remembered, and nothing else tells it.
void Watch::forget_hosts() {
  const auto& state = remembered();
  for (auto& row : world_.rows) {
    const auto* owner = world_.of_serial(row.owner);
    const auto* record = find_record(state, row.name);
    const auto is_it = [&](const DeadProcess& dead) { return dead.pid == row.pid; };
    const bool is_known =
        owner != nullptr ? owner->is_remembered
                         : record != nullptr && std::ranges::any_of(record->unrecovered, is_it);
    row.is_lost = row.is_lost || (!is_known && row.host != world_.host);
  }
}

void Watch::check_traces(bool is_excused) {
  const auto is_open = [](const Row& row) { return row.is_dead && !row.is_lost; };
  if (std::ranges::none_of(world_.rows, is_open)) return;
  const auto& state = remembered();
  for (auto& row : world_.rows) {
    if (!is_open(row) || is_traced(row, state)) continue;
    if (!is_excused)
      throw Violation{
          fmt::format("the job of {} (pid {}), which is dead, is forgotten", row.name, row.pid)};
    row.is_lost = true;
    coverage_.count("excused", "job forgotten: every trace was destroyed");
  }
}

// --- holds ---------------------------------------------------------------------------------------

void Watch::held(std::size_t worker, std::optional<Duration> until) {
  holds_[worker] = until;
  ended_unwritten_.erase(worker);
  holds_began_[worker] = world_.now();
}

void Watch::released(std::size_t worker) {
  if (is_held(worker)) released_[worker] = world_.now();
  holds_.erase(worker);
  ended_unwritten_.erase(worker);
}

void Watch::holds_lost() {
  holds_.clear();
  ended_unwritten_.clear();
}

bool Watch::stands(const Ends& holds, std::size_t worker) const {
  const auto hold = holds.find(worker);
  return hold != holds.end() && (!hold->second || *hold->second > world_.wall_clock());
}

bool Watch::is_held(std::size_t worker) const {
  return stands(holds_, worker) || stands(ended_unwritten_, worker);
}

/// Or its hold has expired, and no pass has come since.
bool Watch::was_held_lately(std::size_t worker) const {
  return is_held(worker) || holds_.contains(worker);
}

void Watch::pass_begins() {
  for (std::size_t at = 0; at < site_.kinds.size(); ++at)
    note_expired(at);
}

/// A pass that sees the end of the hold may still have to write that.
void Watch::note_expired(std::size_t worker) {
  const auto hold = holds_.find(worker);
  if (hold != holds_.end() && !stands(holds_, worker))
    ended_unwritten_.insert(holds_.extract(hold));
}

/// Expired is expired, whatever the clock says later. But where a pass could not take a hold out of
/// its file, it stands again once the clock is set back.
void Watch::end_holds(bool had_faults) {
  if (holds_.empty() && ended_unwritten_.empty()) return;
  const auto* file = world_.files.find(holds_path(site_.config.state_file));
  const auto written = file == nullptr ? Holds{} : parse_holds(file->text).value_or(Holds{});
  const auto is_written = [&](std::size_t worker) {
    return written.contains(worker_of(worker).name);
  };
  std::erase_if(ended_unwritten_, [&](const auto& hold) { return !is_written(hold.first); });
  std::erase_if(holds_, [&](const auto& hold) {
    if (!hold.second || *hold.second > world_.wall_clock()) return false;
    if (had_faults && is_written(hold.first)) ended_unwritten_.insert(hold);
    return true;
  });
}

// --- the ends of passes --------------------------------------------------------------------------

void Watch::memory_lost() {
  memory_lost_ = world_.now();
  for (std::size_t at = 0; at < site_.kinds.size(); ++at)
    riddles_.insert(at);
  for (auto& [pid, process] : world_.processes) {
    process.ask_may_be_lost = true;
    process.is_remembered = false;
    process.was_set_aside = false;
  }
  ends_.clear();
  down_through_us_.clear();  // that those were asked is not known any more
}

/// Workers of one command line are told apart by bootcheck's word alone.
void Watch::name_twins(const State& state) {
  for (std::size_t at = 0; at < site_.kinds.size(); ++at) {
    if (site_.kinds[at] != Kind::twin) continue;
    const auto* record = find_record(state, worker_of(at).name);
    if (record == nullptr || !record->process) continue;
    auto* process = world_.find(record->process->id.pid);
    const bool is_twin = process != nullptr && process->shown.id == record->process->id &&
                         process->role == Role::worker &&
                         site_.kinds[process->worker] == Kind::twin;
    if (is_twin) process->worker = at;
  }
}

/// What has once been written down must not be forgotten again.
void Watch::note_remembered() {
  const auto& state = remembered();
  name_twins(state);
  for (auto& [pid, process] : world_.processes) {
    if (process.role != Role::worker || process.is_remembered) continue;
    const auto* record = find_record(state, worker_of(process.worker).name);
    const auto& id = process.shown.id;
    process.is_remembered = record != nullptr && ((record->process && record->process->id == id) ||
                                                  find_stop(record, id) != nullptr);
    if (process.is_remembered && process.born > memory_lost_) riddles_.erase(process.worker);
  }
}

void Watch::note_unsaved_asks(bool is_excused) {
  const auto is_asked = [](const auto& each) {
    return each.second.asks > 0 && !each.second.ask_may_be_lost;
  };
  if (std::ranges::none_of(world_.processes, is_asked)) return;
  const auto& state = remembered();
  for (auto& [pid, process] : world_.processes) {
    if (process.asks == 0 || process.ask_may_be_lost) continue;
    // A pid file of another worker may have named it.
    const bool is_noted = std::ranges::any_of(state.workers, [&](const auto& each) {
      const auto* stop = find_stop(&each.second, process.shown.id);
      const auto& by_command = each.second.by_command;
      return (stop != nullptr && stop->asked) ||
             (by_command && by_command->asked && each.first == worker_of(process.worker).name);
    });
    if (is_noted) continue;
    if (!is_excused)
      throw Violation{name_of_process(process) + " was asked to stop, and that is not remembered"};
    process.ask_may_be_lost = true;
  }
}

void Watch::passed(const PassDone& done, bool had_faults) {
  coverage_.count(done.seen.plan, done.events);
  note_unsaved_asks(had_faults);
  check_traces(had_faults);
  if (!had_faults) check_crashes(done);
  forget_told_ends(done);
  check_size();
  note_remembered();
  end_holds(had_faults);
  std::erase_if(down_through_us_, [&](std::size_t worker) {
    return std::ranges::any_of(world_.processes, [&](const auto& each) {
      return is_of(each.second, worker) && each.second.asks == 0;
    });
  });
}

/// Whether somebody was asked before its end is not known where that was not written down.
void Watch::forget_unwritten_asks() {
  const auto& state = remembered();
  for (auto& [worker, ends] : ends_) {
    const auto* record = find_record(state, worker_of(worker).name);
    for (auto& end : ends) {
      const auto is_noted = [&](const StopRequest& stop) {
        return stop.process.pid == end.pid && stop.asked;
      };
      end.as_asked =
          end.as_asked && record != nullptr && std::ranges::any_of(record->stops, is_noted);
    }
  }
}

void Watch::broken_off(bool had_faults) {
  forget_unwritten_asks();
  note_unsaved_asks(true);
  check_traces(had_faults);
  note_remembered();
}

/// Another process may get the pid.
void Watch::forget_told_ends(const PassDone& done) {
  for (const auto& event : done.events) {
    const auto* stopping = std::get_if<Stopping>(&event.detail);
    if (event.kind != EventKind::drained || stopping == nullptr) continue;
    for (auto& [worker, ends] : ends_) {
      if (worker_of(worker).name == event.worker)
        std::erase_if(ends, [&](const LastEnd& end) { return end.pid == stopping->pid; });
    }
  }
}

/// `crashed` is told of nobody that ended as it was asked to.
void Watch::check_crashes(const PassDone& done) const {
  for (const auto& event : done.events) {
    const auto* of = std::get_if<OfProcess>(&event.detail);
    if (event.kind != EventKind::crashed || of == nullptr) continue;
    const auto worker = std::ranges::find(site_.config.workers, event.worker, &Worker::name);
    const auto ends = ends_.find(static_cast<std::size_t>(worker - site_.config.workers.begin()));
    if (ends == ends_.end()) continue;
    const auto last =
        std::ranges::find(ends->second.rbegin(), ends->second.rend(), of->pid, &LastEnd::pid);
    if (last != ends->second.rend() && last->as_asked)
      throw Violation{
          fmt::format("{} (pid {}) ended as asked and is called crashed", event.worker, of->pid)};
  }
}

void Watch::check_size() const {
  const auto* file = world_.files.find(site_.config.state_file);
  if (file == nullptr) return;
  if (file->text.size() > kLargestState + kLargestRecord * site_.kinds.size())
    throw Violation{fmt::format("the state has grown to {} bytes", file->text.size())};
}

/// Only where it may write at all.
void Watch::wrote(const Path& path) {
  const auto where = world_.files.resolved(path.parent_path());
  if (!is_below(where, site_.shared)) throw Violation{"a pass writes " + path.native()};
}

// --- in the end ----------------------------------------------------------------------------------

std::string Watch::what_is_missing() const {
  const auto& state = remembered();
  std::string missing;
  for (std::size_t at = 0; at < site_.kinds.size() && missing.empty(); ++at)
    missing = what_is_missing(at, state);
  for (const auto& row : world_.rows) {
    // While its worker is held nobody boots the application for what was asked to stop, nor for
    // one of which nobody can tell whether it runs.
    const auto at =
        static_cast<std::size_t>(std::ranges::find(site_.config.workers, row.name, &Worker::name) -
                                 site_.config.workers.begin());
    // Its successor has its very pid, so that both are one to the queue.
    const auto* holder = world_.find(row.pid);
    const bool is_shared = holder != nullptr && is_of(*holder, at);
    if (row.is_dead && !row.is_lost && !is_shared && !was_held_lately(at) && !cannot_be_told(at) &&
        missing.empty())
      missing = fmt::format("the job of {} (pid {}) was not handed back", row.name, row.pid);
  }
  return missing;
}

/// Its pid file alone tells that it is the worker, and is older by a clock that was set.
bool Watch::is_in_doubt(const Inhabitant& named, std::size_t worker) const {
  const auto& state = remembered();
  const auto* record = find_record(state, worker_of(worker).name);
  const bool is_known =
      record != nullptr && record->process && record->process->id == named.shown.id;
  const bool is_inside =
      is_below(*named.shown.cwd, named.release) && is_of_application(named.release, state);
  const auto* file = world_.files.find(worker_of(worker).pid_file);
  if (!is_of(named, worker) || is_known || is_inside || file == nullptr) return false;
  const Duration born{static_cast<Duration::rep>(named.shown.id.start_time) * 10};
  const auto age = world_.boot_clock() - born;
  return file->modified + kInaccurate < world_.wall_clock() - age;
}

/// Nothing but what was remembered tells what the processes of a daemon are that bears its start
/// command, or a title of its own; or whether a child that bears its parent's title is one.
bool Watch::cannot_be_told(std::size_t worker) const {
  const auto kind = site_.kinds[worker];
  const bool is_told =
      kind != Kind::plain_daemon && kind != Kind::untitled_daemon && kind != Kind::changing_title;
  const auto file = world_.files.read_pid_file(worker_of(worker).pid_file);
  const auto* named = std::get_if<PidInFile>(&file);
  const auto* stranger = named == nullptr ? nullptr : world_.find(named->pid);
  if (!is_told && riddles_.contains(worker)) return true;
  if (stranger != nullptr && is_in_doubt(*stranger, worker)) return true;
  const bool has_title = !worker_of(worker).process_title.empty();
  const bool is_stranger =
      stranger != nullptr && (stranger->role != Role::worker || stranger->worker != worker);
  const auto& state = remembered();
  const auto* record = find_record(state, worker_of(worker).name);
  // It came by the pid that an old file says when nothing was remembered.
  const bool is_adopted = is_stranger && record != nullptr && record->process &&
                          record->process->id == stranger->shown.id;
  // And is left alone where it is younger than that file.
  const bool is_forgotten =
      is_stranger && (record == nullptr || record->former_pid != stranger->shown.id.pid);
  const bool is_believed = is_stranger && (stranger->was_named || is_adopted || is_forgotten) &&
                           stranger->role == Role::neighbour;
  const bool is_own_child =
      is_stranger && stranger->was_named && stranger->role == Role::child;  // as with unicorn
  if (is_stranger && (!has_title || is_believed || is_own_child)) return true;
  return std::ranges::any_of(world_.processes, [&](const auto& each) {
    const auto& process = each.second;
    if (process.worker != worker) return false;
    const bool is_old = process.born <= memory_lost_ || !process.ours || !process.is_remembered;
    if (process.role == Role::child)
      return process.of_unseen || process.born <= memory_lost_ || is_of_one_elsewhere(process);
    return !is_told && is_old && process.role == Role::worker;
  });
}

/// Its parent was never written down, and works outside the application.
bool Watch::is_of_one_elsewhere(const Inhabitant& child) const {
  const auto* parent = world_.find(child.shown.parent);
  return parent != nullptr && !parent->is_remembered &&
         !is_below(*parent->shown.cwd, parent->release);
}

/// Of such a worker it is not told either whether it counts as down.
bool Watch::has_riddle(std::size_t entry) const {
  for (std::size_t at = 0; at < site_.kinds.size(); ++at) {
    if (worker_of(at).entry == entry && cannot_be_told(at)) return true;
  }
  return false;
}

std::string Watch::what_is_missing(std::size_t at, const State& state) const {
  const auto& worker = worker_of(at);
  const bool by_status = site_.kinds[at] == Kind::by_status;
  const auto present = present_release(world_, site_).native();
  if (cannot_be_told(at)) return {};
  std::vector<const Inhabitant*> copies;
  for (const auto& [pid, process] : world_.processes) {
    if (!is_of(process, at)) continue;
    if (process.was_set_aside) return name_of_process(process) + " is still set aside";
    if (process.is_remembered || can_be_known(process, state)) copies.push_back(&process);
  }
  const bool is_by_hand = std::ranges::any_of(copies, [](const auto* each) { return !each->ours; });
  const bool is_unwritten = std::ranges::any_of(
      copies, [this](const auto* each) { return is_of_unwritten_start(*each); });
  const bool can_be_stopped = !by_status || (!worker.stop.empty() && !is_by_hand && !is_unwritten);
  const bool is_unknown_twin = site_.kinds[at] == Kind::twin && riddles_.contains(at);
  if (was_held_lately(at)) {
    return copies.empty() || !can_be_stopped || is_unknown_twin
               ? ""
               : worker.name + " is held, and runs";
  }
  if (copies.empty()) return worker.name + " does not run";
  // Nobody looks for what was started by hand beside a worker that runs, nor for one whose start
  // could not be written down.
  const auto is_known = [](const Inhabitant* each) { return each->is_remembered; };
  if (std::ranges::count_if(copies, is_known) > 1 && !by_status &&
      site_.config.orphans == Orphans::drain)
    return worker.name + " runs more than once";
  for (const auto* process : copies) {
    // While it cannot be told whether that is it, its file that says so stays.
    if (is_aside(*process, state) && !riddles_.contains(at))
      return name_of_process(*process) + " is still set aside";
    const bool shows_release = site_.releases.filename() == "releases" &&
                               is_below(*process->shown.cwd, site_.releases) &&
                               world_.releases.contains(process->shown.cwd->native());
    const bool tells_itself =
        site_.kinds[at] != Kind::untitled_daemon && site_.kinds[at] != Kind::changing_title;
    const bool is_datable = (shows_release && tells_itself) || process->born > memory_lost_;
    const auto* record = find_record(state, worker.name);
    const bool is_noted = record != nullptr && record->process && !record->process->release.empty();
    const bool is_alone = copies.size() == 1 && !has_riddle(worker.entry);
    if (process->release != present && is_datable && (is_noted || shows_release) && process->ours &&
        !by_status && is_alone)
      return name_of_process(*process) + " runs the code of " + process->release;
  }
  return {};
}

}  // namespace bootcheck::sim
