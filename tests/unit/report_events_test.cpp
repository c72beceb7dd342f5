// Every event there is, in each form in which it is told: a change of any word shows here.
#include "report/event_text.h"
#include "report/json.h"
#include "report/log.h"
#include "report/notify.h"
#include "report/problems.h"

#include <chrono>
#include <set>
#include <string>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace std::chrono_literals;

const char* const kWorker = "delayed_job.1";

struct Telling {
  Event event;
  std::string log;      ///< after the timestamp and `LEVEL shop `
  std::string fields;   ///< in JSON
  std::string problem;  ///< on stderr after `bootcheck: `; empty: it is none
};

Event info(EventKind kind, Detail detail) {
  return make_event(kind, kWorker, Severity::info, std::move(detail));
}
Event warning(EventKind kind, Detail detail) {
  return make_event(kind, kWorker, Severity::warning, std::move(detail));
}
Event error(EventKind kind, Detail detail) {
  return make_event(kind, kWorker, Severity::error, std::move(detail));
}
Event own(EventKind kind, Detail detail) {
  return make_event(kind, {}, Severity::warning, std::move(detail));
}
Event trouble(Task task) {
  return own(EventKind::failed, Trouble{task, {"cannot open /srv/x", "Permission denied"}});
}
Event lock(EventKind kind, pid_t pid, bool waited) {
  return make_event(kind, {}, kind == EventKind::stuck ? Severity::error : Severity::info,
                    LockHeld{pid, 12min, "/srv/shop.lock", waited});
}

StartFailure failure(StartCause cause) {
  return {.cause = std::move(cause),
          .output_tail = "boot\n  LoadError",
          .output = "/srv/log/delayed_job.1.start.log"};
}

