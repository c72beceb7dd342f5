#include "report/json.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace std::chrono_literals;

AppStatus status_with(std::vector<WorkerStatus> workers) {
  AppStatus status;
  status.app = "shop";
  status.root = "/srv/shop/current";
  status.environment = "production";
  status.last_pass = 1795415101;
  status.workers = std::move(workers);
  return status;
}

WorkerStatus full_worker() {
  WorkerStatus worker;
  worker.name = "delayed_job.1";
  worker.state = WorkerState::draining;
  worker.pid = 123;
  worker.age = 3h + 999ms;
  worker.memory = 222298112;
  worker.draining_for = 252s;
  worker.drain_reason = StopReason::restart;
  worker.set_aside = {99, 100};
  worker.hold = Hold{.by = "deploy", .reason = "", .since = 0, .until = 1795415101};
  worker.pid_file = "/srv/shop/current/tmp/pids/delayed_job.1.pid";
  return worker;
}

TEST(StatusJson, HasTheBootThatFailed) {
  auto status = status_with({});
  status.boot_trouble = {.failure = {.cause = Exited{1}, .output_tail = {}, .output = {}},
                         .failures = 2,
                         .next_try_in = 50s};
  EXPECT_NE(status_json(status).find(R"("boot_failed": {
    "failures": 2,
    "next_try_in_seconds": 50,
    "reason": "its start command exited with 1"
  })"),
            std::string::npos);
}

TEST(StatusJson, HasEveryFieldOfEveryWorker) {
  EXPECT_EQ(status_json(status_with({full_worker()})), R"({
  "schema": 1,
  "app": "shop",
  "environment": "production",
  "root": "/srv/shop/current",
  "last_pass": "2026-11-23T06:25:01Z",
  "summary": {
    "draining": 1
  },
  "workers": [
    {
      "name": "delayed_job.1",
      "state": "draining",
      "should_run": true,
      "pid": 123,
      "age_seconds": 10800,
      "memory_bytes": 222298112,
      "stopped": false,
      "draining_for_seconds": 252,
      "drain_reason": "restart",
      "set_aside_pids": [99, 100],
      "hold": {
        "by": "deploy",
        "reason": null,
        "since": "1970-01-01T00:00:00Z",
        "until": "2026-11-23T06:25:01Z"
      },
      "out_of_date": null,
      "failures": 0,
      "next_try_in_seconds": null,
      "not_ready": null,
      "note": null,
      "pid_file": "/srv/shop/current/tmp/pids/delayed_job.1.pid"
    }
  ],
  "orphans": [],
  "boot_failed": null
}
)");
}

TEST(StatusJson, SaysWhatAWorkerWaitsFor) {
  WorkerStatus worker;
  worker.not_ready = NotReady{{"pg_isready", "-q"}, Exited{2}, std::chrono::seconds{62}};
  const auto document = boost::json::parse(status_json(status_with({worker}))).as_object();
  EXPECT_EQ(document.at("workers").at(0).at("not_ready"),
            boost::json::parse(R"({"command": "pg_isready -q", "answer": "it ended with 2",)"
                               R"( "for_seconds": 62})"));
}

TEST(StatusJson, WhatIsNotKnownIsNullAndNotAbsent) {
  auto status = status_with({WorkerStatus{}});
  status.last_pass.reset();
  const auto document = boost::json::parse(status_json(status)).as_object();
  EXPECT_TRUE(document.at("last_pass").is_null());
  const auto& worker = document.at("workers").at(0).as_object();
  for (const auto* field :
       {"pid", "age_seconds", "memory_bytes", "draining_for_seconds", "drain_reason", "hold",
        "out_of_date", "next_try_in_seconds", "not_ready", "note"})
    EXPECT_TRUE(worker.at(field).is_null()) << field;
  EXPECT_EQ(worker.at("set_aside_pids").as_array().size(), 0U);
}

