#include "act/sight.h"

#include "model/identity.h"
#include "observe/observe.h"

#include <algorithm>

namespace bootcheck {
namespace {

/// What proves the process in the pid file of one worker, as any pass would see it.
Assigned assign_named(const StartContext& context, std::size_t worker) {
  auto& machine = context.run.machine;
  const std::vector<Worker> one{context.run.config.workers[worker]};
  State state;
  if (const auto* record = find_record(context.state, one.front().name)) {
    auto& known = state.workers[one.front().name];
    known.start = record->start;
    known.stops = record->stops;
  }
  Facts facts;
  facts.app = context.app;
  facts.workers = &one;
  facts.ticks_per_second = machine.ticks_per_second();
  auto& seen = facts.seen.emplace_back();
  seen.pid_file = machine.read_pid_file(one.front().pid_file);
  if (const auto* file = std::get_if<PidInFile>(&seen.pid_file))
    facts.processes.looks.emplace(file->pid, machine.look(file->pid));
  return std::move(assign(facts, state).of.front());
}

bool is_back(const StartContext& context, std::size_t worker, const Process& process) {
  return !changes_back(context.run.config.workers[worker]) ||
         (process.cwd && context.app.contains(*process.cwd));
}

}  // namespace

std::optional<Process> see_daemon(const StartContext& context, std::size_t worker) {
  auto assigned = assign_named(context, worker);
  const bool is_proved = assigned.proof == Proof::title || assigned.proof == Proof::birth;
  if (!is_proved || !is_back(context, worker, *assigned.current)) return std::nullopt;
  return std::move(assigned.current);
}

bool is_coming_up(const StartContext& context, std::size_t worker) {
  const auto assigned = assign_named(context, worker);
  return assigned.current && !is_back(context, worker, *assigned.current);
}

std::optional<Process> see_child(const StartContext& context, pid_t child) {
  if (child == 0) return std::nullopt;
  auto look = context.run.machine.look(child);
  auto* process = std::get_if<Process>(&look);
  return process == nullptr ? std::nullopt : std::optional(std::move(*process));
}

std::optional<Process> see_program(const StartContext& context, std::size_t worker) {
  auto look = observe(context.run, context.app, context.state, Search::always);
  return std::move(look.assignment.of[worker].current);
}

}  // namespace bootcheck
