#include "act/start_watch.h"

#include <utility>

namespace bootcheck {
namespace {

/// So often a worker that has ended is started again by one pass.
constexpr int kMostEnds = 2;

}  // namespace

StartWatch::StartWatch(Launches& launches, const std::vector<RunningWorker>& running)
    : launches_(launches) {
  for (const auto& each : running)
    watch(each.worker, each.process, std::nullopt);
}

void StartWatch::watch(std::size_t worker, const ProcessId& process,
                       std::optional<start::WorkerNumber> rising) {
  const bool is_same = find(process) != nullptr;
  watched_.insert_or_assign(process.pid, Watched{worker, process, rising});
  // A command that is let go is not waited for any more, so it is watched from then on.
  if (!is_same || !rising) new_.push_back(process);
}

bool StartWatch::watch_pid_file(const Path& file, start::WorkerNumber number) {
  const auto folder = file.parent_path();
  auto& is_told = folders_.try_emplace(folder, false).first->second;
  is_told = is_told || launches_.watch_folder(folder);
  if (is_told) pid_files_.insert_or_assign(file, number);
  return is_told;
}

std::optional<start::WorkerNumber> StartWatch::whose_pid_file(const Path& file) const {
  const auto found = pid_files_.find(file);
  return found == pid_files_.end() ? std::nullopt : std::optional(found->second);
}

const StartWatch::Watched* StartWatch::find(const ProcessId& process) const {
  const auto found = watched_.find(process.pid);
  return found != watched_.end() && found->second.process == process ? &found->second : nullptr;
}

std::optional<std::size_t> StartWatch::worker_of(const ProcessId& process) const {
  const auto* watched = find(process);
  return watched == nullptr ? std::nullopt : std::optional(watched->worker);
}

void StartWatch::begin() {
  for (const auto& process : std::exchange(new_, {}))
    launches_.watch(process);
}

std::optional<start::WorkerNumber> StartWatch::note_end(const ProcessId& process) {
  const auto* found = find(process);
  if (found == nullptr) return std::nullopt;
  const auto watched = *found;
  watched_.erase(process.pid);
  if (watched.rising) return watched.rising;
  if (++ends_[watched.worker] <= kMostEnds) ended_.push_back(watched.worker);
  return std::nullopt;
}

std::vector<std::size_t> StartWatch::take_ended() {
  return std::exchange(ended_, {});
}

}  // namespace bootcheck
