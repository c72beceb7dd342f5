#include "cli/passes.h"

#include "cli/commands.h"
#include "cli/print.h"
#include "pass/tell.h"
#include "report/event_text.h"
#include "report/explain.h"
#include "report/json.h"
#include "report/table.h"

#include <algorithm>

namespace bootcheck {

std::string app_of(const Options& options, const Config& config) {
  return options.in_fleet ? config.app : std::string();
}

int print_usage_errors(const UsageErrors& errors) {
  for (const auto& error : errors)
    print_problem(error);
  return kUsage;
}

void print_pass(const Context& context, const Options& options, const PassDone& done,
                int exit_status) {
  const bool person = is_terminal() || options.verbose;
  print_problems(person ? done.events : done.to_print, app_of(options, context.config));
  if (options.json) {
    print(run_json(status_of(context, take_snapshot(context, {.earlier = &done.seen.facts})),
                   done.events, name_of(options.command), exit_status));
  } else if (person && !options.quiet) {
    print(format_run(status_of(context, take_snapshot(context, {.earlier = &done.seen.facts})),
                     done.events, stdout_style()));
  }
}

std::string explain_worker(const Snapshot& snapshot, std::size_t worker) {
  const auto& facts = snapshot.facts;
  const auto& config = (*facts.workers)[worker];
  const auto hold = snapshot.state.holds.find(config.name);
  const Evidence evidence{.worker = config,
                          .app = facts.app,
                          .seen = facts.seen[worker],
                          .processes = facts.processes,
                          .assigned = snapshot.assignment.of[worker],
                          .record = find_record(snapshot.state, config.name),
                          .hold = hold == snapshot.state.holds.end() ? nullptr : &hold->second,
                          .now = facts.now,
                          .ticks_per_second = facts.ticks_per_second};
  return explain(evidence, snapshot.plan.decisions[worker], stdout_style());
}

int print_plan(const Context& context, const Selection& selection, const Options& options,
               const std::vector<Request>& requests) {
  const auto snapshot = take_snapshot(context, {.selection = selection, .requests = requests});
  print(format_plan(snapshot.facts, snapshot.plan, stdout_style()));
  print(format_orphans(snapshot.plan.orphans_to_drain));
  if (options.verbose) {
    for (const auto& decision : snapshot.plan.decisions)
      print(explain_worker(snapshot, decision.worker));
  }
  const auto is_unknown = [](const Decision& decision) {
    return decision.judgement.state == WorkerState::unknown;
  };
  return std::ranges::any_of(snapshot.plan.decisions, is_unknown) ? kWorkerProblem : kWell;
}

int report_busy(const Context& context, const LockHolder& holder, const Options& options) {
  const auto& config = context.config;
  const bool stuck = holder.held_for > config.stuck_after;
  const bool waited = options.command != Command::run;
  auto event = make_event(stuck ? EventKind::stuck : EventKind::busy, {},
                          stuck ? Severity::error : Severity::info,
                          LockHeld{.pid = holder.pid,
                                   .lasted = holder.held_for,
                                   .lock_file = config.lock_file,
                                   .waited = waited});
  event.at = context.machine.wall_clock();
  const auto to_print = tell_of_busy_lock(context, event);
  if (!stuck && !options.wait) {
    const bool tells = waited ? !options.quiet : options.verbose || is_terminal();
    if (tells && !options.json) print(busy_line(event));
    return kWell;
  }
  print_problems(waited || is_terminal() ? std::vector<Event>{event} : to_print,
                 app_of(options, config));
  return kLockBusy;
}

}  // namespace bootcheck
