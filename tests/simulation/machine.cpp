#include "simulation/machine.h"

#include "simulation/launches.h"
#include "util/errors.h"

#include <algorithm>

namespace bootcheck::sim {
namespace {

/// More than the longest pass and roll-out take.
constexpr std::uint64_t kMostCalls = 2'000'000;

/// Longer than any start may take, and what comes after it.
constexpr Duration kLongestPass = 1h;

}  // namespace

class SimLock final : public FileLock {
 public:
  SimLock(SimMachine& machine, std::string name)
      : machine_(machine), name_(std::move(name)), boot_(machine.world_.boot) {
    machine_.world_.locks.insert(name_);
    outer_ = std::exchange(machine_.locked_, machine_.world_.now());
  }
  void touch() override {
    machine_.enter();
    const auto* file = machine_.world_.files.find(name_);
    machine_.world_.files.put(name_, file == nullptr ? "" : file->text,
                              machine_.world_.wall_clock());
  }
  SimLock(const SimLock&) = delete;
  SimLock& operator=(const SimLock&) = delete;
  ~SimLock() override {
    machine_.locked_ = outer_;
    if (boot_ == machine_.world_.boot) machine_.world_.locks.erase(name_);
  }

 private:
  SimMachine& machine_;
  std::string name_;
  int boot_;
  std::optional<Duration> outer_;  ///< since when it held another, as before this one
};

SimMachine::SimMachine(World& world, Programs& programs, Fuse fuse)
    : world_(world), programs_(programs), fuse_(fuse), boot_(world.boot) {}

void SimMachine::check_alive() {
  if (boot_ != world_.boot || calls_ >= fuse_.calls || world_.now() >= fuse_.at) throw Killed{};
}

void SimMachine::enter() {
  if (++calls_ > kMostCalls) throw Violation{"a pass does not end"};
  check_alive();
  if (calls_ % 8 == 0) step(world_.now() + Duration{1});
  const auto now = world_.now();
  const auto& faults = world_.faults;
  had_faults_ = had_faults_ || now < faults.disk_full || now < faults.read_only ||
                now < faults.state_stuck || now < faults.io_errors || now < faults.descriptors ||
                now < faults.hides_processes;
}

bool SimMachine::step(Duration until) {
  const bool happened = world_.step(until);
  check_alive();
  if (locked_ && world_.now() - *locked_ > kLongestPass) throw Violation{"a pass does not end"};
  return happened;
}

bool SimMachine::is_broken() {
  return world_.now() < world_.faults.io_errors && world_.random.chance(8);
}

bool SimMachine::lacks_descriptors() {
  return world_.now() < world_.faults.descriptors && world_.random.chance(10);
}

void SimMachine::sleep(Duration duration) {
  enter();
  const auto until = world_.now() + duration;
  while (step(until)) {
  }
}

// --- processes -----------------------------------------------------------------------------------

bool SimMachine::lives(const ProcessId& id) const {
  const auto found = world_.processes.find(id.pid);
  return found != world_.processes.end() && found->second.shown.id == id;
}

ProcessLook SimMachine::look(pid_t pid, const std::optional<ProcessId>& known) {
  enter();
  if (lacks_descriptors()) return Hidden{"Too many open files"};
  if (is_broken()) return Hidden{"Input/output error"};
  if (world_.is_zombie(pid)) return Zombie{};
  const auto* found = world_.find(pid);
  if (found == nullptr || (hides() && found->shown.uid != kUser)) {
    if (hides()) return Hidden{"pid 1 is not shown"};
    return NoProcess{};
  }
  auto process = found->shown;
  if (known == process.id) {
    process.argv.reset();
    process.cwd.reset();
  }
  return process;
}

void SimMachine::scan(uid_t uid, const std::unordered_set<pid_t>& but,
                      const IsCandidate& is_candidate, const Visit& visit) {
  enter();
  if (lacks_descriptors()) throw_error(EMFILE, "cannot list /proc");
  std::vector<Process> seen;
  for (const auto& [pid, process] : world_.processes) {
    if (process.shown.uid == uid && !but.contains(pid) && is_candidate(*process.shown.argv))
      seen.push_back(process.shown);
  }
  for (auto& process : seen)
    visit(std::move(process));
}

bool SimMachine::shows_all_processes() {
  return call(!hides());
}

std::optional<std::uint64_t> SimMachine::memory_of_tree(pid_t pid, std::uint64_t) {
  enter();
  const auto* process = world_.find(pid);
  return process == nullptr ? std::nullopt : std::optional(process->shown.resident);
}

bool SimMachine::send_signal(const ProcessId& process, int signal) {
  enter();
  if (lacks_descriptors()) throw_error(EMFILE, "cannot open a pidfd");
  if (!lives(process)) return false;
  programs_.take_signal_of_ours(world_.processes.at(process.pid), signal);
  return true;
}

bool SimMachine::wait_for_exit(const std::vector<ProcessId>& processes, Duration timeout) {
  enter();
  const auto until = world_.now() + timeout;
  const auto has_ended = [this](const ProcessId& process) { return !lives(process); };
  for (;;) {
    if (std::ranges::any_of(processes, has_ended)) return true;
    if (!step(until)) return std::ranges::any_of(processes, has_ended);
  }
}

std::unique_ptr<Launches> SimMachine::launches() {
  enter();
  if (lacks_descriptors()) throw_error(EMFILE, "cannot wait for commands");
  return std::make_unique<SimLaunches>(*this);
}

// --- files ---------------------------------------------------------------------------------------

void SimMachine::begin_to_write(const Path& path, bool needs_room) {
  enter();
  const auto fail = [&](int error) { throw_error(error, "cannot write " + path.native()); };
  programs_.note_write(path);
  if (world_.now() < world_.faults.read_only) fail(EROFS);
  if (needs_room && world_.now() < world_.faults.disk_full) fail(ENOSPC);
  if (world_.now() < world_.faults.state_stuck && path.extension() == ".state") fail(EACCES);
  if (is_broken()) fail(EIO);
  if (needs_room && lacks_descriptors()) fail(EMFILE);
}

FileRead SimMachine::read_file(const Path& path, const ReadOptions& options) {
  enter();
  if (lacks_descriptors()) return UnreadableFile{.why = "Too many open files", .is_failure = true};
  if (is_broken()) return UnreadableFile{.why = "Input/output error", .is_failure = true};
  return world_.files.read(path, options);
}

void SimMachine::replace_file(const Path& path, std::string_view text, Durability) {
  begin_to_write(path, true);
  if (world_.files.is_folder(path)) throw_error(EISDIR, "cannot replace " + path.native());
  world_.files.put(path, std::string(text), world_.wall_clock());
}

void SimMachine::publish_file(const Path& path, std::string_view text) {
  replace_file(path, text, Durability::renamed);
}

void SimMachine::append_to_file(const Path& path, std::string_view text) {
  begin_to_write(path, true);
  programs_.append(path, std::string(text));
}

void SimMachine::remove_file(const Path& path) {
  begin_to_write(path, false);
  world_.files.erase(path);
}

std::optional<FileStatus> SimMachine::file_status(const Path& path) {
  enter();
  if (is_broken()) return std::nullopt;
  return world_.files.status(path);
}

std::optional<std::int64_t> SimMachine::modification_time(const Path& path) {
  enter();
  if (is_broken()) return std::nullopt;
  return world_.files.modification_time(path);
}

bool SimMachine::is_link(const Path& path) {
  return call(world_.files.is_link(path));
}

Path SimMachine::enter_directory(const Path& path) {
  enter();
  if (lacks_descriptors()) throw_error(EMFILE, "cannot change into " + path.native());
  return world_.files.enter(path);
}

std::vector<Path> SimMachine::targets_beside(const Path& link) {
  enter();
  return world_.files.targets_beside(link);
}

PidFile SimMachine::read_pid_file(const Path& path) {
  enter();
  if (lacks_descriptors()) return UnreadablePidFile{"Too many open files"};
  if (is_broken()) return UnreadablePidFile{"Input/output error"};
  return world_.files.read_pid_file(path);
}

void SimMachine::write_pid_file(const Path& path, pid_t pid) {
  begin_to_write(path, true);
  world_.files.put(path, std::to_string(pid) + "\n", world_.wall_clock());
}

bool SimMachine::remove_pid_file(const Path& path, pid_t expected) {
  begin_to_write(path, false);
  return world_.files.remove_pid_file(path, expected);
}

void SimMachine::set_aside_pid_file(const Path& path, pid_t pid) {
  begin_to_write(path, false);
  if (!world_.files.remove_pid_file(path, pid))
    throw_error(ECANCELED, "cannot set " + path.native() + " aside");
  if (auto* process = world_.find(pid)) process->was_set_aside = true;
  world_.files.put(set_aside_path(path, pid), std::to_string(pid) + "\n", world_.wall_clock());
}

PidFolder SimMachine::list_pid_folder(const Path& folder) {
  enter();
  if (lacks_descriptors()) return {};
  return world_.files.list_pid_folder(folder);
}

/// Who would have to wait gives up at once: the one that holds the lock cannot go on before this
/// returns.
LockTaken SimMachine::take_lock(const Path& path, Duration) {
  enter();
  if (world_.now() < world_.faults.read_only)
    throw_error(EROFS, "cannot open the lock file " + path.native());
  if (lacks_descriptors()) throw_error(EMFILE, "cannot open the lock file " + path.native());
  const auto file = world_.files.status(path);
  if (!file && !world_.can_write())
    throw_error(ENOSPC, "cannot open the lock file " + path.native());
  if (world_.locks.contains(path.native()))
    return LockHolder{.pid = 99, .held_for = Duration{1000}};
  auto lock = std::make_unique<SimLock>(*this, path.native());
  if (file) lock->last_touched = file->modified / 1'000'000'000;
  if (!file) world_.files.put(path, "", world_.wall_clock());
  return lock;
}

}  // namespace bootcheck::sim
