#include "report/metrics.h"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

AppStatus app_with(std::vector<WorkerStatus> workers) {
  AppStatus status;
  status.app = "shop";
  status.workers = std::move(workers);
  return status;
}

WorkerStatus one(const char* name, WorkerState state, pid_t pid = 0) {
  WorkerStatus status;
  status.name = name;
  status.state = state;
  if (pid != 0) {
    status.pid = pid;
    status.age = 100s;
    status.memory = 1000;
  }
  return status;
}

TEST(Metrics, AreThePrometheusTextFormat) {
  PassFigures figures{.ended_at = 1795415101, .took = 1500ms, .counters = {}};
  figures.counters["a"] = {
      .starts = 1, .start_failures = 2, .crashes = 3, .drains = 4, .jobs_recovered = 5};
  EXPECT_EQ(
      format_metrics(app_with({one("a", WorkerState::running, 5)}), figures),
      R"(# HELP bootcheck_last_pass_timestamp_seconds When the last pass ended, in seconds since the epoch.
# TYPE bootcheck_last_pass_timestamp_seconds gauge
bootcheck_last_pass_timestamp_seconds{app="shop"} 1795415101
# HELP bootcheck_last_pass_duration_seconds How long the last pass took.
# TYPE bootcheck_last_pass_duration_seconds gauge
bootcheck_last_pass_duration_seconds{app="shop"} 1.5
# HELP bootcheck_boot_failures Boots of the application in a row that failed, so that nobody was replaced.
# TYPE bootcheck_boot_failures gauge
bootcheck_boot_failures{app="shop"} 0
# HELP bootcheck_worker_up Whether the worker's process is alive.
# TYPE bootcheck_worker_up gauge
bootcheck_worker_up{app="shop",worker="a"} 1
# HELP bootcheck_worker_unknown Whether it cannot be told if the worker runs.
# TYPE bootcheck_worker_unknown gauge
bootcheck_worker_unknown{app="shop",worker="a"} 0
# HELP bootcheck_worker_should_run Whether the worker is meant to run (0: held).
# TYPE bootcheck_worker_should_run gauge
bootcheck_worker_should_run{app="shop",worker="a"} 1
# HELP bootcheck_worker_held Whether an operator holds the worker down.
# TYPE bootcheck_worker_held gauge
bootcheck_worker_held{app="shop",worker="a"} 0
# HELP bootcheck_worker_draining_seconds For how long the worker has been finishing its job (0: it is not).
# TYPE bootcheck_worker_draining_seconds gauge
bootcheck_worker_draining_seconds{app="shop",worker="a"} 0
# HELP bootcheck_worker_set_aside Old processes of the worker that are still finishing their jobs.
# TYPE bootcheck_worker_set_aside gauge
bootcheck_worker_set_aside{app="shop",worker="a"} 0
# HELP bootcheck_worker_start_time_seconds When the worker's process was started, in seconds since the epoch.
# TYPE bootcheck_worker_start_time_seconds gauge
bootcheck_worker_start_time_seconds{app="shop",worker="a"} 1795415001
# HELP bootcheck_worker_memory_bytes Resident memory of the worker's process.
# TYPE bootcheck_worker_memory_bytes gauge
bootcheck_worker_memory_bytes{app="shop",worker="a"} 1000
# HELP bootcheck_worker_failures Early deaths and failed starts in a row.
# TYPE bootcheck_worker_failures gauge
bootcheck_worker_failures{app="shop",worker="a"} 0
# HELP bootcheck_worker_backoff_seconds Until the next try to start a worker that does not stay up (0: none).
# TYPE bootcheck_worker_backoff_seconds gauge
bootcheck_worker_backoff_seconds{app="shop",worker="a"} 0
# HELP bootcheck_worker_starts_total Starts of the worker that succeeded.
# TYPE bootcheck_worker_starts_total counter
bootcheck_worker_starts_total{app="shop",worker="a"} 1
# HELP bootcheck_worker_start_failures_total Starts of the worker that failed.
# TYPE bootcheck_worker_start_failures_total counter
bootcheck_worker_start_failures_total{app="shop",worker="a"} 2
# HELP bootcheck_worker_crashes_total Deaths of the worker that nobody had asked for.
# TYPE bootcheck_worker_crashes_total counter
bootcheck_worker_crashes_total{app="shop",worker="a"} 3
# HELP bootcheck_worker_drains_total Processes of the worker that exited after they were asked to.
# TYPE bootcheck_worker_drains_total counter
bootcheck_worker_drains_total{app="shop",worker="a"} 4
# HELP bootcheck_worker_jobs_recovered_total Jobs of dead processes that were handed back.
# TYPE bootcheck_worker_jobs_recovered_total counter
bootcheck_worker_jobs_recovered_total{app="shop",worker="a"} 5
)");
}

