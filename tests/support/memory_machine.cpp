#include "support/memory_machine.h"

#include "util/errors.h"

#include <algorithm>
#include <csignal>
#include <set>
#include <utility>

#include <boost/json.hpp>

namespace bootcheck {

ProcessId MemoryMachine::add_process(const Argv& argv, const Path& cwd, uid_t uid) {
  const ProcessId id{.pid = next_pid_++, .start_time = static_cast<std::uint64_t>(now_.count())};
  auto& process = processes_[id.pid];
  process.id = id;
  process.parent = 1;
  process.session = id.pid;
  process.uid = uid;
  process.cwd = cwd;
  process.argv = argv;
  process.resident = 1U << 20U;
  return id;
}

void MemoryMachine::end_process(pid_t pid) {
  processes_.erase(pid);
  ends_.erase(pid);
}

void MemoryMachine::put_file(const Path& path, std::string text) {
  put(path, std::move(text), wall_clock());
}

std::optional<std::string> MemoryMachine::text_of(const Path& path) const {
  const auto* file = find(path);
  return file == nullptr ? std::nullopt : std::optional(file->text);
}

void MemoryMachine::pass_time(Duration duration) {
  now_ += duration;
  std::vector<pid_t> over;
  for (const auto& [pid, end] : ends_) {
    if (end <= now_) over.push_back(pid);
  }
  for (const pid_t pid : over) {
    if (const auto own = pid_files.find(pid); own != pid_files.end()) remove(own->second);
    end_process(pid);
  }
}

bool MemoryMachine::is_there(const ProcessId& process) const {
  const auto found = processes_.find(process.pid);
  return found != processes_.end() && found->second.id == process;
}

ProcessLook MemoryMachine::look(pid_t pid, const std::optional<ProcessId>& known) {
  const auto found = processes_.find(pid);
  if (found == processes_.end() || (hides_processes && found->second.uid != kUser)) {
    if (hides_processes) return Hidden{"pid 1 is not shown"};
    return NoProcess{};
  }
  auto process = found->second;
  if (known == process.id) {
    process.argv.reset();
    process.cwd.reset();
  }
  return process;
}

void MemoryMachine::scan(uid_t uid, const std::unordered_set<pid_t>& but,
                         const IsCandidate& is_candidate, const Visit& visit) {
  for (const auto& [pid, process] : std::map(processes_)) {
    const bool is_meant = process.uid == uid && !but.contains(pid);
    if (is_meant && process.argv && is_candidate(*process.argv)) visit(Process(process));
  }
}

std::optional<std::uint64_t> MemoryMachine::memory_of_tree(pid_t pid, std::uint64_t) {
  const auto found = processes_.find(pid);
  return found == processes_.end() ? std::nullopt : std::optional(found->second.resident);
}

bool MemoryMachine::send_signal(const ProcessId& process, int signal) {
  if (!is_there(process)) return false;
  signals.emplace_back(process, signal);
  if (signal == SIGKILL) end_process(process.pid);
  if (signal == SIGTERM) ends_.try_emplace(process.pid, now_ + job);
  return true;
}

bool MemoryMachine::wait_for_exit(const std::vector<ProcessId>& processes, Duration timeout) {
  const auto has_ended = [this](const ProcessId& process) { return !is_there(process); };
  const auto end = now_ + timeout;
  for (;;) {
    pass_time(Duration{0});
    if (std::ranges::any_of(processes, has_ended)) return true;
    if (now_ >= end) return false;
    auto next = end;
    for (const auto& each : ends_)
      next = std::min(next, std::max(each.second, now_));
    pass_time(next - now_);
  }
}

/// Commands are processes that live until they are ended. A preloader has booted at once, and so
/// have the workers that it is told to start.
class MemoryLaunches final : public Launches {
 public:
  explicit MemoryLaunches(MemoryMachine& machine) : machine_(machine) {}

  std::string make_output(const Path& file) override {
    machine_.append_to_file(file, "");
    return {};
  }

  std::variant<pid_t, NotStarted> start(const LaunchRequest& request) override {
    machine_.launched.push_back(request);
    const auto id = machine_.add_process(request.argv, request.working_directory);
    if (!request.pid_file.empty()) machine_.write_pid_file(request.pid_file, id.pid);
    commands_.insert(id.pid);
    if (request.converses && machine_.boots) said_.push_back({id.pid, "booted"});
    if (request.converses && !machine_.boots) machine_.end_process(id.pid);
    return id.pid;
  }

  bool tell(pid_t command, std::string_view line) override {
    const auto batch = boost::json::parse(line).as_object();
    for (const auto& start : batch.at("start").as_array())
      bring_up(machine_.processes_.at(command), std::string(start.at(0).as_string()));
    said_.push_back({command, "ended " + std::to_string(batch.at("batch").as_int64()) + " 0"});
    return true;
  }

