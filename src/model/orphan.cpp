#include "model/orphan.h"

#include <algorithm>
#include <string_view>

namespace bootcheck {
namespace {

bool is_delayed_job(const Worker& worker) {
  return worker.preset == "delayed_job";
}

}  // namespace

bool bears_any_title(const Argv& command_line) {
  if (command_line.size() != 1) return false;
  std::string_view title = command_line.front();
  title.remove_prefix(title.find_last_of('/') + 1);
  return title == "delayed_job" ||
         (title.starts_with("delayed_job.") && !title.ends_with("_monitor"));  // daemons' monitor
}

bool is_orphan(const std::vector<Worker>& workers, const App& app, const Process& process) {
  if (process.uid != app.uid || !bears_any_title(process.argv)) return false;
  if (!process.cwd || !app.owns(*process.cwd)) return false;
  const auto is_named = [&](const Worker& worker) { return bears_title(process.argv, worker); };
  return std::ranges::any_of(workers, is_delayed_job) && std::ranges::none_of(workers, is_named);
}

std::vector<Process> orphans_to_drain(const Facts& facts, const State& state) {
  std::vector<Process> drain;
  if (facts.orphan_policy != Orphans::drain) return drain;
  for (const auto& orphan : facts.orphans) {
    if (std::ranges::find(state.orphans, orphan.id, &StopRequest::process) == state.orphans.end())
      drain.push_back(orphan);
  }
  return drain;
}

}  // namespace bootcheck
