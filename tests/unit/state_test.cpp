// What the remembered says by itself: where it holds, and whom a name or a number means.
#include "model/state.h"

#include "model/stop_reason.h"

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

struct StampRow {
  Stamp written_by;
  Stamp here;
  bool is_foreign;
};

TEST(Stamp, IsForeignWhereAnotherHostOrContainerMayBeAtWork) {
  const StampRow rows[] = {{{"", "web1", 1}, {"b", "web2", 2}, false},  // nobody has written it
                           {{"a", "web1", 1}, {"a", "web1", 1}, false},
                           {{"a", "web1", 1}, {"a", "web1", 2}, true},   // containers of one kernel
                           {{"a", "web1", 1}, {"a", "web2", 1}, false},  // under another name
                           {{"a", "web1", 0}, {"a", "web1", 2}, false},
                           {{"a", "web1", 1}, {"a", "web1", 0}, false},
                           {{"a", "web1", 1}, {"b", "web1", 2}, false},  // before a reboot
                           {{"a", "web1", 1}, {"b", "web2", 1}, true},
                           {{"a", "", 1}, {"b", "web2", 1}, false},
                           {{"a", "web1", 1}, {"b", "", 1}, false}};
  for (const auto& row : rows) {
    EXPECT_EQ(is_foreign(row.written_by, row.here), row.is_foreign)
        << row.written_by.boot_id << row.written_by.host << row.written_by.pid_namespace << " "
        << row.here.boot_id << row.here.host << row.here.pid_namespace;
  }
}

TEST(DeadProcesses, AreFoundByPidAndByHostWhereBothAreKnown) {
  std::vector<DeadProcess> list = {{.pid = 7, .host = "web1"}, {.pid = 8, .host = {}}};
  const auto found = [&](pid_t pid, const std::string& host) {
    return find_dead(list, pid, host) - list.begin();
  };
  EXPECT_EQ(found(7, "web1"), 0);
  EXPECT_EQ(found(7, ""), 0);
  EXPECT_EQ(found(8, "web1"), 1);
  EXPECT_EQ(found(7, "web2"), 2) << "the end";
  EXPECT_EQ(found(9, "web1"), 2);
}

TEST(StopReasons, AreFoundByTheirNames) {
  using enum StopReason;
  for (const auto reason :
       {restart, release, restart_file, memory, age, stop, StopReason::duplicate, orphan})
    EXPECT_EQ(stop_reason_named(name_of(reason)), reason);
  EXPECT_FALSE(stop_reason_named("nonsense"));
}

}  // namespace
}  // namespace bootcheck