  void hang_up(pid_t command) override { machine_.end_process(command); }

  void signal_group(pid_t command, int signal) override {
    const auto found = machine_.processes_.find(command);
    if (commands_.contains(command) && found != machine_.processes_.end())
      machine_.send_signal(found->second.id, signal);
  }

  void let_go(pid_t command) override { commands_.erase(command); }
  void watch(const ProcessId& process) override { watched_.push_back(process); }
  bool watch_folder(const Path& folder) override { return machine_.is_folder(folder); }

  std::vector<Occurrence> wait(Duration until) override {
    for (;;) {
      auto told = take();
      if (!told.empty() || machine_.now_ >= until) return told;
      auto next = until;
      for (const auto& each : machine_.ends_)
        next = std::min(next, std::max(each.second, machine_.now_));
      machine_.pass_time(next - machine_.now_);
    }
  }

 private:
  /// `--identifier=2`
  void bring_up(const Process& preloader, const std::string& option) {
    const auto name = "delayed_job." + option.substr(option.find('=') + 1);
    const auto folder = machine_.resolved(*preloader.cwd);
    const auto id = machine_.add_process({name}, folder);
    const auto file = folder / "tmp/pids" / (name + ".pid");
    machine_.put_file(file, std::to_string(id.pid) + "\n");
    machine_.pid_files[id.pid] = file;
  }

  std::vector<Occurrence> take() {
    std::vector<Occurrence> told;
    for (auto& said : std::exchange(said_, {}))
      told.emplace_back(std::move(said));
    std::erase_if(commands_, [&](pid_t pid) {
      if (machine_.is_alive(pid)) return false;
      told.emplace_back(CommandEnd{pid, KilledBySignal{SIGTERM}});
      return true;
    });
    std::erase_if(watched_, [&](const ProcessId& process) {
      if (machine_.is_there(process)) return false;
      told.emplace_back(ProcessEnd{process});
      return true;
    });
    return told;
  }

  MemoryMachine& machine_;
  std::set<pid_t> commands_;
  std::vector<Said> said_;
  std::vector<ProcessId> watched_;
};

std::unique_ptr<Launches> MemoryMachine::launches() {
  return std::make_unique<MemoryLaunches>(*this);
}

void MemoryMachine::change(const Path& path, std::string text) {
  ++writes;
  put_file(path, std::move(text));
}

void MemoryMachine::replace_file(const Path& path, std::string_view text, Durability) {
  if (is_folder(path)) throw_error(EISDIR, "cannot replace " + path.native());
  if (path == unwritable) throw_error(ENOSPC, "cannot replace " + path.native());
  change(path, std::string(text));
}

void MemoryMachine::publish_file(const Path& path, std::string_view text) {
  if (!is_folder(path.parent_path())) throw_error(ENOENT, "cannot open " + path.native());
  change(path, std::string(text));
}

void MemoryMachine::append_to_file(const Path& path, std::string_view text) {
  change(path, text_of(path).value_or("") + std::string(text));
}

void MemoryMachine::write_pid_file(const Path& path, pid_t pid) {
  replace_file(path, std::to_string(pid) + "\n", Durability::renamed);
}

bool MemoryMachine::remove_pid_file(const Path& path, pid_t expected) {
  const bool removed = MemoryFiles::remove_pid_file(path, expected);
  writes += removed ? 1 : 0;
  return removed;
}

void MemoryMachine::set_aside_pid_file(const Path& path, pid_t pid) {
  if (!remove_pid_file(path, pid)) throw_error(ECANCELED, "cannot set aside " + path.native());
  write_pid_file(set_aside_path(path, pid), pid);
}

void MemoryMachine::remove_file(const Path& path) {
  writes += erase(path) ? 1 : 0;
}

class MemoryLock final : public FileLock {
 public:
  MemoryLock(MemoryMachine& machine, Path path) : machine_(machine), path_(std::move(path)) {
    const auto file = machine_.file_status(path_);
    if (file) last_touched = file->modified / 1'000'000'000;
    if (!file) machine_.put_file(path_, "");
  }
  void touch() override { machine_.put_file(path_, machine_.text_of(path_).value_or("")); }

 private:
  MemoryMachine& machine_;
  Path path_;
};

LockTaken MemoryMachine::take_lock(const Path& path, Duration wait) {
  if (busy && path.extension() == ".lock") {
    pass_time(wait);
    return *busy;
  }
  return std::make_unique<MemoryLock>(*this, path);
}

void MemoryMachine::write_to_syslog(LogPriority, const std::string& line) {
  syslog.push_back(line);
}

}  // namespace bootcheck
