#include "act/sight.h"

#include "observe/observe.h"

#include <algorithm>

namespace bootcheck {

std::optional<Process> see_daemon(const StartContext& context, const Worker& worker) {
  Observation seen;
  seen.pid_file = context.run.machine.read_pid_file(worker.pid_file);
  if (const auto* file = std::get_if<PidInFile>(&seen.pid_file))
    seen.named = context.run.machine.look(file->pid);
  if (proof_of_named(worker, context.app, seen, nullptr) != Proof::title) return std::nullopt;
  return std::get<Process>(seen.named);
}

std::optional<Process> see_child(const StartContext& context, pid_t child) {
  if (child == 0) return std::nullopt;
  auto look = context.run.machine.look(child);
  auto* process = std::get_if<Process>(&look);
  return process == nullptr ? std::nullopt : std::optional(std::move(*process));
}

std::optional<Process> see_program(const StartContext& context, std::size_t worker) {
  const auto seen = observe_again(context.run, context.app, context.state, {worker});
  const auto& now = seen.front();
  const auto is_new = [&](const Process& process) {
    return std::ranges::find(now.set_aside, process.id.pid, &SetAside::pid) == now.set_aside.end();
  };
  const auto found = std::ranges::find_if(now.sightings->alive, is_new);
  return found == now.sightings->alive.end() ? std::nullopt : std::optional(*found);
}

}  // namespace bootcheck
