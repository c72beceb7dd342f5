// delayed_job workers of the application that the configuration does not name.
#include "model/orphan.h"

#include "unit/model_fixture.h"

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;

const std::vector<Worker> kWorkers = {worker("1"), worker("2")};

bool is_orphan(const Process& process) {
  return bootcheck::is_orphan(kWorkers, app(), process);
}

TEST(Orphan, IsADelayedJobWorkerThatNobodyNamed) {
  for (const auto* title : {"delayed_job", "delayed_job.0", "delayed_job.3", "delayed_job.reports",
                            "delayed_job.22", "app/delayed_job.3", "a/b/delayed_job"})
    EXPECT_TRUE(is_orphan(with_title(100, title))) << title;
}

TEST(Orphan, IsNoWorkerThatIsNamed) {
  for (const auto* title : {"delayed_job.1", "delayed_job.2", "app/delayed_job.2"})
    EXPECT_FALSE(is_orphan(with_title(100, title))) << title;
}

TEST(Orphan, IsNothingThatOnlyLooksLikeAWorker) {
  for (const auto* title : {"delayed_job.3_monitor", "delayed_job_monitor", "delayed_jobs.3",
                            "my_delayed_job.3", "delayed_job.3/x", "nginx", "", "/"})
    EXPECT_FALSE(is_orphan(with_title(100, title))) << title;
  for (const auto& argv : {Argv{}, Argv{"ruby", "bin/delayed_job", "--identifier=3", "start"},
                           Argv{"tail", "delayed_job.3"}, Argv{"delayed_job.3", "x"}})
    EXPECT_FALSE(is_orphan(with_argv(100, argv)));
}

TEST(Orphan, RunsAsTheUserOfTheWorkers) {
  auto process = with_title(100, "delayed_job.3");
  EXPECT_TRUE(is_orphan(process));
  process.uid = 0;
  EXPECT_FALSE(is_orphan(process));
}

TEST(Orphan, LivesInsideTheApplicationRemovedReleasesIncluded) {
  const std::pair<const char*, bool> rows[] = {
      {"/srv/shop/releases/2", true},   {"/srv/shop/releases/1", true}, {"/srv/shop", true},
      {"/srv/shop2/releases/1", false}, {"/srv/other", false},          {"/", false}};
  for (const auto& [cwd, inside] : rows) {
    auto process = with_title(100, "delayed_job.3");
    process.cwd = cwd;
    EXPECT_EQ(is_orphan(process), inside) << cwd;
  }
  auto process = with_title(100, "delayed_job.3");
  process.cwd.reset();
  EXPECT_FALSE(is_orphan(process)) << "nobody can tell where it is";
}

TEST(Orphan, ThereIsNoneWhereNoDelayedJobIsConfigured) {
  auto other = worker("1");
  other.preset = "resque";
  EXPECT_FALSE(bootcheck::is_orphan({other}, app(), with_title(100, "delayed_job.3")));
  EXPECT_FALSE(bootcheck::is_orphan({}, app(), with_title(100, "delayed_job.3")));
}

class OrphansToDrain : public testing::Test {
 protected:
  OrphansToDrain() {
    facts_.orphan_policy = Orphans::drain;
    facts_.orphans = {with_title(100, "delayed_job.3"), with_title(200, "delayed_job.4")};
  }

  std::vector<pid_t> pids() const {
    std::vector<pid_t> pids;
    for (const auto& process : orphans_to_drain(facts_, state_))
      pids.push_back(process.id.pid);
    return pids;
  }

  Facts facts_;
  State state_;
};

TEST_F(OrphansToDrain, AreAllOfThem) {
  EXPECT_EQ(pids(), (std::vector<pid_t>{100, 200}));
}

TEST_F(OrphansToDrain, AreNoneUnlessThePolicySaysSo) {
  facts_.orphan_policy = Orphans::warn;
  EXPECT_TRUE(pids().empty());
  facts_.orphan_policy = Orphans::ignore;
  EXPECT_TRUE(pids().empty());
}

TEST_F(OrphansToDrain, AreAskedOnceEach) {
  state_.orphans.push_back({facts_.orphans[0].id, 0, 0, StopReason::orphan});
  EXPECT_EQ(pids(), std::vector<pid_t>{200});
  state_.orphans.push_back({facts_.orphans[1].id, 0, 0, StopReason::orphan});
  EXPECT_TRUE(pids().empty());
}

TEST_F(OrphansToDrain, AnotherProcessUnderThePidOfOneThatWasAskedIsAnother) {
  state_.orphans.push_back({{100, 4999}, 0, 0, StopReason::orphan});
  EXPECT_EQ(pids(), (std::vector<pid_t>{100, 200}));
}

}  // namespace
}  // namespace bootcheck