std::vector<Telling> lives_and_ends() {
  using enum EventKind;
  return {
      {info(started, Up{123, 900ms}), "delayed_job.1 started pid=123 took=0.9s",
       R"("pid":123,"took":"0.9s")", ""},
      {info(started, Up{{}, 900ms}), "delayed_job.1 started took=0.9s", R"("took":"0.9s")", ""},
      {make_event(boot_failed, {}, Severity::error, failure(Exited{1})),
       R"(- boot_failed reason="its start command exited with 1: boot\n  LoadError; )"
       R"(see /srv/log/delayed_job.1.start.log")",
       "",
       "the application does not boot, so its workers were left as they are: its start command "
       "exited with 1: boot | LoadError; see /srv/log/delayed_job.1.start.log"},
      {warning(crashed, OfProcess{5}), "delayed_job.1 crashed pid=5", R"("pid":5)", ""},
      {warning(crashed, OfProcess{5, OomKills{2, 1'795'415'101}, "no\nmemory"}),
       "delayed_job.1 crashed pid=5 oom_kills=2 oom_kills_since=2026-11-23T06:25:01Z "
       "output=\"no\\nmemory\"",
       R"("pid":5,"oom_kills":2,"oom_kills_since":"2026-11-23T06:25:01Z","output":"no\nmemory")",
       ""},
      {warning(crashed, {}), "delayed_job.1 crashed", "", ""},
      {warning(stale, OfProcess{5}), "delayed_job.1 stale pid=5", R"("pid":5)", ""},
      {warning(stale, GarbageInPidFile{"is empty"}), R"(delayed_job.1 stale pid_file="is empty")",
       R"("pid_file":"is empty")", ""},
      {warning(restored, OfProcess{5}), "delayed_job.1 restored pid=5", R"("pid":5)", ""},
      {info(asked_to_stop, Stopping{5, StopReason::restart_file, {}}),
       "delayed_job.1 asked_to_stop pid=5 reason=restart_file",
       R"("pid":5,"reason":"restart_file")", ""},
      {info(drained, Stopping{5, StopReason::release, 12900ms}),
       "delayed_job.1 drained pid=5 reason=release took=12s",
       R"("pid":5,"reason":"release","took":"12s")", ""},
      {info(drained, Stopping{5, StopReason::release, 62s, true}),
       "delayed_job.1 drained pid=5 reason=release took_at_most=62s",
       R"("pid":5,"reason":"release","took_at_most":"62s")", ""},
      {info(drain_slow, Stopping{5, StopReason::stop, {}}),
       "delayed_job.1 drain_slow pid=5 reason=stop", R"("pid":5,"reason":"stop")", ""},
      {info(set_aside, OfProcess{5}), "delayed_job.1 set_aside pid=5", R"("pid":5)", ""},
      {warning(killed, OfProcess{5}), "delayed_job.1 killed pid=5", R"("pid":5)", ""},
      {info(recovered, OfProcess{5}), "delayed_job.1 recovered pid=5", R"("pid":5)", ""},
      {info(job_recovered, OfJob{"job 7 of a, pid 5"}),
       R"(delayed_job.1 job_recovered job="job 7 of a, pid 5")", R"("job":"job 7 of a, pid 5")",
       ""},
      {warning(job_left_alone, OfJob{"job 8 of a"}),
       R"(delayed_job.1 job_left_alone job="job 8 of a" reason="job 8 of a")",
       R"("job":"job 8 of a")",
       "delayed_job.1: a job that bears its name was not handed back: job 8 of a"},
      {warning(recovery_failed, OfJob{"jobs of a"}),
       R"(delayed_job.1 recovery_failed job="jobs of a" reason="jobs of a; it is tried again")",
       R"("job":"jobs of a")",
       "delayed_job.1: the jobs of its dead process are still locked: jobs of a; it is tried "
       "again"},
  };
}

std::vector<Telling> not_ready() {
  const std::pair<LaunchOutcome, std::string> answers[] = {
      {Exited{2}, "it ended with 2"},
      {KilledBySignal{9}, "it was ended by signal 9"},
      {NotStarted{"pg_isready: No such file or directory"},
       "it cannot be run: pg_isready: No such file or directory"},
      {TimedOut{}, "it did not answer within 5s"}};
  std::vector<Telling> all;
  for (const auto& [outcome, words] : answers) {
    const auto what = "`pg_isready -q` says ready: " + words;
    all.push_back(
        {info(EventKind::not_ready, NotReady{{"pg_isready", "-q"}, outcome, 62s}),
         R"(delayed_job.1 not_ready command="pg_isready -q" waited=62s reason=")" + what + '"',
         R"("command":"pg_isready -q","waited":"62s")", "delayed_job.1: waits until " + what});
  }
  all.push_back({error(EventKind::not_ready, NotReady{{"/bin/sh", "-c", "up"}, Exited{1}, 0s}),
                 R"(delayed_job.1 not_ready command=up waited=0s reason="`up` says ready: )"
                 R"(it ended with 1")",
                 R"("command":"up","waited":"0s")",
                 "delayed_job.1: waits until `up` says ready: it ended with 1"});
  return all;
}

std::vector<Telling> failed_starts() {
  using enum EventKind;
  const std::pair<StartCause, std::string> causes[] = {
      {Exited{0}, "its start command succeeded but no such worker came up"},
      {Exited{1}, "its start command exited with 1"},
      {KilledBySignal{9}, "its start command was ended by signal 9"},
      {NotStarted{"bin/feed: No such file or directory"}, "bin/feed: No such file or directory"},
      {NotSeen{5min}, "it was not seen running within 5m 00s"},
      {CameAndWent{7, 300ms}, "it came up (pid 7) and was gone within 0.3s"},
      {DiedEarly{}, "it died soon after its start"},
      {InWords{"an older version said so"}, "an older version said so"}};
  std::vector<Telling> all;
  for (const auto& [cause, words] : causes) {
    const auto ends = [&words = words](const char* separator) {
      return words + ": boot" + separator + "LoadError; see /srv/log/delayed_job.1.start.log";
    };
    all.push_back({error(start_failed, failure(cause)),
                   "delayed_job.1 start_failed reason=\"" + ends("\\n  ") + "\"", "",
                   "delayed_job.1: not started: " + ends(" | ")});
    const std::string next =
        " (3 times in a row); next try in 4m 00s, at once with `bootcheck start delayed_job.1`";
    all.push_back({error(failing, WaitsForNextTry{failure(cause), 3, 4min}),
                   "delayed_job.1 failing failures=3 reason=\"" + ends("\\n  ") + next + "\"",
                   R"("failures":3)", "delayed_job.1: does not stay up: " + ends(" | ") + next});
  }
  all.push_back({error(start_failed, StartFailure{DiedEarly{}, "", ""}),
                 R"(delayed_job.1 start_failed reason="it died soon after its start")", "",
                 "delayed_job.1: not started: it died soon after its start"});
  all.push_back({error(start_failed, NotMissing{WorkerState::unknown}),
                 R"(delayed_job.1 start_failed reason="it is unknown now")", "",
                 "delayed_job.1: not started: it is unknown now"});
  const std::string under_way =
      "a start of it (pid 5) has been under way for 10m 00s; see what it waits for, and end it if "
      "it is stuck";
  all.push_back({error(start_failed, StartUnderWay{5, 10min}),
                 "delayed_job.1 start_failed reason=\"" + under_way + "\"", "",
                 "delayed_job.1: not started: " + under_way});
  return all;
}

