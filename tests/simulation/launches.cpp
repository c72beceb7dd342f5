#include "simulation/launches.h"

#include <algorithm>
#include <csignal>
#include <utility>

namespace bootcheck::sim {

SimLaunches::~SimLaunches() {
  if (boot_ != world_.boot) return;
  for (const auto& [pid, child] : children_) {
    if (auto* process = world_.of_serial(child.serial); process != nullptr && process->converses)
      machine_.programs_.hang_up(*process);
    world_.let_go(child.serial);
  }
}

std::string SimLaunches::make_output(const Path& file) {
  try {
    machine_.append_to_file(file, "");
    return {};
  } catch (const std::system_error& error) {
    return error.what();
  }
}

std::variant<pid_t, NotStarted> SimLaunches::start(const LaunchRequest& request) {
  machine_.enter();
  if (machine_.lacks_descriptors()) return NotStarted{"Too many open files"};
  auto started = machine_.programs_.launch(request, true);
  if (const auto* pid = std::get_if<pid_t>(&started)) {
    const auto serial = world_.processes.at(*pid).serial;
    world_.wait_for(serial);
    children_[*pid] = {.serial = serial, .was_signalled = false};
  }
  return started;
}

void SimLaunches::signal_group(pid_t command, int signal) {
  machine_.enter();
  const auto child = children_.find(command);
  if (child == children_.end()) return;
  child->second.was_signalled = true;
  machine_.programs_.signal_group(command, signal);
}

bool SimLaunches::tell(pid_t command, std::string_view line) {
  machine_.enter();
  const auto child = children_.find(command);
  auto* process = child == children_.end() ? nullptr : world_.of_serial(child->second.serial);
  if (process == nullptr || process->is_hung_up) return false;
  machine_.programs_.tell(*process, std::string(line));
  return true;
}

void SimLaunches::hang_up(pid_t command) {
  machine_.enter();
  const auto child = children_.find(command);
  auto* process = child == children_.end() ? nullptr : world_.of_serial(child->second.serial);
  if (process != nullptr) machine_.programs_.hang_up(*process);
}

void SimLaunches::let_go(pid_t command) {
  machine_.enter();
  const auto child = children_.find(command);
  if (child == children_.end()) return;
  world_.let_go(child->second.serial);
  children_.erase(child);
}

void SimLaunches::watch(const ProcessId& process) {
  machine_.enter();
  watched_.push_back(process);
}

bool SimLaunches::watch_folder(const Path& folder) {
  machine_.enter();
  if (!world_.files.is_folder(folder)) return false;
  if (std::ranges::find(folders_, folder) == folders_.end()) {
    folders_.push_back(folder);
    seen_until_.reset();
    std::vector<Occurrence> nobody;
    take_changes(nobody);
  }
  return true;
}

void SimLaunches::take_changes(std::vector<Occurrence>& told) {
  if (std::exchange(seen_until_, world_.files.changes()) == world_.files.changes()) return;
  for (const auto& folder : folders_) {
    for (const auto& path : world_.files.list_pid_folder(folder).pid_files) {
      const auto& text = world_.files.find(path)->text;
      const auto [known, is_new] = seen_.try_emplace(path.native(), text);
      if (!is_new && known->second == text) continue;
      known->second = text;
      told.emplace_back(FileChange{path});
    }
  }
}

std::vector<Occurrence> SimLaunches::take() {
  std::vector<Occurrence> told;
  for (const auto& [pid, child] : children_) {
    auto* process = world_.of_serial(child.serial);
    if (process == nullptr || !process->converses) continue;
    for (auto& line : std::exchange(process->said, {}))
      told.emplace_back(Said{.command = pid, .line = std::move(line)});
  }
  std::erase_if(children_, [&](const auto& each) {
    const auto& [pid, child] = each;
    auto outcome = world_.reap(child.serial);
    if (!outcome) return false;
    if (child.was_signalled) machine_.programs_.signal_group(pid, SIGKILL);
    told.emplace_back(CommandEnd{pid, std::move(*outcome)});
    return true;
  });
  std::erase_if(watched_, [&](const ProcessId& process) {
    if (machine_.lives(process)) return false;
    told.emplace_back(ProcessEnd{process});
    return true;
  });
  take_changes(told);
  return told;
}

std::vector<Occurrence> SimLaunches::wait(Duration until) {
  machine_.enter();
  for (;;) {
    auto told = take();
    if (!told.empty()) return told;
    if (!machine_.step(until)) return take();
  }
}

}  // namespace bootcheck::sim
