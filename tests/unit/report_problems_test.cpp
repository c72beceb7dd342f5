#include "report/problems.h"

#include <string>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

constexpr WallTime kStart = 1795415101;

/// A problem whose text is known; empty: none.
Event problem(EventKind kind, const char* worker, const char* text = "why; what to do") {
  return make_event(kind, worker, Severity::error, StartFailure{InWords{text}, {}, {}});
}

Event own_trouble(Task task) {
  return make_event(EventKind::failed, {}, Severity::warning, Trouble{task, {"x", "y"}});
}

TEST(ProblemLine, SaysWhatWhichWhyAndWhatToDo) {
  EXPECT_EQ(problem_line(problem(EventKind::start_failed, "delayed_job.1",
                                 "bin/delayed_job is not there; deploy it")),
            "bootcheck: delayed_job.1: not started: bin/delayed_job is not there; deploy it\n");
}

TEST(ProblemLine, OfTheWholePassNamesNoWorker) {
  EXPECT_EQ(problem_line(problem(EventKind::stuck, "", "pid 5 holds the lock; end it")),
            "bootcheck: another pass is stuck: pid 5 holds the lock; end it\n");
}

TEST(ProblemLine, NamesTheAppWhereThereAreSeveral) {
  EXPECT_EQ(problem_line(problem(EventKind::crashed, "delayed_job.1", ""), "shop"),
            "bootcheck: shop: delayed_job.1: crashed\n");
}

TEST(ProblemLines, WorkersThatHaveTheSameToSaySayItInOneLine) {
  EXPECT_EQ(
      problem_lines({problem(EventKind::start_failed, "a", "no"),
                     problem(EventKind::start_failed, "b", "no"),
                     problem(EventKind::start_failed, "c", "other"),
                     problem(EventKind::crashed, "d", ""), problem(EventKind::failing, "e", "no")}),
      "bootcheck: a, b: not started: no\n"
      "bootcheck: c: not started: other\n"
      "bootcheck: e: does not stay up: no\n");
}

TEST(ProblemLines, ProblemsOfTheWholePassAreKeptApart) {
  EXPECT_EQ(
      problem_lines({problem(EventKind::failed, "", "x"), problem(EventKind::failed, "", "x")}),
      "bootcheck: x\nbootcheck: x\n");
}

TEST(ProblemLine, IsOneLineWhateverAStartCommandPrinted) {
  EXPECT_EQ(problem_line(problem(EventKind::start_failed, "a",
                                 "exited with 1:\n  \x1b[31mLoadError\x1b[0m\n\n  from x.rb\n")),
            "bootcheck: a: not started: exited with 1: | \\x1b[31mLoadError\\x1b[0m | from x.rb\n");
}

using Told_ = std::map<std::string, Told>;

TEST(ProblemsToTell, ANewProblemIsToldAndThenOnceAnHour) {
  Told_ told;
  const std::vector events{problem(EventKind::unknown, "a")};
  const std::pair<WallTime, std::size_t> passes[] = {{0, 1},    {60, 0},   {3599, 0}, {3600, 1},
                                                     {3660, 0}, {7199, 0}, {7200, 1}};
  for (const auto& [after, expected] : passes)
    EXPECT_EQ(problems_to_tell(events, kStart + after, told).size(), expected) << after;
}

TEST(ProblemsToTell, AProblemThatBeginsAgainIsTold) {
  Told_ told;
  const std::vector events{problem(EventKind::unknown, "a")};
  EXPECT_EQ(problems_to_tell(events, kStart, told).size(), 1U);
  EXPECT_TRUE(problems_to_tell({}, kStart + 60, told).empty());
  EXPECT_TRUE(told.empty());
  EXPECT_EQ(problems_to_tell(events, kStart + 120, told).size(), 1U);
}

TEST(ProblemsToTell, OtherPidsInTheTextAreNoOtherProblem) {
  Told_ told;
  EXPECT_EQ(
      problems_to_tell({problem(EventKind::duplicate, "a", "pids 5, 6")}, kStart, told).size(), 1U);
  EXPECT_EQ(
      problems_to_tell({problem(EventKind::duplicate, "a", "pids 5, 7")}, kStart + 60, told).size(),
      0U);
}

TEST(ProblemsToTell, AnotherWorkerOrAnotherKindIsAnotherProblem) {
  Told_ told;
  problems_to_tell({problem(EventKind::unknown, "a")}, kStart, told);
  const auto due =
      problems_to_tell({problem(EventKind::unknown, "a"), problem(EventKind::unknown, "b"),
                        problem(EventKind::duplicate, "a")},
                       kStart + 60, told);
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[0].worker, "b");
  EXPECT_EQ(due[1].kind, EventKind::duplicate);
}

// cron would mail each try of a worker that cannot start.
TEST(ProblemsToTell, AWorkerThatDoesNotStayUpIsOneTrouble) {
  Told_ told;
  const auto first = problems_to_tell(
      {problem(EventKind::crashed, "a"), problem(EventKind::start_failed, "a")}, kStart, told);
  EXPECT_EQ(first.size(), 2U) << "what one pass has to say is said together";
  EXPECT_TRUE(problems_to_tell({problem(EventKind::failing, "a")}, kStart + 60, told).empty());
  EXPECT_TRUE(
      problems_to_tell({problem(EventKind::start_failed, "a")}, kStart + 120, told).empty());
  EXPECT_EQ(problems_to_tell({problem(EventKind::failing, "a")}, kStart + 3600, told).size(), 1U);
}

TEST(ProblemsToTell, EventsOfThePassAreToldApartByWhat) {
  const auto log = own_trouble(Task::write_log);
  const auto metrics = own_trouble(Task::write_metrics);
  Told_ told;
  problems_to_tell({log}, kStart, told);
  const auto due = problems_to_tell({log, metrics}, kStart + 60, told);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0], metrics);
}

TEST(ProblemsToTell, AnEventWithoutAProblemIsNone) {
  Told_ told;
  EXPECT_TRUE(problems_to_tell({problem(EventKind::crashed, "a", "")}, kStart, told).empty());
  EXPECT_TRUE(told.empty());
}

TEST(ProblemsToTell, AClockSetBackDoesNotSilence) {
  Told_ told;
  const std::vector events{problem(EventKind::unknown, "a")};
  problems_to_tell(events, kStart + 86400, told);
  EXPECT_EQ(problems_to_tell(events, kStart, told).size(), 1U);
  EXPECT_EQ(problems_to_tell(events, kStart + 60, told).size(), 0U);
}

TEST(ProblemsToTell, AnUnchangedProblemLeavesTheMemoryUnchanged) {
  Told_ told;
  const std::vector events{problem(EventKind::unknown, "a")};
  problems_to_tell(events, kStart, told);
  const auto before = told;
  problems_to_tell(events, kStart + 60, told);
  EXPECT_EQ(told, before) << "the state file would be written in every pass";
}

TEST(ProblemsToTell, LeavesWhatOthersRememberAlone) {
  Told_ told{{"notified a failing", {.at = kStart}}};
  problems_to_tell({}, kStart + 60, told);
  EXPECT_EQ(told.size(), 1U);
}

}  // namespace
}  // namespace bootcheck
