// What is known and said of the jobs that a host has locked which is gone for good.
#include "report/host_locks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using testing::HasSubstr;

TEST(HostLocks, KnowAHostByItsNameWithAndWithoutADomain) {
  for (const auto& [own, name] : {std::pair("web1", "web1"),
                                  {"web1", "WEB1"},
                                  {"web1", "web1.example.com"},
                                  {"web1.example.com", "web1"},
                                  {"web1.example.com", "Web1.Example.Com"}})
    EXPECT_TRUE(may_be_host(own, name)) << own << " " << name;
  for (const auto& [own, name] : {std::pair("web1", "web2"),
                                  {"web1", "web11"},
                                  {"web11", "web1"},
                                  {"web1", "web"},
                                  {"web1.example.com", "web1.example.org"},
                                  {"web1.a", "web1.a-b"}})
    EXPECT_FALSE(may_be_host(own, name)) << own << " " << name;
}

HostLocks locks_at(WallTime now) {
  return {.host = "web2",
          .workers = {{.name = "delayed_job.1", .pid = 7, .jobs = 1, .since = 500, .last = 1000},
                      {.name = "delayed_job.2", .pid = 8, .jobs = 2, .since = 600, .last = 900}},
          .now = now,
          .max_run_time = std::chrono::seconds{3600}};
}

TEST(HostLocks, AreFreshForAsLongAsAJobMayRun) {
  EXPECT_EQ(last_within_run_time(locks_at(4600)), nullptr);
  const auto fresh = locks_at(4599);
  const auto* worker = last_within_run_time(fresh);
  ASSERT_NE(worker, nullptr);
  EXPECT_EQ(worker->name, "delayed_job.1");
  EXPECT_EQ(last_within_run_time({}), nullptr);
  auto unknown = locks_at(0);
  for (auto& each : unknown.workers)
    each.last = 0;
  EXPECT_EQ(last_within_run_time(unknown), nullptr);
}

TEST(HostLocks, AreOfRakeWhereTheyNameNoWorker) {
  LockedWorker worker{.name = {}, .pid = 7, .jobs = 1, .since = 0, .last = 0};
  EXPECT_EQ(worker.shown("web2"), "jobs:work (pid 7 on web2)");
  worker.name = "delayed_job.1";
  EXPECT_EQ(worker.shown("web2"), "delayed_job.1 (pid 7 on web2)");
}

TEST(HostLocks, SayUntilWhen) {
  EXPECT_EQ(why_maybe_alive(locks_at(4599), {}),
            "delayed_job.1 (pid 7 on web2) locked a job at 1970-01-01T00:16:40Z, and a job may run "
            "for 1h 00m (max_run_time), until 1970-01-01T01:16:40Z");
  EXPECT_EQ(why_maybe_alive(locks_at(4600), {}), "");
}

TEST(HostLocks, AreShownWorkerByWorker) {
  EXPECT_EQ(format_host_locks(locks_at(5000), {}),
            "3 jobs are locked by 2 workers of web2:\n"
            "  delayed_job.1  pid 7   1 job  locked since 1970-01-01T00:08:20Z\n"
            "  delayed_job.2  pid 8  2 jobs  locked since 1970-01-01T00:10:00Z\n");
  auto locks = locks_at(5000);
  locks.workers.resize(1);
  locks.workers[0].since = 0;
  EXPECT_THAT(format_host_locks(locks, {}), HasSubstr("1 job is locked by 1 worker of web2:\n"));
  EXPECT_THAT(format_host_locks(locks, {}), HasSubstr("locked since some time\n"));
  locks.workers[0].name = "\033[2J";
  EXPECT_THAT(format_host_locks(locks, {}), HasSubstr("\\x1b[2J"));
}

}  // namespace
}  // namespace bootcheck
