#include "report/explain.h"

#include "report/event_text.h"
#include "report/findings.h"
#include "report/grid.h"
#include "report/ready_text.h"
#include "report/text.h"
#include "util/duration.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bootcheck {
namespace {

std::string ago(BootTime then, BootTime now) {
  return format_duration(Duration{std::max<BootTime>(now - then, 0)}) + " ago";
}

// --- what is remembered -------------------------------------------------------------------------

void add_failures(Findings& facts, const Failures& failures, BootTime now) {
  if (failures.count == 0) return;
  auto text = fmt::format("{} failure{} in a row", failures.count, failures.count == 1 ? "" : "s");
  text += failures.next_try > now
              ? ", next try in " + format_duration(Duration{failures.next_try - now})
              : ", its waiting time is over";
  if (const auto last = one_line(text_of(failures.last_error)); !last.empty())
    text += "; the last: " + last;
  facts.add("back-off", text);
}

std::vector<pid_t> pids_of(const std::vector<DeadProcess>& dead) {
  std::vector<pid_t> pids;
  std::ranges::transform(dead, std::back_inserter(pids), &DeadProcess::pid);
  return pids;
}

void add_record(Findings& facts, const Evidence& evidence, const Style& style) {
  if (evidence.record == nullptr) {
    facts.add("record", "nothing is remembered of it");
    return;
  }
  const auto& record = *evidence.record;
  auto text = record.process ? fmt::format("pid {}, start time {}", record.process->id.pid,
                                           record.process->id.start_time)
                             : std::string("no process of this boot");
  if (record.former_pid) text += fmt::format("; pid {} before the reboot", *record.former_pid);
  if (record.started_at != 0)
    text += "; bootcheck started it " + ago(record.started_at, evidence.now);
  facts.add("record", text);
  for (const auto& stop : record.stops)
    facts.add(stop.asked ? "asked to stop" : "to be asked",
              fmt::format("pid {} at {} {}", stop.process.pid, style.time(stop.at),
                          drain_cause(stop.reason)));
  if (const auto& stop = record.by_command)
    facts.add(stop->asked ? "asked to stop" : "to be asked",
              fmt::format("by its stop command at {} {}", style.time(stop->at),
                          drain_cause(stop->reason)));
  if (record.replace_by_command) facts.add("to replace", "as restart asked");
  if (record.to_replace)
    facts.add("to replace", fmt::format("pid {}, as restart asked", record.to_replace->pid));
  if (!record.unrecovered.empty())
    facts.add("jobs", fmt::format("those of pid {} are not handed back yet",
                                  fmt::join(pids_of(record.unrecovered), ", ")));
  add_failures(facts, record.failures, evidence.now);
}

void add_hold(Findings& facts, const Evidence& evidence, const Style& style) {
  if (evidence.hold != nullptr) facts.add("hold", hold_note(*evidence.hold, style));
  if (!evidence.worker.enabled) facts.add("hold", "disabled in the configuration");
}

// --- the decision -------------------------------------------------------------------------------

std::string decision_text(const Judgement& judgement, const WorkerRecord* record) {
  std::string text(name_of(judgement.state));
  if (judgement.state == WorkerState::held)
    text += fmt::format(" ({})", name_of(judgement.beneath));
  if (judgement.process) text += fmt::format(", pid {}", judgement.process->id.pid);
  if (judgement.proof != Proof::none) text += fmt::format(": {}", name_of(judgement.proof));
  if (!judgement.reason.empty()) text += ": " + one_line(judgement.reason);
  if (judgement.state == WorkerState::failing && record != nullptr)
    text += ": " + one_line(text_of(record->failures.last_error));
  if (!judgement.duplicates.empty()) text += "; further ones: " + pids_of(judgement.duplicates);
  if (!judgement.left_overs.empty())
    text += "; left behind by a dead one: " + pids_of(judgement.left_overs);
  return text;
}

std::string waiting_text(Waits waits) {
  switch (waits) {
    case Waits::no:
      return "nothing";
    case Waits::for_its_turn:
      return "nothing: it is to be replaced once its turn comes";
    case Waits::for_a_boot:
      return "nothing: it is to be replaced, but the application does not boot (see status)";
    case Waits::until_ready:
      return "nothing: it waits until it is ready";
  }
  return "nothing";
}

/// `ask `pg_isready -q` (it ended with 2)`; empty: nobody has to be asked.
std::string question_text(const Worker& worker, const Observation& seen, const Decision& decision) {
  if (!seen.ready || (decision.steps.empty() && decision.waits != Waits::until_ready)) return {};
  return fmt::format("ask `{}` ({}); ", command_line(worker.ready), ready_answer(*seen.ready));
}

std::string steps_text(const Worker& worker, const Observation& seen, const Decision& decision) {
  const auto& steps = decision.steps;
  std::vector<std::string> words;
  std::ranges::transform(steps, std::back_inserter(words), describe);
  const auto what =
      steps.empty() ? waiting_text(decision.waits) : fmt::format("{}", fmt::join(words, "; "));
  return printable(question_text(worker, seen, decision) + what);
}

}  // namespace

std::string explain(const Evidence& evidence, const Decision& decision, const Style& style) {
  Findings facts;
  add_what_was_seen(facts, evidence);
  add_record(facts, evidence, style);
  add_hold(facts, evidence, style);
  facts.add("so it is", decision_text(decision.judgement, evidence.record));
  facts.add("next pass", steps_text(evidence.worker, evidence.seen, decision));
  return printable(evidence.worker.name) + "\n" + facts.text(style);
}

std::string format_plan(const Facts& facts, const Plan& plan, const Style& style) {
  std::vector<Row> rows;
  for (const auto& decision : plan.decisions) {
    const auto& worker = facts.workers->at(decision.worker);
    rows.push_back({{.text = printable(worker.name)},
                    {.text = std::string(name_of(decision.judgement.state))},
                    {.text = steps_text(worker, facts.seen.at(decision.worker), decision)}});
  }
  return format_grid(rows, style.colour, style.width);
}

std::string format_orphans(const std::vector<OrphanToDrain>& to_drain) {
  std::string text;
  for (const auto& orphan : to_drain)
    text += fmt::format("{} (pid {}), an orphan: ask it to stop\n", printable(orphan.name),
                        orphan.id.pid);
  return text;
}

}  // namespace bootcheck
