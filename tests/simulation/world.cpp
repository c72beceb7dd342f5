#include "simulation/world.h"

#include <algorithm>

namespace bootcheck::sim {

void World::at(Duration when, std::function<void()> what) {
  queue_.emplace(std::max(when, now_), std::move(what));
}

void World::at(Duration when, std::uint64_t serial, std::function<void(Inhabitant&)> what) {
  at(when, [this, serial, what = std::move(what)] {
    if (auto* process = of_serial(serial)) what(*process);
  });
}

bool World::step(Duration until) {
  const auto next = queue_.begin();
  if (next == queue_.end() || next->first > until) {
    now_ = std::max(now_, until);
    return false;
  }
  now_ = std::max(now_, next->first);
  const auto what = std::move(next->second);
  queue_.erase(next);
  what();
  return true;
}

/// As the kernel does it: the next one that is free, from the beginning again at the end. What a
/// session is called by is not free.
pid_t World::free_pid() {
  const auto tick = static_cast<std::uint64_t>(boot_clock().count() * kTicks / 1000);
  const auto is_free = [&](pid_t pid) {
    const auto end = tick_of_end_.find(pid);
    const bool is_session = std::ranges::any_of(
        processes, [pid](const auto& each) { return each.second.shown.session == pid; });
    return !processes.contains(pid) && !is_zombie(pid) && !is_session &&
           (end == tick_of_end_.end() || end->second != tick);
  };
  for (pid_t tries = 0; tries < 100'000; ++tries) {
    ++last_pid_;
    if (last_pid_ > highest_pid + tries) last_pid_ = 2;
    if (is_free(last_pid_)) return last_pid_;
  }
  return last_pid_ = 100'000 + static_cast<pid_t>(births_);
}

Inhabitant& World::bear(Role role, const Argv& argv, const Path& cwd, pid_t parent, pid_t session) {
  const pid_t pid = free_pid();
  auto& process = processes[pid];
  process.serial = ++births_;
  process.role = role;
  process.born = process.decided = now_;
  process.host = host;
  process.shown.id = {
      .pid = pid, .start_time = static_cast<std::uint64_t>(boot_clock().count() * kTicks / 1000)};
  process.shown.uid = kUser;
  process.shown.parent = parent;
  process.shown.session = session == 0 ? pid : session;
  process.shown.argv = argv;
  process.shown.cwd = cwd;
  process.shown.resident = 1U << 20U;
  return process;
}

Inhabitant* World::find(pid_t pid) {
  const auto found = processes.find(pid);
  return found == processes.end() ? nullptr : &found->second;
}

Inhabitant* World::of_serial(std::uint64_t serial) {
  const auto found = std::ranges::find_if(
      processes, [&](const auto& each) { return each.second.serial == serial; });
  return found == processes.end() ? nullptr : &found->second;
}

void World::end(Inhabitant& process, const LaunchOutcome& outcome) {
  on_end(process);
  const pid_t pid = process.shown.id.pid;
  if (awaited_.contains(process.serial)) ends_.insert({process.serial, {pid, outcome}});
  tick_of_end_[pid] = static_cast<std::uint64_t>(boot_clock().count() * kTicks / 1000);
  processes.erase(pid);
  for (auto& [other, child] : processes) {
    if (child.shown.parent == pid) child.shown.parent = 1;
  }
}

std::optional<LaunchOutcome> World::reap(std::uint64_t serial) {
  const auto end = ends_.find(serial);
  if (end == ends_.end()) return std::nullopt;
  auto outcome = end->second.outcome;
  let_go(serial);
  return outcome;
}

void World::let_go(std::uint64_t serial) {
  awaited_.erase(serial);
  ends_.erase(serial);
}

bool World::is_zombie(pid_t pid) const {
  return std::ranges::any_of(ends_, [pid](const auto& end) { return end.second.pid == pid; });
}

void World::reboot() {
  goes_down = true;
  while (!processes.empty())
    end(processes.begin()->second, KilledBySignal{9});
  goes_down = false;
  awaited_.clear();
  ends_.clear();
  tick_of_end_.clear();
  locks.clear();
  ++boot;
  booted = now_ + suspended - 20s;
  last_pid_ = 1;
}

bool World::write(const Path& path, const std::string& text) {
  if (!can_write()) return false;
  files.put(path, text, wall_clock());
  return true;
}

}  // namespace bootcheck::sim
