#include "report/findings.h"

#include "model/identity.h"
#include "report/ready_text.h"
#include "report/text.h"
#include "util/cases.h"
#include "util/duration.h"

#include <algorithm>
#include <optional>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bootcheck {
namespace {

std::string up_for(const ProcessId& id, const Evidence& evidence) {
  const auto ticks = std::max<std::int64_t>(evidence.ticks_per_second, 1);
  const auto started = static_cast<std::int64_t>(id.start_time) * 1000 / ticks;
  return format_duration(Duration{std::max<std::int64_t>(evidence.now - started, 0)});
}

// --- the pid file, and the process it names -----------------------------------------------------

std::string pid_file_fact(const Evidence& evidence) {
  const auto said = std::visit(
      Cases{[](const NoPidFile&) { return std::string("is not there"); },
            [](const GarbagePidFile& file) { return "names no process: " + one_line(file.what); },
            [](const UnreadablePidFile& file) { return "cannot be read: " + one_line(file.why); },
            [](const PidInFile& file) { return fmt::format("says {}", file.pid); }},
      evidence.seen.pid_file);
  return printable(evidence.worker.pid_file.native()) + " " + said;
}

std::string user_fact(const Process& process, const App& app) {
  if (process.uid == app.uid) return fmt::format("user {}, as it should be", process.uid);
  return fmt::format("user {}, while the workers run as user {}", process.uid, app.uid);
}

std::string title_fact(const Process& process, const Worker& worker) {
  if (!process.argv) return "not read: the start time tells";
  const auto line = printable(command_text(*process.argv));
  if (bears_title(*process.argv, worker)) return fmt::format("\"{}\", the worker's title", line);
  if (is_start_of(*process.argv, worker)) return fmt::format("\"{}\", a start of the worker", line);
  return fmt::format(
      "\"{}\", not the worker's title \"{}\"", line,
      printable(worker.process_title.empty() ? command_text(worker.start) : worker.process_title));
}

std::string directory_fact(const Process& process, const App& app) {
  if (!process.cwd) return process.cwd_refused ? "not readable" : "not read: the start time tells";
  const auto directory = printable(process.cwd->native());
  if (is_below(*process.cwd, app.release)) return directory + ", in the present release";
  if (app.contains(*process.cwd)) return directory + ", in another release of the app";
  return directory + ", outside the app";
}

/// Whether a living process is the one that was recorded: pid and start time.
std::string start_time_fact(const Process& process, const Evidence& evidence) {
  const auto since =
      fmt::format("up {}, start time {}", up_for(process.id, evidence), process.id.start_time);
  if (evidence.record == nullptr || !evidence.record->process) return since;
  const auto& recorded = evidence.record->process->id;
  if (recorded == process.id) return since + ", as recorded";
  return fmt::format("{}; recorded is pid {} with start time {}", since, recorded.pid,
                     recorded.start_time);
}

void add_process(Findings& facts, const Process& process, const Evidence& evidence) {
  facts.add("user", user_fact(process, evidence.app));
  facts.add("command line", title_fact(process, evidence.worker));
  facts.add("directory", directory_fact(process, evidence.app));
  facts.add("age", start_time_fact(process, evidence));
}

std::string look_fact(const ProcessLook& look) {
  return std::visit(
      Cases{[](const NoProcess&) { return std::string("does not exist"); },
            [](const Zombie&) { return std::string("is a zombie: it has ended"); },
            [](const ThreadOf& thread) {
              return fmt::format("is no process but a thread of {}", thread.leader);
            },
            [](const Hidden& hidden) { return "cannot be looked at: " + one_line(hidden.why); },
            [](const Process&) { return std::string("is alive"); }},
      look);
}

std::string look_fact_of(pid_t pid, const Evidence& evidence) {
  const auto look = evidence.processes.looks.find(pid);
  return look == evidence.processes.looks.end() ? "was not looked at" : look_fact(look->second);
}

void add_named(Findings& facts, const Evidence& evidence) {
  const auto* const file = std::get_if<PidInFile>(&evidence.seen.pid_file);
  if (file == nullptr) return;
  facts.add("process", fmt::format("{} {}", file->pid, look_fact_of(file->pid, evidence)));
  if (const auto* process = evidence.processes.living(file->pid))
    add_process(facts, *process, evidence);
}

// --- the rest of /proc --------------------------------------------------------------------------

std::vector<Process> found_elsewhere(const Assigned& assigned) {
  auto found = assigned.duplicates;
  if (assigned.current && !assigned.is_named) found.insert(found.begin(), *assigned.current);
  return found;
}

void add_search(Findings& facts, const Evidence& evidence) {
  if (evidence.processes.hidden)
    facts.add("/proc", "hides processes (pid 1 is not visible): what is not seen may still live");
  if (!evidence.processes.searched) {
    facts.add("/proc", "not searched for it");
    return;
  }
  const auto& assigned = evidence.assigned;
  const auto found = found_elsewhere(assigned);
  facts.add("/proc", found.empty()
                         ? "searched: no other process bears its title in the app's folders"
                         : "searched: found it as " + pids_of(found));
  if (assigned.starting)
    facts.add("", fmt::format("a start of it is under way: pid {}", assigned.starting->id.pid));
  if (!assigned.left_overs.empty())
    facts.add("", "left behind by a dead process of it: " + pids_of(assigned.left_overs));
  if (assigned.current && !assigned.is_named) add_process(facts, *assigned.current, evidence);
}

void add_set_aside(Findings& facts, const Evidence& evidence) {
  for (const pid_t pid : evidence.seen.set_aside)
    facts.add("set aside", fmt::format("{} {}", pid, look_fact_of(pid, evidence)));
}

void add_status(Findings& facts, const Evidence& evidence) {
  if (evidence.worker.status.empty() && !evidence.seen.status) return;
  std::string answer = "was not asked";
  if (evidence.seen.status) {
    switch (*evidence.seen.status) {
      case StatusAnswer::running:
        answer = "says it runs";
        break;
      case StatusAnswer::not_running:
        answer = "says it does not run";
        break;
      case StatusAnswer::unknown:
        answer = "failed or did not answer in time";
        break;
    }
  }
  facts.add("status command", answer);
}

void add_ready(Findings& facts, const Evidence& evidence) {
  if (evidence.worker.ready.empty()) return;
  const auto answer = evidence.seen.ready ? ready_answer(*evidence.seen.ready)
                                          : std::string("was not asked: nothing is to be done");
  facts.add("ready command",
            one_line(fmt::format("`{}`: {}", command_line(evidence.worker.ready), answer)));
}

}  // namespace

std::string pids_of(const std::vector<Process>& processes) {
  std::vector<pid_t> pids;
  for (const auto& process : processes)
    pids.push_back(process.id.pid);
  return fmt::format("{} {}", pids.size() == 1 ? "pid" : "pids", fmt::join(pids, ", "));
}

void add_what_was_seen(Findings& facts, const Evidence& evidence) {
  facts.add("pid file", pid_file_fact(evidence));
  add_named(facts, evidence);
  add_search(facts, evidence);
  add_set_aside(facts, evidence);
  add_status(facts, evidence);
  add_ready(facts, evidence);
}

}  // namespace bootcheck