TEST(StatusJson, CountsStates) {
  auto running = full_worker();
  running.state = WorkerState::running;
  const auto document =
      boost::json::parse(status_json(status_with({running, full_worker(), running})));
  EXPECT_EQ(document.at("summary"), (boost::json::object{{"running", 2}, {"draining", 1}}));
}

TEST(StatusJson, WithoutWorkersIsStillADocument) {
  const auto text = status_json(status_with({}));
  EXPECT_NE(
      text.find(
          "\"summary\": {},\n  \"workers\": [],\n  \"orphans\": [],\n  \"boot_failed\": null\n}\n"),
      std::string::npos)
      << text;
}

TEST(StatusJson, IsValidWhateverIsInAMessage) {
  auto worker = full_worker();
  worker.note = "quote \" backslash \\ newline \n escape \x1b bad \xff";
  const auto document = boost::json::parse(status_json(status_with({worker})));
  EXPECT_EQ(document.at("workers").at(0).at("note").as_string(),
            "quote \" backslash \\ newline \n escape \x1b bad \uFFFD");
}

TEST(RunJson, IsTheStatusWithWhatWasDone) {
  auto started = make_event(EventKind::started, "delayed_job.2", Severity::info, Up{456, 900ms});
  started.at = Duration{1795415101123};
  const auto gap = make_event(EventKind::gap, {}, Severity::warning, Unchecked{15min});
  const auto unknown =
      make_event(EventKind::unknown, "a", Severity::error, CannotTell{"/proc hides processes"});
  const auto document =
      boost::json::parse(run_json(status_with({}), {started, gap, unknown}, "run", 1));
  EXPECT_EQ(document.at("schema"), 1);
  EXPECT_EQ(document.at("app"), "shop");
  EXPECT_EQ(document.at("command"), "run");
  EXPECT_EQ(document.at("exit_status"), 1);
  EXPECT_EQ(document.at("events"), boost::json::parse(R"([
    {"time": "2026-11-23T06:25:01.123Z", "event": "started", "severity": "info", "worker": "delayed_job.2",
     "fields": {"pid": 456, "took": "0.9s"}, "problem": null},
    {"time": "1970-01-01T00:00:00.000Z", "event": "gap", "severity": "warning", "worker": null,
     "fields": {"unchecked_for": "900s"}, "problem": null},
    {"time": "1970-01-01T00:00:00.000Z", "event": "unknown", "severity": "error", "worker": "a", "fields": {},
     "problem": "/proc hides processes"}])"));
}

TEST(EventJson, WhatLooksLikeANumberIsOneOnlyIfItIsOne) {
  const auto event = make_event(EventKind::stale, "2", Severity::info, GarbageInPidFile{"12"});
  EXPECT_EQ(event_object(event).at("worker"), "2");
  EXPECT_EQ(event_object(event).at("fields"), (boost::json::object{{"pid_file", "12"}}));
}

// A JSON document is printed as well; that it escapes C0 is settled by JSON itself.
TEST(EventJson, EscapesWhatATerminalWouldActOn) {
  const std::string evil = "\x1b[2J\x7f\xc2\x9b\u202e\n";
  const auto event = make_event(EventKind::stale, "a", Severity::info, GarbageInPidFile{evil});
  for (const auto& text : {on_one_line(event_object(event)), indented(event_object(event))}) {
    EXPECT_NE(text.find(R"("\u001b[2J\u007f\u009b\u202e\n")"), std::string::npos) << text;
    EXPECT_EQ(boost::json::parse(text).at("fields").at("pid_file").as_string(), evil);
  }
}

TEST(Indented, WritesPlainListsOnOneLineAndNumbersAsPeopleDo) {
  const boost::json::value value{{"words", {"a", "b"}},
                                 {"half", 0.5},
                                 {"none", nullptr},
                                 {"objects", {{{"a", 1}}, {{"b", 2}}}}};
  EXPECT_EQ(indented(value), R"({
  "words": ["a", "b"],
  "half": 0.5,
  "none": null,
  "objects": [
    {
      "a": 1
    },
    {
      "b": 2
    }
  ]
}
)");
}

}  // namespace
}  // namespace bootcheck