std::vector<Telling> what_needs_a_person() {
  using enum EventKind;
  const std::string end_them =
      "besides its own process, 5, 6; end them with kill -TERM, or set `orphans: drain`";
  const std::string are_drained = "besides its own process, 5; they are drained";
  const std::string may_be_forks =
      "besides its own process, 5; a job may have forked them; see what they do, and end them with "
      "kill -TERM";
  const std::string orphaned =
      "pid 5; end it with kill -TERM 5 (it finishes its job), or set `orphans: drain`";
  const std::string left_behind = "pid 5, 6; see what they do, and end them with kill -TERM";
  const std::string no_process_words =
      "only its status command says that it runs, so there is no process to ask: stop it yourself, "
      "or give it a `stop` command";
  const std::string held =
      "since 2026-11-23T06:25:01Z by deploy: rebuilding mails; `bootcheck start delayed_job.1` "
      "releases it";
  const std::string failed_step = "cannot write /srv/x.pid: No space left on device";
  return {
      {error(duplicate, Duplicates{{5, 6}, false}),
       R"(delayed_job.1 duplicate pids="5, 6" reason=")" + end_them + "\"", R"("pids":"5, 6")",
       "delayed_job.1: runs more than once: " + end_them},
      {error(duplicate, Duplicates{{5}, true}),
       R"(delayed_job.1 duplicate pids=5 reason=")" + are_drained + "\"", R"("pids":"5")",
       "delayed_job.1: runs more than once: " + are_drained},
      {error(duplicate, Duplicates{{5}, true, true}),
       R"(delayed_job.1 duplicate pids=5 reason=")" + may_be_forks + "\"", R"("pids":"5")",
       "delayed_job.1: runs more than once: " + may_be_forks},
      {warning(left_over, Duplicates{{5, 6}, false}),
       R"(delayed_job.1 left_over pids="5, 6" reason=")" + left_behind + "\"", R"("pids":"5, 6")",
       "delayed_job.1: a dead process of it has left others behind: " + left_behind},
      {warning(orphan, OfProcess{5}), "delayed_job.1 orphan pid=5 reason=\"" + orphaned + "\"",
       R"("pid":5)", "delayed_job.1: runs, but the configuration does not name it: " + orphaned},
      {error(unknown, CannotTell{"/proc hides processes"}),
       R"(delayed_job.1 unknown reason="/proc hides processes")", "",
       "delayed_job.1: cannot tell whether it runs, so it was not started: /proc hides "
       "processes"},
      {error(no_process, {}), "delayed_job.1 no_process reason=\"" + no_process_words + "\"", "",
       "delayed_job.1: cannot be asked to stop: " + no_process_words},
      {error(no_process, CannotTell{"pid 5 may be it"}),
       R"(delayed_job.1 no_process reason="pid 5 may be it")", "",
       "delayed_job.1: cannot be asked to stop: pid 5 may be it"},
      {warning(still_held, HeldSince{"deploy", "rebuilding mails", 1'795'415'101}),
       "delayed_job.1 still_held by=deploy since=2026-11-23T06:25:01Z "
       "hold_reason=\"rebuilding mails\" reason=\"" +
           held + "\"",
       R"("by":"deploy","since":"2026-11-23T06:25:01Z","hold_reason":"rebuilding mails")",
       "delayed_job.1: held: " + held},
      {error(failed, Trouble{Task::step, {"cannot write /srv/x.pid", "No space left on device"}}),
       "delayed_job.1 failed reason=\"" + failed_step + "\"", "", "delayed_job.1: " + failed_step},
      {warning(failed, Trouble{Task::keep_output, {"cannot open /srv/x: Is a directory", ""}}),
       R"(delayed_job.1 failed reason="what it prints cannot be kept: cannot open /srv/x: Is a )"
       R"(directory")",
       "",
       "delayed_job.1: what it prints cannot be kept: cannot open /srv/x: Is a "
       "directory"},
  };
}

