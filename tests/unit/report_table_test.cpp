#include "report/grid.h"
#include "report/table.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kAsOf = 1795415101;  // 2026-11-23 06:25:01 UTC

WorkerStatus worker(const char* name, WorkerState state) {
  WorkerStatus status;
  status.name = name;
  status.state = state;
  return status;
}

WorkerStatus running_one(const char* name, pid_t pid, Duration age) {
  auto status = worker(name, WorkerState::running);
  status.pid = pid;
  status.age = age;
  status.memory = 212ULL << 20U;
  return status;
}

AppStatus shop(std::vector<WorkerStatus> workers) {
  AppStatus status;
  status.app = "shop";
  status.root = "/srv/shop/current";
  status.environment = "production";
  status.last_pass = kAsOf - 23;
  status.workers = std::move(workers);
  return status;
}

Hold hold_by_deploy() {
  return {.by = "deploy", .reason = "import", .since = kAsOf - 60, .until = kAsOf + 3600};
}

TEST(StatusTable, SetsEveryWorkerInColumns) {
  auto draining = running_one("delayed_job.2", 98765, 252s);
  draining.state = WorkerState::draining;
  draining.draining_for = 252s;
  draining.drain_reason = StopReason::restart;
  auto held = worker("feed-eu", WorkerState::held);
  held.hold = hold_by_deploy();
  const auto text = format_status(
      shop({running_one("delayed_job.1", 123, 3h + 4min), draining, held}), Style{.now = kAsOf});
  EXPECT_EQ(text,
            "shop (production) in /srv/shop/current, last pass 23s ago\n"
            "\n"
            "WORKER         STATE       PID      UP  MEMORY  NOTE\n"
            "delayed_job.1  running     123  3h 04m    212M\n"
            "delayed_job.2  draining  98765  4m 12s    212M  draining for 4m 12s after restart\n"
            "feed-eu        held          -       -       -  held by deploy until "
            "2026-11-23T07:25:01Z: import\n"
            "\n"
            "1 running, 1 draining, 1 held\n");
}

TEST(StatusTable, WithoutNotesThereIsNoColumnForThem) {
  EXPECT_EQ(format_status(shop({running_one("a", 123, 45s)}), Style{.now = kAsOf}),
            "shop (production) in /srv/shop/current, last pass 23s ago\n"
            "\n"
            "WORKER  STATE    PID   UP  MEMORY\n"
            "a       running  123  45s    212M\n"
            "\n"
            "1 running\n");
}

TEST(StatusTable, WithoutWorkersSaysSo) {
  auto status = shop({});
  status.last_pass.reset();
  EXPECT_EQ(format_status(status, {}),
            "shop (production) in /srv/shop/current, no pass has run yet\nno workers\n");
}

TEST(StatusTable, WarnsWhereNobodySeemsToMakeThePasses) {
  auto status = shop({running_one("a", 123, 45s)});
  status.last_pass = kAsOf - 600;
  EXPECT_EQ(format_status(status, Style{.now = kAsOf}).find("warning"), std::string::npos);
  status.last_pass = kAsOf - 720;
  EXPECT_TRUE(format_status(status, Style{.now = kAsOf})
                  .ends_with("warning: no pass for 12m 00s; is the crontab line there? "
                             "bootcheck doctor looks for it\n"))
      << format_status(status, Style{.now = kAsOf});
  status.stuck_after = 1h;
  EXPECT_EQ(format_status(status, Style{.now = kAsOf}).find("warning"), std::string::npos);
}

TEST(StatusTable, SaysWhyNobodyIsReplacedWhileTheApplicationDoesNotBoot) {
  auto status = shop({running_one("delayed_job.1", 123, 5s)});
  status.boot_trouble = {
      .failure = {.cause = Exited{1}, .output_tail = "no such gem\x1b", .output = "/srv/x.log"},
      .failures = 2,
      .next_try_in = 50s};
  EXPECT_NE(format_status(status, Style{.now = kAsOf})
                .find("1 running\n"
                      "the application does not boot, so nobody was asked to stop: its start "
                      "command exited with 1: no such gem\\x1b; see /srv/x.log\n"
                      "next try in 50s, at once with `bootcheck restart`, and with the next "
                      "release\n"),
            std::string::npos);
}

TEST(StatusTable, SaysOnceWhyWorkersDidNotComeUp) {
  auto first = worker("a", WorkerState::missing);
  first.failures = 1;
  first.last_error = StartFailure{Exited{1}, "no such gem", "/srv/x.log"};
  auto second = first;
  second.name = "b";
  auto third = first;
  third.name = "c";
  third.last_error = StartFailure{DiedEarly{}, {}, {}};
  EXPECT_EQ(format_status(shop({first, third, second}), Style{.now = kAsOf}),
            "shop (production) in /srv/shop/current, last pass 23s ago\n"
            "\n"
            "WORKER  STATE    PID  UP  MEMORY  NOTE\n"
            "a       missing    -   -       -  failed, next try in the next pass\n"
            "c       missing    -   -       -  failed, next try in the next pass\n"
            "b       missing    -   -       -  failed, next try in the next pass\n"
            "\n"
            "3 missing\n"
            "a, b: its start command exited with 1: no such gem; see /srv/x.log\n"
            "c: it died soon after its start\n");
}

