#include "report/event_text.h"

#include "report/ready_text.h"
#include "report/text.h"
#include "util/cases.h"
#include "util/duration.h"

#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace bootcheck {
namespace {

// --- fields --------------------------------------------------------------------------------------

using Fields = std::vector<EventField>;

std::string_view what(Task task) {
  switch (task) {
    case Task::step:
    case Task::keep_output:
      return {};
    case Task::read_state:
    case Task::write_state:
      return "state";
    case Task::write_log:
      return "log";
    case Task::write_metrics:
      return "metrics";
  }
  return {};
}

std::string text_of(const LaunchOutcome& outcome) {
  return std::visit(
      Cases{[](const Exited& exited) { return fmt::format("it exited with {}", exited.code); },
            [](const KilledBySignal& killed) {
              return fmt::format("it was ended by signal {}", killed.signal);
            },
            [](const NotStarted& failed) { return failed.why; },
            [](const TimedOut&) { return std::string("not done within 30 s"); },
            [](const LeftRunning&) { return std::string("it still runs"); }},
      outcome);
}

EventField pid_field(pid_t pid) {
  return {"pid", pid};
}

struct FieldsOf {
  Fields operator()(const std::monostate&) const { return {}; }
  Fields operator()(const OfProcess& process) const {
    Fields fields{pid_field(process.pid)};
    if (const auto& oom = process.oom_kills) {
      fields.push_back({"oom_kills", static_cast<std::int64_t>(oom->count)});
      fields.push_back({"oom_kills_since", utc_time(oom->since)});
    }
    if (!process.last_output.empty()) fields.push_back({"output", process.last_output});
    return fields;
  }
  Fields operator()(const Up& up) const {
    Fields fields;
    if (up.pid) fields.push_back(pid_field(*up.pid));
    fields.push_back({"took", format_duration(up.took)});
    return fields;
  }
  Fields operator()(const StartFailure&) const { return {}; }
  Fields operator()(const NotMissing&) const { return {}; }
  Fields operator()(const StartUnderWay&) const { return {}; }
  Fields operator()(const Stopping& stop) const {
    Fields fields;
    if (stop.pid != 0) fields.push_back(pid_field(stop.pid));
    fields.push_back({"reason", std::string(name_of(stop.reason))});
    if (stop.took) {
      fields.push_back({stop.is_at_most ? "took_at_most" : "took",
                        fmt::format("{}s", stop.took->count() / 1000)});
    }
    return fields;
  }
  Fields operator()(const GarbageInPidFile& file) const { return {{"pid_file", file.content}}; }
  Fields operator()(const Duplicates& others) const {
    return {{"pids", fmt::format("{}", fmt::join(others.pids, ", "))}};
  }
  Fields operator()(const WaitsForNextTry& failing) const {
    return {{"failures", failing.failures}};
  }
  Fields operator()(const NotReady& waiting) const {
    return {{"command", command_line(waiting.command)},
            {"waited", fmt::format("{}s", waiting.waited.count() / 1000)}};
  }
  Fields operator()(const CannotTell&) const { return {}; }
  Fields operator()(const OfJob& job) const { return {{"job", job.job}}; }
  Fields operator()(const HeldSince& hold) const {
    Fields fields{{"by", hold.by}, {"since", utc_time(hold.since)}};
    if (!hold.reason.empty()) fields.push_back({"hold_reason", hold.reason});
    return fields;
  }
  Fields operator()(const Unchecked& gap) const {
    return {{"unchecked_for", fmt::format("{}s", gap.lasted.count())}};
  }
  Fields operator()(const LockHeld& lock) const {
    return {pid_field(lock.pid), {"held_for", format_duration(lock.lasted)}};
  }
  Fields operator()(const InOtherHands&) const { return {}; }
  Fields operator()(const Trouble& trouble) const {
    if (what(trouble.task).empty()) return {};
    return {{"what", std::string(what(trouble.task))}};
  }
  Fields operator()(const NotifyFailed& failed) const {
    Fields fields{{"what", std::string("notify")}, {"error", text_of(failed.outcome)}};
    if (failed.count > 1) fields.push_back({"count", failed.count});
    return fields;
  }
};

// --- problems ------------------------------------------------------------------------------------

std::string text_of(const StartCause& cause) {
  return std::visit(
      Cases{[](const InWords& words) { return words.text; },
            [](const Exited& exited) {
              return exited.code == 0
                         ? std::string("its start command succeeded but no such worker came up")
                         : fmt::format("its start command exited with {}", exited.code);
            },
            [](const KilledBySignal& killed) {
              return fmt::format("its start command was ended by signal {}", killed.signal);
            },
            [](const NotStarted& failed) { return failed.why; },
            [](const NotSeen& not_seen) {
              return "it was not seen running within " + format_duration(not_seen.within);
            },
            [](const CameAndWent& gone) {
              return fmt::format("it came up (pid {}) and was gone within {}", gone.pid,
                                 format_duration(gone.within));
            },
            [](const DiedEarly&) { return std::string("it died soon after its start"); }},
      cause);
}

std::string text_of(const Failure& failure) {
  return failure.reason.empty() ? failure.thing : failure.thing + ": " + failure.reason;
}

std::string_view introduction(Task task) {
  switch (task) {
    case Task::step:
    case Task::read_state:
      return {};
    case Task::keep_output:
      return "what it prints cannot be kept: ";
    case Task::write_state:
      return "the state file cannot be written, so what was done is not remembered: ";
    case Task::write_log:
      return "the log cannot be written: ";
    case Task::write_metrics:
      return "the metrics file cannot be written: ";
  }
  return {};
}

std::string other_pass(const LockHeld& lock) {
  return lock.pid == 0 ? std::string("another pass")
                       : fmt::format("another pass (pid {})", lock.pid);
}

struct ProblemOf {
  const Event& event;

