#include "support/memory_machine.h"

#include "system/pid_file.h"
#include "util/errors.h"

#include <algorithm>
#include <csignal>

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

void MemoryMachine::add_folder(const Path& path) {
  for (auto folder = path; !folder.empty(); folder = folder.parent_path())
    folders_.insert(folder.native());
}

void MemoryMachine::put_file(const Path& path, std::string text) {
  add_folder(path.parent_path());
  files_[path.native()] = {.text = std::move(text), .modified = wall_clock()};
}

std::optional<std::string> MemoryMachine::text_of(const Path& path) const {
  const auto file = files_.find(path.native());
  return file == files_.end() ? std::nullopt : std::optional(file->second.text);
}

void MemoryMachine::remove(const Path& path) {
  files_.erase(path.native());
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

std::optional<std::uint64_t> MemoryMachine::proportional_size(pid_t pid) {
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

/// Commands are processes that live until they are ended.
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
    return id.pid;
  }

  void signal_group(pid_t command, int signal) override {
    const auto found = machine_.processes_.find(command);
    if (commands_.contains(command) && found != machine_.processes_.end())
      machine_.send_signal(found->second.id, signal);
  }

  void let_go(pid_t command) override { commands_.erase(command); }
  void watch(const ProcessId& process) override { watched_.push_back(process); }
  bool watch_folder(const Path& folder) override {
    return machine_.folders_.contains(folder.native());
  }

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
  std::vector<Occurrence> take() {
    std::vector<Occurrence> told;
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
  std::vector<ProcessId> watched_;
};

std::unique_ptr<Launches> MemoryMachine::launches() {
  return std::make_unique<MemoryLaunches>(*this);
}

Path MemoryMachine::resolved(const Path& path) const {
  Path done = "/";
  for (const auto& part : path.relative_path()) {
    done /= part;
    for (auto link = links.find(done.native()); link != links.end();
         link = links.find(done.native()))
      done = link->second;
  }
  return done;
}

FileRead MemoryMachine::read_file(const Path& path, const ReadOptions& options) {
  if (options.links == Links::refused && is_link(path)) return UnreadableFile{"it is a link"};
  const auto where = resolved(path);
  if (folders_.contains(where.native())) return UnreadableFile{"it is a directory"};
  const auto file = files_.find(where.native());
  if (file == files_.end()) return NoFile{};
  const auto& text = file->second.text;
  const auto offset = std::min<std::size_t>(options.offset, text.size());
  const auto rest = text.size() - offset;
  return FileText{.text = text.substr(offset, options.limit), .complete = rest <= options.limit};
}

void MemoryMachine::change(const Path& path, std::string text) {
  ++writes;
  put_file(resolved(path.parent_path()) / path.filename(), std::move(text));
}

void MemoryMachine::replace_file(const Path& path, std::string_view text, Durability) {
  if (folders_.contains(path.native())) throw_error(EISDIR, "cannot replace " + path.native());
  links.erase(path.native());
  change(path, std::string(text));
}

void MemoryMachine::publish_file(const Path& path, std::string_view text) {
  if (!folders_.contains(resolved(path.parent_path()).native()))
    throw_error(ENOENT, "cannot open " + path.native());
  change(path, std::string(text));
}

void MemoryMachine::append_to_file(const Path& path, std::string_view text) {
  change(path, text_of(resolved(path)).value_or("") + std::string(text));
}

std::optional<FileStatus> MemoryMachine::file_status(const Path& path) {
  const auto where = resolved(path);
  if (folders_.contains(where.native()))
    return FileStatus{.size = 0, .modified = 0, .is_directory = true};
  const auto file = files_.find(where.native());
  if (file == files_.end()) return std::nullopt;
  return FileStatus{.size = file->second.text.size(),
                    .modified = file->second.modified.count() * 1'000'000,
                    .is_directory = false};
}

Path MemoryMachine::enter_directory(const Path& path) {
  auto where = resolved(path);
  if (!folders_.contains(where.native())) throw_error(ENOENT, path.native());
  return where;
}

std::vector<Path> MemoryMachine::targets_beside(const Path& link) {
  std::vector<Path> targets;
  for (const auto& [path, target] : links) {
    const auto where = resolved(path);
    if (Path(path).parent_path() == link.parent_path() && where != resolved(link) &&
        folders_.contains(where.native()))
      targets.push_back(where);
  }
  return targets;
}

PidFile MemoryMachine::read_pid_file(const Path& path) {
  const auto read = read_file(path, {});
  if (std::holds_alternative<NoFile>(read)) return NoPidFile{};
  if (const auto* unreadable = std::get_if<UnreadableFile>(&read))
    return GarbagePidFile{unreadable->why};
  return parse_pid_file(std::get<FileText>(read).text);
}

void MemoryMachine::write_pid_file(const Path& path, pid_t pid) {
  replace_file(path, std::to_string(pid) + "\n", Durability::renamed);
}

bool MemoryMachine::remove_pid_file(const Path& path, pid_t expected) {
  const auto file = read_pid_file(path);
  const auto* named = std::get_if<PidInFile>(&file);
  const bool as_expected = expected == 0 ? std::holds_alternative<GarbagePidFile>(file)
                                         : named != nullptr && named->pid == expected;
  if (!as_expected) return false;
  ++writes;
  return files_.erase(resolved(path).native()) > 0;
}

void MemoryMachine::set_aside_pid_file(const Path& path, pid_t pid) {
  if (!remove_pid_file(path, pid)) throw_error(ECANCELED, "cannot set aside " + path.native());
  write_pid_file(set_aside_path(path, pid), pid);
}

PidFolder MemoryMachine::list_pid_folder(const Path& folder) {
  constexpr std::string_view kMark = ".pid.draining.";
  PidFolder found;
  for (const auto& [name, file] : files_) {
    const Path path = name;
    const auto mark = name.rfind(kMark);
    if (path.parent_path() != resolved(folder)) continue;
    if (name.ends_with(".pid")) found.pid_files.push_back(path);
    if (mark != std::string::npos)
      found.set_aside.push_back(
          {Path(name.substr(0, mark + 4)), std::stoi(name.substr(mark + kMark.size()))});
  }
  return found;
}

LockTaken MemoryMachine::take_lock(const Path& path, Duration wait) {
  if (busy) {
    pass_time(wait);
    return *busy;
  }
  auto lock = std::make_unique<PassLock>();
  if (const auto file = file_status(path)) lock->last_pass = file->modified / 1'000'000'000;
  put_file(path, "");
  return lock;
}

void MemoryMachine::write_to_syslog(LogPriority, const std::string& line) {
  syslog.push_back(line);
}

}  // namespace bootcheck