TEST(StatusTable, SaysOnceWhatWorkersWaitFor) {
  auto first = worker("a", WorkerState::missing);
  first.not_ready = NotReady{{"pg_isready", "-q"}, Exited{2}, {}};
  auto second = running_one("b", 5, 1s);
  second.not_ready = NotReady{{"pg_isready", "-q"}, Exited{2}, 3min};
  EXPECT_EQ(format_status(shop({first, second}), Style{.now = kAsOf}),
            "shop (production) in /srv/shop/current, last pass 23s ago\n"
            "\n"
            "WORKER  STATE    PID  UP  MEMORY  NOTE\n"
            "a       missing    -   -       -  waits until it is ready\n"
            "b       running    5  1s    212M  has been waiting for 3m 00s until it is ready\n"
            "\n"
            "1 running, 1 missing\n"
            "a, b: waits until `pg_isready -q` says ready: it ended with 2\n");
}

TEST(StatusTable, PaintsTheStateOnlyWhenAsked) {
  const auto status = shop({worker("a", WorkerState::crashed), running_one("b", 5, 1s)});
  const auto plain = format_status(status, Style{.now = kAsOf});
  const auto painted = format_status(status, Style{.colour = true, .now = kAsOf});
  EXPECT_EQ(plain.find('\x1b'), std::string::npos);
  EXPECT_NE(painted.find("a       \x1b[31mcrashed\x1b[0m    -"), std::string::npos) << painted;
  EXPECT_NE(painted.find("b       \x1b[32mrunning\x1b[0m    5"), std::string::npos) << painted;
}

TEST(StatusTable, LongNotesAreWrappedOnATerminalOnly) {
  auto lost = worker("a", WorkerState::unknown);
  lost.note = "its process cannot be looked at: permission denied";
  const auto on_pipe = format_status(shop({lost}), Style{.now = kAsOf});
  EXPECT_NE(on_pipe.find("its process cannot be looked at: permission denied\n"),
            std::string::npos);
  const auto on_terminal = format_status(shop({lost}), Style{.width = 64, .now = kAsOf});
  EXPECT_NE(on_terminal.find("a       unknown    -   -       -  its process cannot be looked\n"
                             "                                  at: permission denied\n"),
            std::string::npos)
      << on_terminal;
  EXPECT_EQ(format_status(shop({lost}), Style{.width = 40, .now = kAsOf}), on_pipe)
      << "too narrow for a column of its own";
}

TEST(StatusTable, ShowsAWorkerThatASignalHasStopped) {
  auto frozen = running_one("a", 5, 1s);
  frozen.is_stopped = true;
  EXPECT_NE(format_status(shop({frozen}), Style{.now = kAsOf}).find("a       stopped    5"),
            std::string::npos)
      << format_status(shop({frozen}), Style{.now = kAsOf});
}

TEST(StatusTable, EscapesWhatComesFromOutside) {
  auto evil = worker("a\x1b[2J", WorkerState::unknown);
  evil.note = "title \x1b]0;x\x07\nsecond line";
  auto status = shop({evil});
  status.app = "sh\nop";
  const auto text = format_status(status, Style{.now = kAsOf});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
  EXPECT_NE(text.find("title \\x1b]0;x\\x07 | second line"), std::string::npos) << text;
  EXPECT_TRUE(text.starts_with("sh\\nop (production)")) << text;
}

// --- notes ---------------------------------------------------------------------------------------

using Notes = std::vector<std::string>;

TEST(Notes, SayHowLongAWorkerDrainsAndWhy) {
  auto status = running_one("a", 5, 1h);
  status.draining_for = 90s;
  const std::pair<std::optional<StopReason>, const char*> cases[] = {
      {StopReason::restart, "draining for 1m 30s after restart"},
      {StopReason::release, "draining for 1m 30s after a new release"},
      {StopReason::restart_file, "draining for 1m 30s after the restart file was touched"},
      {StopReason::memory, "draining for 1m 30s as it outgrew its memory limit"},
      {StopReason::age, "draining for 1m 30s as it outgrew its age limit"},
      {StopReason::stop, "draining for 1m 30s after stop"},
      {StopReason::duplicate, "draining for 1m 30s as there is another one of it"},
      {StopReason::orphan, "draining for 1m 30s as the configuration does not name it"},
      {std::nullopt, "draining for 1m 30s"},
  };
  for (const auto& [reason, expected] : cases) {
    status.drain_reason = reason;
    EXPECT_EQ(notes_of(status, {}), Notes{expected});
  }
}

TEST(Notes, SayWhenTheNextTryIs) {
  auto status = worker("a", WorkerState::failing);
  status.failures = 2;
  status.next_try_in = 4min;
  status.last_error = StartFailure{Exited{1}, {}, {}};
  EXPECT_EQ(notes_of(status, {}), Notes{"failed 2 times in a row, next try in 4m 00s"});
  status.next_try_in = Duration{-5};
  status.failures = 1;
  EXPECT_EQ(notes_of(status, {}), Notes{"failed, next try in the next pass"});
}

