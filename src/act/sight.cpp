#include "act/sight.h"

#include "model/assign.h"
#include "model/identity.h"

namespace bootcheck {
namespace {

/// The process in the pid file of one worker, and what proves it, as any pass would see it.
struct Named {
  std::optional<Process> process;
  Assigned assigned;
};

Named look_at_named(const StartContext& context, std::size_t worker) {
  auto& machine = context.run.machine;
  const std::vector<Worker> one{context.run.config.workers[worker]};
  State state;
  if (const auto* record = find_record(context.state, one.front().name))
    state.workers[one.front().name].stops = record->stops;
  Facts facts;
  facts.app = context.app;
  facts.workers = &one;
  facts.ticks_per_second = machine.ticks_per_second();
  auto& seen = facts.seen.emplace_back();
  seen.pid_file = machine.read_pid_file(one.front().pid_file);
  const auto* file = std::get_if<PidInFile>(&seen.pid_file);
  if (file == nullptr) return {};
  facts.processes.looks.emplace(file->pid, machine.look(file->pid));
  Named named{.process = {}, .assigned = std::move(assign(facts, state).of.front())};
  if (const auto* process = facts.processes.living(file->pid)) named.process = *process;
  return named;
}

/// The pid file was absent or another's before the start, and now names a process that was born
/// after the start command had begun.
bool is_born_of(const StartAttempt& attempt, const App& app, const PidFile& before,
                const Process& process) {
  const auto* named_before = std::get_if<PidInFile>(&before);
  const bool is_new = std::holds_alternative<NoPidFile>(before) ||
                      std::holds_alternative<GarbagePidFile>(before) ||
                      (named_before != nullptr && named_before->pid != process.id.pid);
  return is_new && process.uid == app.uid && process.id.start_time >= attempt.began_ticks;
}

}  // namespace

Sight see_daemon(const StartContext& context, std::size_t worker, const StartAttempt& attempt,
                 const PidFile& before) {
  const auto& config = context.run.config.workers[worker];
  auto named = look_at_named(context, worker);
  if (!named.process) return {};
  auto& process = *named.process;
  const auto proof = named.assigned.proof;
  const bool names_no_title = config.process_title.empty() || config.foreground;
  if (proof != Proof::title &&
      !(names_no_title && is_born_of(attempt, context.app, before, process)))
    return {.up = {}, .is_coming = proof == Proof::start_command};
  const bool is_inside = process.cwd && context.app.contains(*process.cwd);
  if (changes_back(config) && !is_inside) return {.up = {}, .is_coming = true};
  return {.up = std::move(process), .is_coming = false};
}

Sight see_child(const StartContext& context, pid_t child) {
  auto look = context.run.machine.look(child);
  auto* process = std::get_if<Process>(&look);
  if (process == nullptr) return {};
  return {.up = std::move(*process), .is_coming = false};
}

}  // namespace bootcheck