TEST(Metrics, UpIsWhetherTheProcessLives) {
  auto held = one("held", WorkerState::held, 7);
  held.should_run = false;
  const auto text = format_metrics(
      app_with({one("gone", WorkerState::missing), one("booting", WorkerState::starting, 6), held,
                one("hidden", WorkerState::unknown)}),
      {});
  EXPECT_THAT(text, HasSubstr("bootcheck_worker_up{app=\"shop\",worker=\"gone\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("bootcheck_worker_up{app=\"shop\",worker=\"booting\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("bootcheck_worker_up{app=\"shop\",worker=\"held\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("bootcheck_worker_held{app=\"shop\",worker=\"held\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("bootcheck_worker_up{app=\"shop\",worker=\"hidden\"}")));
  EXPECT_THAT(text, HasSubstr("bootcheck_worker_unknown{app=\"shop\",worker=\"hidden\"} 1\n"));
  EXPECT_THAT(text,
              Not(HasSubstr("bootcheck_worker_start_time_seconds{app=\"shop\",worker=\"gone\"}")));
}

TEST(Metrics, WhatWasNeverCountedIsZero) {
  EXPECT_THAT(format_metrics(app_with({one("a", WorkerState::missing)}), {}),
              HasSubstr("bootcheck_worker_crashes_total{app=\"shop\",worker=\"a\"} 0\n"));
}

TEST(Metrics, LabelsAreEscaped) {
  auto status = app_with({one("a\"b\\c\nd\xff", WorkerState::missing)});
  EXPECT_THAT(format_metrics(status, {}),
              HasSubstr("bootcheck_worker_up{app=\"shop\",worker=\"a\\\"b\\\\c\\nd\uFFFD\"} 0\n"));
}

TEST(Metrics, TellBackOffAndDrainInSeconds) {
  auto failing = one("a", WorkerState::failing);
  failing.failures = 3;
  failing.next_try_in = 250s;
  failing.draining_for = 1500ms;
  const auto text = format_metrics(app_with({failing}), {});
  EXPECT_THAT(text, HasSubstr("bootcheck_worker_failures{app=\"shop\",worker=\"a\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("bootcheck_worker_backoff_seconds{app=\"shop\",worker=\"a\"} 250\n"));
  EXPECT_THAT(text,
              HasSubstr("bootcheck_worker_draining_seconds{app=\"shop\",worker=\"a\"} 1.5\n"));
}

TEST(Counters, CountWhatHappened) {
  using enum EventKind;
  std::vector<Event> events;
  for (const auto kind :
       {crashed, started, job_recovered, job_recovered, start_failed, drained, asked_to_stop}) {
    events.emplace_back().kind = kind;
    events.back().worker = "a";
  }
  events.emplace_back().kind = job_recovered;  // of no worker that is known
  std::map<std::string, Counters> counters{{"a", {.starts = 10}}};
  count_events(events, counters);
  EXPECT_EQ(counters.size(), 1U);
  EXPECT_EQ(
      counters["a"],
      (Counters{
          .starts = 11, .start_failures = 1, .crashes = 1, .drains = 1, .jobs_recovered = 2}));
}

}  // namespace
}  // namespace bootcheck