TEST(Notes, NameOldProcessesThatStillWork) {
  auto status = running_one("a", 5, 1h);
  status.set_aside = {123};
  EXPECT_EQ(notes_of(status, {}), Notes{"old process 123 is still finishing its job"});
  status.set_aside = {123, 124};
  EXPECT_EQ(notes_of(status, {}), Notes{"old processes 123, 124 are still finishing their jobs"});
}

TEST(Notes, TellWhoHoldsAWorkerInTheTimeOfTheReader) {
  auto status = worker("a", WorkerState::held);
  status.hold = hold_by_deploy();
  status.hold->reason.clear();
  const Style style{.time_text = [](WallTime) { return std::string("8 o'clock"); }};
  EXPECT_EQ(notes_of(status, style), Notes{"held by deploy until 8 o'clock"});
  status.hold->until.reset();
  EXPECT_EQ(notes_of(status, style), Notes{"held by deploy since 8 o'clock"});
}

TEST(Notes, ADisabledWorkerSaysSo) {
  auto status = worker("a", WorkerState::held);
  status.note = "disabled in the configuration";
  EXPECT_EQ(notes_of(status, {}), Notes{"disabled in the configuration"});
}

TEST(Notes, SayWhatMayRunUnderAHold) {
  auto status = worker("a", WorkerState::held);
  status.hold = hold_by_deploy();
  status.note = "pid 5 may be it";
  EXPECT_THAT(notes_of(status, {}),
              testing::ElementsAre(testing::StartsWith("held by deploy"), "pid 5 may be it"));
}

TEST(Notes, SayThatAWorkerIsStopped) {
  auto stopped = running_one("a", 5, 1s);
  stopped.is_stopped = true;
  EXPECT_EQ(notes_of(stopped, {}),
            std::vector<std::string>{"stopped by a signal; kill -CONT 5 lets it go on"});
}

TEST(Notes, SayThatAWorkerIsOutOfDate) {
  auto status = running_one("a", 5, 1h);
  status.out_of_date = StopReason::release;
  EXPECT_EQ(notes_of(status, {}), Notes{"out of date: release"});
}

TEST(Summary, CountsEveryState) {
  using enum WorkerState;
  std::vector<WorkerStatus> workers;
  for (const auto state : {unknown, failing, held, running, draining, missing, crashed, stale, lost,
                           duplicate, starting, running, drained})
    workers.push_back(worker("a", state));
  EXPECT_EQ(
      summary_of(shop(workers)),
      "2 running, 1 starting, 1 draining, 1 drained, 1 held, 1 missing, 1 crashed, 1 failing, "
      "1 stale, 1 lost, 1 duplicate, 1 unknown");
}

// --- run -----------------------------------------------------------------------------------------

Event event(EventKind kind, const char* name) {
  Event made;
  made.kind = kind;
  made.worker = name;
  return made;
}

Event started(const char* name, pid_t pid) {
  return make_event(EventKind::started, name, Severity::info, Up{pid, 900ms});
}

TEST(RunLines, SayWhatThePassDid) {
  auto draining = running_one("d", 7, 1h);
  draining.state = WorkerState::draining;
  draining.draining_for = 0s;
  draining.drain_reason = StopReason::stop;
  const auto status = shop({running_one("delayed_job.1", 123, 3h + 4min), running_one("b", 456, 0s),
                            running_one("c", 457, 0s), draining, worker("e", WorkerState::missing),
                            running_one("f", 458, 1s), running_one("g", 9, 61s)});
  const std::vector<Event> events{started("b", 456),
                                  event(EventKind::asked_to_stop, "c"),
                                  event(EventKind::drained, "c"),
                                  started("c", 457),
                                  event(EventKind::asked_to_stop, "d"),
                                  event(EventKind::start_failed, "e"),
                                  event(EventKind::crashed, "f"),
                                  event(EventKind::job_recovered, "f"),
                                  started("f", 458),
                                  event(EventKind::restored, "g"),
                                  event(EventKind::orphan, "z")};
  EXPECT_EQ(format_run(status, events, {}),
            "delayed_job.1  running      pid 123, up 3h 04m\n"
            "b              started      pid 456 in 0.9s\n"
            "c              restarted    pid 457 in 0.9s\n"
            "d              draining     pid 7, up 1h 00m, asked to finish its job and exit; "
            "draining for 0s after stop\n"
            "e              not started\n"
            "f              started      pid 458 in 0.9s, it had crashed, 1 job handed back\n"
            "g              running      pid 9, up 1m 01s, its pid file was written back\n");
}

TEST(RunLines, ArePaintedByWhatHappened) {
  const auto status = shop({worker("e", WorkerState::missing)});
  EXPECT_EQ(format_run(status, {event(EventKind::start_failed, "e")}, Style{.colour = true}),
            "e  \x1b[31mnot started\x1b[0m\n");
}

}  // namespace
}  // namespace bootcheck
