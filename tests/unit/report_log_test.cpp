#include "report/log.h"

#include <string>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

constexpr const char* time_of_event = "2026-11-23T06:25:01.123Z";

Event started() {
  Event event;
  event.worker = "delayed_job.1";
  event.fields = {{"pid", "123"}, {"took", "0.9s"}};
  return event;
}

TEST(LogText, IsTheLineOfTheContract) {
  EXPECT_EQ(log_text(started(), "shop", time_of_event),
            "2026-11-23T06:25:01.123Z INFO shop delayed_job.1 started pid=123 took=0.9s");
}

TEST(LogText, AnEventOfTheWholePassHasADashForAWorker) {
  Event event;
  event.kind = EventKind::gap;
  event.severity = Severity::warning;
  event.fields = {{"unchecked_for", "15m"}};
  EXPECT_EQ(log_text(event, "shop", time_of_event),
            "2026-11-23T06:25:01.123Z WARN shop - gap unchecked_for=15m");
}

TEST(LogText, AProblemIsTheReason) {
  auto event = started();
  event.kind = EventKind::start_failed;
  event.severity = Severity::error;
  event.fields.clear();
  event.problem = "exited with 1:\n\"no such file\"";
  EXPECT_EQ(log_text(event, "shop", time_of_event),
            "2026-11-23T06:25:01.123Z ERROR shop delayed_job.1 start_failed "
            R"(reason="exited with 1:\n\"no such file\"")");
}

struct ValueCase {
  std::string value;
  std::string expected;
};

TEST(LogText, QuotesWhatALogfmtParserWouldMisread) {
  const ValueCase cases[] = {
      {"plain", "v=plain"},          {"", "v=\"\""},          {"a b", "v=\"a b\""},
      {"a=b", "v=\"a=b\""},          {"a\"b", R"(v="a\"b")"}, {R"(a\b)", R"(v="a\\b")"},
      {R"(a\nb)", R"(v="a\\nb")"},   {"a\nb", R"(v="a\nb")"}, {"a\tb", R"(v="a\tb")"},
      {"\x1b[2J", R"(v="\x1b[2J")"}, {"\xff", R"(v="\xff")"}, {"Prüfung", "v=Prüfung"}};
  for (const auto& each : cases) {
    Event event;
    event.fields = {{"v", each.value}};
    EXPECT_EQ(log_text(event, "shop", ""), "INFO shop - started " + each.expected);
  }
}

TEST(LogText, NoNameBreaksTheLineApart) {
  auto event = started();
  event.worker = "a\nb";
  event.fields.clear();
  EXPECT_EQ(log_text(event, "my shop", ""), R"(INFO "my shop" "a\nb" started)");
}

TEST(LogJson, HasTheSameFieldsOnOneLine) {
  auto event = started();
  event.severity = Severity::error;
  event.problem = "a\nb";
  EXPECT_EQ(log_json(event, "shop", time_of_event),
            R"({"time":"2026-11-23T06:25:01.123Z","level":"ERROR","app":"shop",)"
            R"("worker":"delayed_job.1","event":"started","pid":123,"took":"0.9s",)"
            R"("reason":"a\nb"})");
}

TEST(LogJson, AnEventOfTheWholePassHasNoWorker) {
  Event event;
  event.kind = EventKind::gap;
  EXPECT_EQ(log_json(event, "shop", ""),
            R"({"level":"INFO","app":"shop","worker":null,"event":"gap"})");
}

TEST(LogJson, AFieldNeverReplacesOneOfTheLinesOwn) {
  Event event;
  event.fields = {{"level", "9"}, {"app", "x"}};
  EXPECT_EQ(log_json(event, "shop", ""),
            R"({"level":"INFO","app":"shop","worker":null,"event":"started"})");
}

}  // namespace
}  // namespace bootcheck
