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

Named look_at_named(const StartContext& context, std::size_t worker, const BegunStart& start) {
  auto& machine = context.run.machine;
  const std::vector<Worker> one{context.run.config.workers[worker]};
  State state;
  auto& record = state.workers[one.front().name];
  record.start = start;
  if (const auto* known = find_record(context.state, one.front().name)) record.stops = known->stops;
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

}  // namespace

Sight see_daemon(const StartContext& context, std::size_t worker, const StartAttempt& attempt,
                 const PidFile& before) {
  const auto& config = context.run.config.workers[worker];
  const auto* named_before = std::get_if<PidInFile>(&before);
  auto named = look_at_named(context, worker,
                             {.since = attempt.began_ticks,
                              .pid_before = named_before == nullptr ? 0 : named_before->pid});
  if (!named.process) return {};
  auto& process = *named.process;
  const auto proof = named.assigned.proof;
  if (proof != Proof::title && proof != Proof::birth)
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