std::vector<Telling> of_the_whole_pass() {
  using enum EventKind;
  const std::string held = " has held the lock /srv/shop.lock for 12m 00s; ";
  const std::string stuck_words =
      "another pass (pid 5)" + held + "see what it waits for, and end it if it is stuck";
  const std::string why = "cannot open /srv/x: Permission denied";
  const std::string forgotten =
      "the state file cannot be written, so what was done is not remembered: " + why;
  return {
      {own(host_stopping, {}), "- host_stopping", "", ""},
      {own(foreign_state, InOtherHands{"the host web1 is there"}),
       R"(- foreign_state reason="the host web1 is there")", "",
       "nothing can be told here, so nothing was started: the host web1 is there"},
      {own(gap, Unchecked{900s}), "- gap unchecked_for=900s", R"("unchecked_for":"900s")", ""},
      {lock(busy, 5, false), R"(- busy pid=5 held_for="12m 00s")",
       R"("pid":5,"held_for":"12m 00s")", ""},
      {lock(busy, 0, true),
       R"(- busy pid=0 held_for="12m 00s" reason="another pass)" + held +
           R"(it, or the next pass, does what was asked for")",
       R"("pid":0,"held_for":"12m 00s")",
       "another pass is at work: another pass" + held +
           "it, or the next pass, does what was asked for"},
      {lock(stuck, 5, false), R"(- stuck pid=5 held_for="12m 00s" reason=")" + stuck_words + "\"",
       R"("pid":5,"held_for":"12m 00s")", "another pass is stuck: " + stuck_words},
      {trouble(Task::read_state), "- failed what=state reason=\"" + why + "\"", R"("what":"state")",
       why},
      {trouble(Task::write_state), "- failed what=state reason=\"" + forgotten + "\"",
       R"("what":"state")", forgotten},
      {trouble(Task::write_log),
       "- failed what=log reason=\"the log cannot be written: " + why + "\"", R"("what":"log")",
       "the log cannot be written: " + why},
      {trouble(Task::write_metrics),
       "- failed what=metrics reason=\"the metrics file cannot be written: " + why + "\"",
       R"("what":"metrics")", "the metrics file cannot be written: " + why},
      {own(failed, NotifyFailed{Exited{3}}), R"(- failed what=notify error="it exited with 3")",
       R"("what":"notify","error":"it exited with 3")", ""},
      {own(failed, NotifyFailed{KilledBySignal{9}}),
       R"(- failed what=notify error="it was ended by signal 9")",
       R"("what":"notify","error":"it was ended by signal 9")", ""},
      {own(failed, NotifyFailed{TimedOut{}}),
       R"(- failed what=notify error="not done within 30 s")",
       R"("what":"notify","error":"not done within 30 s")", ""},
      {own(failed, NotifyFailed{Exited{1}, 7}),
       R"(- failed what=notify error="it exited with 1" count=7)",
       R"("what":"notify","error":"it exited with 1","count":7)", ""},
      {own(failed, NotifyFailed{NotStarted{"bin/x: no"}}),
       R"(- failed what=notify error="bin/x: no")", R"("what":"notify","error":"bin/x: no")", ""},
  };
}

