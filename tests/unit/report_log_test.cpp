#include "report/log.h"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace std::chrono_literals;

constexpr Duration time_of_event{1795415101123};

Event at(Event event) {
  event.at = time_of_event;
  return event;
}

Event started() {
  return at(make_event(EventKind::started, "delayed_job.1", Severity::info, Up{123, 900ms}));
}

TEST(LogText, IsTheLineOfTheContract) {
  EXPECT_EQ(log_text(started(), "shop", LogTime::written),
            "2026-11-23T06:25:01.123Z INFO shop delayed_job.1 started pid=123 took=0.9s");
}

TEST(LogText, AnEventOfTheWholePassHasADashForAWorker) {
  const auto event = at(make_event(EventKind::gap, {}, Severity::warning, Unchecked{15min}));
  EXPECT_EQ(log_text(event, "shop", LogTime::written),
            "2026-11-23T06:25:01.123Z WARN shop - gap unchecked_for=900s");
}

TEST(LogText, AProblemIsTheReason) {
  const auto event =
      at(make_event(EventKind::start_failed, "delayed_job.1", Severity::error,
                    StartFailure{InWords{"exited with 1:\n\"no such file\""}, {}, {}}));
  EXPECT_EQ(log_text(event, "shop", LogTime::written),
            "2026-11-23T06:25:01.123Z ERROR shop delayed_job.1 start_failed "
            R"(reason="exited with 1:\n\"no such file\"")");
}

struct ValueCase {
  std::string value;
  std::string expected;
};

TEST(LogText, QuotesWhatALogfmtParserWouldMisread) {
  const ValueCase cases[] = {
      {"plain", "job=plain"},          {"", "job=\"\""},          {"a b", "job=\"a b\""},
      {"a=b", "job=\"a=b\""},          {"a\"b", R"(job="a\"b")"}, {R"(a\b)", R"(job="a\\b")"},
      {R"(a\nb)", R"(job="a\\nb")"},   {"a\nb", R"(job="a\nb")"}, {"a\tb", R"(job="a\tb")"},
      {"\x1b[2J", R"(job="\x1b[2J")"}, {"\xff", R"(job="\xff")"}, {"Prüfung", "job=Prüfung"}};
  for (const auto& each : cases) {
    const auto event = make_event(EventKind::job_recovered, {}, Severity::info, OfJob{each.value});
    EXPECT_EQ(log_text(event, "shop", LogTime::left_out),
              "INFO shop - job_recovered " + each.expected);
  }
}

TEST(LogText, NoNameBreaksTheLineApart) {
  auto event = started();
  event.worker = "a\nb";
  event.detail = {};
  EXPECT_EQ(log_text(event, "my shop", LogTime::left_out), R"(INFO "my shop" "a\nb" started)");
}

TEST(LogJson, HasTheSameFieldsOnOneLine) {
  const auto event = at(
      make_event(EventKind::duplicate, "delayed_job.1", Severity::error, Duplicates{{5, 6}, true}));
  EXPECT_EQ(log_json(event, "shop", LogTime::written),
            R"({"time":"2026-11-23T06:25:01.123Z","level":"ERROR","app":"shop",)"
            R"("worker":"delayed_job.1","event":"duplicate","pids":"5, 6",)"
            R"("reason":"besides its own process, 5, 6; they are drained"})");
}

TEST(LogJson, AnEventOfTheWholePassHasNoWorker) {
  const auto event = make_event(EventKind::gap, {}, Severity::info, {});
  EXPECT_EQ(log_json(event, "shop", LogTime::left_out),
            R"({"level":"INFO","app":"shop","worker":null,"event":"gap"})");
}

}  // namespace
}  // namespace bootcheck
