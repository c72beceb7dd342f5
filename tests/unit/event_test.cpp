// What is known of an event before anybody puts it into words.
#include "model/event.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

Event event_with(Detail detail) {
  return make_event(EventKind::started, "delayed_job.2", Severity::info, std::move(detail));
}

TEST(Event, IsStampedOnce) {
  std::vector events = {event_with({}), event_with({})};
  events.front().at = Duration{5};
  stamp(events, Duration{7});
  EXPECT_EQ(events.front().at, Duration{5});
  EXPECT_EQ(events.back().at, Duration{7});
}

TEST(Event, IsAboutAProcessWhereOneIsKnown) {
  const auto stopping = [](pid_t pid) {
    return Stopping{.pid = pid, .reason = StopReason::stop, .took = {}};
  };
  const auto held_by = [](pid_t pid) {
    return LockHeld{.pid = pid, .lasted = Duration{0}, .lock_file = {}};
  };
  for (const Detail& detail :
       {Detail(OfProcess{.pid = 100}), Detail(Up{.pid = 100}), Detail(StartUnderWay{.pid = 100}),
        Detail(stopping(100)), Detail(held_by(100))})
    EXPECT_EQ(pid_of(event_with(detail)), 100) << detail.index();
  for (const Detail& detail :
       {Detail(OfProcess{.pid = 0}), Detail(Up{.pid = std::nullopt}), Detail(Up{.pid = 0}),
        Detail(StartUnderWay{.pid = 0}), Detail(stopping(0)), Detail(held_by(0)),
        Detail(CannotTell{"hidepid"})})
    EXPECT_EQ(pid_of(event_with(detail)), std::nullopt) << detail.index();
}

TEST(Failure, IsWhatCouldNotBeDoneAndWhy) {
  const std::error_code none(ENOENT, std::generic_category());
  EXPECT_EQ(failure_of(std::system_error(none, "cannot open /srv/x")),
            (Failure{"cannot open /srv/x", "No such file or directory"}));
  class Told : public std::system_error {
   public:
    using std::system_error::system_error;
    const char* what() const noexcept override { return "cannot open /srv/x"; }
  };
  EXPECT_EQ(failure_of(Told(none)), (Failure{"cannot open /srv/x", ""}));
}

}  // namespace
}  // namespace bootcheck