std::vector<Telling> all_events() {
  std::vector<Telling> all;
  for (auto& part :
       {lives_and_ends(), not_ready(), failed_starts(), what_needs_a_person(), of_the_whole_pass()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

TEST(Events, EachIsOneLineOfTheLog) {
  for (const auto& each : all_events()) {
    const char* const levels[] = {"INFO", "WARN", "ERROR"};
    EXPECT_EQ(log_text(each.event, "shop", LogTime::written),
              std::string("1970-01-01T00:00:00.000Z ") +
                  levels[static_cast<int>(each.event.severity)] + " shop " + each.log);
  }
}

std::string json_word(const std::string& text) {
  return text.empty() ? "null" : boost::json::serialize(boost::json::string(text));
}

std::string member(const std::string& text) {
  return text.empty() ? "" : "," + text;
}

TEST(Events, EachIsOneLineOfAJsonLog) {
  for (const auto& each : all_events()) {
    const char* const levels[] = {"INFO", "WARN", "ERROR"};
    auto expected = std::string(R"({"level":")") + levels[static_cast<int>(each.event.severity)] +
                    R"(","app":"shop","worker":)" + json_word(each.event.worker) + R"(,"event":)" +
                    json_word(std::string(name_of(each.event.kind))) + member(each.fields);
    // Stopping has a field `reason` of its own, and is no problem.
    if (!each.problem.empty()) expected += R"(,"reason":)" + json_word(problem_of(each.event));
    EXPECT_EQ(log_json(each.event, "shop", LogTime::left_out), expected + "}");
  }
}

TEST(Events, AProblemIsOneLineOnStderr) {
  for (const auto& each : all_events())
    EXPECT_EQ(problem_lines({each.event}),
              each.problem.empty() ? "" : "bootcheck: " + each.problem + "\n");
}

TEST(Events, EachIsOneNotification) {
  const Origin origin{.app = "shop", .host = "web1"};
  for (const auto& each : all_events()) {
    const char* const levels[] = {"info", "warning", "error"};
    EXPECT_EQ(
        notification(each.event, origin),
        std::string(
            R"({"schema":1,"app":"shop","host":"web1","time":"1970-01-01T00:00:00.000Z","event":)") +
            json_word(std::string(name_of(each.event.kind))) + R"(,"severity":")" +
            levels[static_cast<int>(each.event.severity)] + R"(","worker":)" +
            json_word(each.event.worker) + R"(,"fields":{)" + each.fields + R"(},"problem":)" +
            json_word(problem_of(each.event)) + "}\n");
  }
}

TEST(Events, NoKindIsMissingHere) {
  std::set<EventKind> kinds;
  for (const auto& each : all_events())
    kinds.insert(each.event.kind);
  EXPECT_EQ(kinds.size(), static_cast<std::size_t>(EventKind::failed) + 1);
}

TEST(EventLines, AreWhatAPersonSeesWhileWorkersRoll) {
  auto evil = info(EventKind::job_recovered, OfJob{"a\x1b[2J\nb"});
  evil.worker = "x\x1b";
  EXPECT_EQ(event_lines({info(EventKind::started, Up{5, 900ms}), own(EventKind::gap, Unchecked{}),
                         error(EventKind::unknown, CannotTell{"why"}), evil}),
            "delayed_job.1  started pid=5 took=0.9s\nx\\x1b  job_recovered job=a\\x1b[2J\\nb\n");
}

TEST(Busy, SaysWhoIsAtWork) {
  EXPECT_EQ(busy_line(lock(EventKind::busy, 5, false)),
            "another pass (pid 5) is at work; nothing to do\n");
  EXPECT_EQ(busy_line(lock(EventKind::busy, 0, false)), "another pass is at work; nothing to do\n");
  EXPECT_EQ(busy_line(lock(EventKind::busy, 5, true)),
            "another pass (pid 5) is at work: it, or the next one, does what was asked for\n");
}

TEST(Failure, IsWhatTheMachineSaid) {
  EXPECT_EQ(failure_of({ENOENT, std::system_category(), "cannot open x"}),
            (Failure{"cannot open x", "No such file or directory"}));
  EXPECT_EQ(failure_of(std::system_error(ENOENT, std::system_category())),
            (Failure{"No such file or directory", ""}));
}

}  // namespace
}  // namespace bootcheck