  std::string operator()(const std::monostate&) const {
    if (event.kind != EventKind::no_process) return {};
    return "only its status command says that it runs, so there is no process to ask: stop it "
           "yourself, or give it a `stop` command";
  }
  std::string operator()(const OfProcess& process) const {
    if (event.kind != EventKind::orphan) return {};
    return fmt::format(
        "pid {0}; end it with kill -TERM {0} (it finishes its job), or set `orphans: drain`",
        process.pid);
  }
  std::string operator()(const Up&) const { return {}; }
  std::string operator()(const StartFailure& failure) const { return bootcheck::text_of(failure); }
  std::string operator()(const NotMissing& now) const {
    return fmt::format("it is {} now", name_of(now.state));
  }
  std::string operator()(const StartUnderWay& start) const {
    return fmt::format(
        "a start of it (pid {}) has been under way for {}; see what it waits for, and end it if it "
        "is stuck",
        start.pid, format_duration(start.age));
  }
  std::string operator()(const Stopping&) const { return {}; }
  std::string operator()(const GarbageInPidFile&) const { return {}; }
  std::string operator()(const Duplicates& others) const {
    const auto pids = fmt::to_string(fmt::join(others.pids, ", "));
    if (event.kind == EventKind::left_over)
      return fmt::format("pid {}; see what they do, and end them with kill -TERM", pids);
    const auto* what = "end them with kill -TERM, or set `orphans: drain`";
    if (others.drained) what = "they are drained";
    if (others.may_be_forks)
      what = "a job may have forked them; see what they do, and end them with kill -TERM";
    return fmt::format("besides its own process, {}; {}", pids, what);
  }
  std::string operator()(const WaitsForNextTry& failing) const {
    auto text =
        fmt::format("{} ({} times in a row)", bootcheck::text_of(failing.last), failing.failures);
    if (failing.wait > Duration{0})
      text += fmt::format("; next try in {}, at once with `bootcheck start {}`",
                          format_duration(failing.wait), event.worker);
    return text;
  }
  std::string operator()(const NotReady& waiting) const { return bootcheck::text_of(waiting); }
  std::string operator()(const CannotTell& unknown) const { return unknown.why; }
  std::string operator()(const OfJob& job) const {
    if (event.kind == EventKind::recovery_failed)
      return job.job + (job.is_tried_again ? "; it is tried again" : "; try it again");
    return event.kind == EventKind::job_left_alone ? job.job : std::string();
  }
  std::string operator()(const HeldSince& hold) const {
    return fmt::format("since {} by {}{}{}; `bootcheck start {}` releases it", utc_time(hold.since),
                       hold.by, hold.reason.empty() ? "" : ": ", hold.reason, event.worker);
  }
  std::string operator()(const Unchecked&) const { return {}; }
  std::string operator()(const LockHeld& lock) const {
    const bool stuck = event.kind == EventKind::stuck;
    if (!stuck && !lock.waited) return {};
    return fmt::format("{} has held the lock {} for {}; {}", other_pass(lock),
                       lock.lock_file.native(), format_duration(lock.lasted),
                       stuck ? "see what it waits for, and end it if it is stuck"
                             : "it, or the next pass, does what was asked for");
  }
  std::string operator()(const InOtherHands& other) const { return other.why; }
  std::string operator()(const Trouble& trouble) const {
    return std::string(introduction(trouble.task)) + text_of(trouble.failure);
  }
  std::string operator()(const NotifyFailed&) const { return {}; }
};

}  // namespace

std::string EventField::text() const {
  return std::visit(Cases{[](std::int64_t number) { return std::to_string(number); },
                          [](const std::string& text) { return text; }},
                    value);
}

std::vector<EventField> fields_of(const Event& event) {
  return std::visit(FieldsOf{}, event.detail);
}

std::string problem_of(const Event& event) {
  return std::visit(ProblemOf{event}, event.detail);
}

std::string text_of(const StartFailure& failure) {
  auto text = text_of(failure.cause);
  if (!failure.output_tail.empty()) text += ": " + failure.output_tail;
  if (!failure.output.empty()) text += "; see " + failure.output.native();
  return text;
}

std::string event_lines(const std::vector<Event>& events) {
  std::string text;
  for (const auto& event : events) {
    if (event.worker.empty() || !problem_of(event).empty()) continue;
    text += fmt::format("{}  {}", printable(event.worker), name_of(event.kind));
    for (const auto& field : fields_of(event))
      text += fmt::format(" {}={}", field.key, printable(field.text()));
    text += '\n';
  }
  return text;
}

std::string busy_line(const Event& busy) {
  const auto& lock = std::get<LockHeld>(busy.detail);
  return other_pass(lock) + (lock.waited
                                 ? " is at work: it, or the next one, does what was asked for\n"
                                 : " is at work; nothing to do\n");
}

}  // namespace bootcheck
