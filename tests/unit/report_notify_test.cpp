#include "report/notify.h"
#include "report/problems.h"

#include <string>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

constexpr WallTime kThen = 1795415101;

Event fact(EventKind kind, const char* worker, pid_t pid = 0) {
  return make_event(kind, worker, Severity::info, pid == 0 ? Detail() : OfProcess{pid});
}

TEST(Notify, KnowsWhatIsWorthACall) {
  using enum EventKind;
  for (const auto kind : {crashed, start_failed, failing, recovered, stuck, drain_slow})
    EXPECT_TRUE(is_notified(kind)) << name_of(kind);
  for (const auto kind :
       {started, stale, restored, asked_to_stop, drained, set_aside, job_recovered, recovery_failed,
        duplicate, orphan, unknown, killed, gap, busy, failed})
    EXPECT_FALSE(is_notified(kind)) << name_of(kind);
}

struct Pass {
  std::vector<Event> events;
  std::size_t notified;
};

void expect_passes(const std::vector<Pass>& passes) {
  std::map<std::string, Told> told;
  WallTime now = kThen;
  for (const auto& pass : passes) {
    EXPECT_EQ(facts_to_notify(pass.events, now, told).size(), pass.notified)
        << "pass " << (now - kThen) / 60;
    now += 60;
  }
}

TEST(Notify, AWorkerThatKeepsFailingIsNotifiedOnce) {
  using enum EventKind;
  expect_passes({{{fact(crashed, "a", 5), fact(start_failed, "a")}, 2},
                 {{fact(failing, "a")}, 1},
                 {{fact(failing, "a")}, 0},
                 {{fact(start_failed, "a")}, 0},
                 {{fact(failing, "a")}, 0}});
}

TEST(Notify, FailingAfterItHadRecoveredIsNews) {
  using enum EventKind;
  expect_passes({{{fact(failing, "a")}, 1},
                 {{}, 0},
                 {{fact(recovered, "a")}, 1},
                 {{fact(failing, "a")}, 1},
                 {{fact(recovered, "a")}, 1}});
}

TEST(Notify, EachProcessThatCrashesOrDrainsLongIsAFact) {
  using enum EventKind;
  expect_passes({{{fact(drain_slow, "a", 5)}, 1},
                 {{fact(drain_slow, "a", 5)}, 0},
                 {{fact(drain_slow, "a", 5), fact(drain_slow, "a", 6)}, 1},
                 {{fact(crashed, "a", 7)}, 1},
                 {{fact(crashed, "a", 8)}, 1}});
}

TEST(Notify, AStuckPassIsAFactOfItsOwn) {
  using enum EventKind;
  expect_passes({{{fact(stuck, "", 5)}, 1}, {{fact(stuck, "", 5)}, 0}, {{fact(stuck, "", 6)}, 1}});
}

TEST(Notify, WorkersWithLikeNamesAreTwo) {
  using enum EventKind;
  expect_passes({{{fact(failing, "a"), fact(failing, "a b")}, 2},
                 {{fact(failing, "a")}, 0},
                 {{fact(failing, "a"), fact(failing, "a.1")}, 1}});
}

TEST(Notify, RemembersBesideTheProblems) {
  std::map<std::string, Told> told{{"problem a unknown", {.at = kThen}}};
  facts_to_notify({fact(EventKind::failing, "a")}, kThen, told);
  EXPECT_EQ(told.size(), 2U);
  problems_to_tell({}, kThen, told);
  EXPECT_TRUE(facts_to_notify({fact(EventKind::failing, "a")}, kThen + 60, told).empty());
}

TEST(Notification, IsOneJsonDocument) {
  auto event = fact(EventKind::crashed, "delayed_job.1", 123);
  event.severity = Severity::warning;
  event.at = Duration{1795415101123};
  EXPECT_EQ(notification(event, {.app = "shop", .host = "web1"}),
            R"({"schema":1,"app":"shop","host":"web1","time":"2026-11-23T06:25:01.123Z",)"
            R"("event":"crashed","severity":"warning","worker":"delayed_job.1",)"
            R"("fields":{"pid":123},"problem":null})"
            "\n");
}

}  // namespace
}  // namespace bootcheck
