#include "act/preloaders.h"

#include "model/identity.h"

#include <algorithm>
#include <utility>

namespace bootcheck {

Code code_of(Machine& machine, std::string release, const Worker& worker) {
  const auto& restart = worker.restart;
  return {.release = std::move(release),
          .restart_file_mtime = restart.on_restart_file
                                    ? machine.modification_time(restart.restart_file)
                                    : std::nullopt};
}

Launches& Preloaders::launches() {
  if (!launches_) launches_ = machine_.launches();
  return *launches_;
}

Preloader* Preloaders::find(const Config& config, const Worker& worker, const Code& code) {
  const auto found = std::ranges::find_if(all_, [&](const Preloader& each) {
    return each.code == code && share_a_boot(config.workers[each.worker], worker);
  });
  return found == all_.end() ? nullptr : &*found;
}

Preloader* Preloaders::find(pid_t pid) {
  const auto found = std::ranges::find(all_, pid, &Preloader::pid);
  return found == all_.end() ? nullptr : &*found;
}

void Preloaders::begin(Preloader preloader) {
  all_.push_back(std::move(preloader));
}

void Preloaders::forget(pid_t pid) {
  std::erase_if(all_, [pid](const Preloader& each) { return each.pid == pid; });
}

std::optional<int> Preloaders::give(Preloader& preloader, const Config& config, const Batch& batch,
                                    const Path& output) {
  const int number = preloader.batches++;
  auto line = batch_line(config, batch, number, output);
  if (!preloader.has_booted) {
    preloader.untold.push_back(std::move(line));
  } else if (!launches().tell(preloader.pid, line)) {
    forget(preloader.pid);
    return std::nullopt;
  }
  return number;
}

/// That it cannot be told any more shows by its end.
void Preloaders::note_booted(Preloader& preloader) {
  preloader.has_booted = true;
  for (const auto& line : std::exchange(preloader.untold, {}))
    launches().tell(preloader.pid, line);
}

bool Preloaders::is_any_ready() const {
  return std::ranges::any_of(all_, &Preloader::has_booted);
}

void Preloaders::hang_up() {
  for (const auto& each : all_)
    launches_->hang_up(each.pid);
  all_.clear();
}

}  // namespace bootcheck
