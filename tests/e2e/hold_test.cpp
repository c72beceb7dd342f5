// What an operator holds down stays down; what the configuration no longer names is found; what
// outgrows its limits is drained.
#include "e2e/real_workers.h"

#include <chrono>
#include <csignal>

namespace bootcheck::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Hold : public RealWorkers {
 protected:
  bool is_down(const std::string& worker) const { return app_.living(worker).empty(); }
};

TEST_F(Hold, OutlivesPassesAndEndsByStart) {
  good_pass();
  EXPECT_EQ(pass({"stop", "delayed_job.1", "--reason", "import", "--wait"}).status, 0);
  EXPECT_TRUE(is_down("delayed_job.1"));
  good_pass();
  EXPECT_EQ(pass({"restart", "--wait"}).status, 0);
  EXPECT_TRUE(is_down("delayed_job.1"));
  const auto status = pass({"status"});
  EXPECT_EQ(status.status, 0);
  EXPECT_THAT(status.out, HasSubstr("held"));
  EXPECT_THAT(status.out, HasSubstr("import"));
  EXPECT_EQ(pass({"start", "delayed_job.1"}).status, 0);
  all();
}

TEST_F(Hold, FinishesTheJobFirst) {
  good_pass();
  const auto pid = keep_one_busy();
  EXPECT_EQ(pass({"stop", name_of(pid)}).status, 0);
  EXPECT_TRUE(is_alive(pid));
  app_.let_jobs_end();
  EXPECT_TRUE(wait_until([pid] { return !is_alive(pid); }));
  EXPECT_EQ(finished_runs(), (std::map<std::string, int>{{"wait-1", 1}}));
}

TEST_F(Hold, EndsByItself) {
  good_pass();
  const auto before = std::chrono::steady_clock::now();
  EXPECT_EQ(pass({"stop", "--for", "8s", "--wait"}).status, 0);
  passes_until([this] { return !is_down("delayed_job.0"); });
  EXPECT_GE(std::chrono::steady_clock::now() - before, std::chrono::seconds{7});  // kept in whole s
  good_pass();
  all();
}

TEST_F(Hold, OutlivesALostPidFolderAndADeploysTouch) {
  good_pass();
  EXPECT_EQ(pass({"stop", "delayed_job.2", "--wait"}).status, 0);
  write_file(app_.root() / "tmp" / "restart.txt", "");
  passes_until([this] { return log().find("reason=restart_file") != std::string::npos; });
  passes_until([this] {
    return app_.living("delayed_job.0").size() == 1 && app_.living("delayed_job.1").size() == 1;
  });
  EXPECT_TRUE(is_down("delayed_job.2"));
}

class Orphans : public RealWorkers {};

TEST_F(Orphans, AreReportedOnceAndLeftAlone) {
  good_pass();
  configure("workers: [{preset: delayed_job, count: 2}]\n");
  const auto pid = only("delayed_job.2");
  const auto first = pass();
  EXPECT_EQ(first.status, 0);
  EXPECT_THAT(first.err, HasSubstr("delayed_job.2"));
  EXPECT_THAT(first.err, HasSubstr(std::to_string(pid)));
  EXPECT_EQ(pass().err, "");
  EXPECT_TRUE(is_alive(pid));
}

TEST_F(Orphans, AreDrainedWhereThatIsWanted) {
  good_pass();
  app_.enqueue("wait", 3);
  busy(3);
  configure("workers: [{preset: delayed_job, count: 2}]\norphans: drain\n");
  pass();
  app_.let_jobs_end();
  passes_until([this] { return app_.living("delayed_job.2").empty(); });
  EXPECT_TRUE(wait_until([this] { return finished_runs().size() == 3; }));
  EXPECT_EQ(app_.runs().size(), 3U);
  only("delayed_job.0");
  only("delayed_job.1");
}

TEST_F(Orphans, TheWorkerOfAFormerCountOfOneIsAmongThem) {
  const auto started =
      run({"ruby", "bin/delayed_job", "start"}, {.directory = app_.root(), .env = {}});
  ASSERT_EQ(started.status, 0) << started.out << started.err;
  EXPECT_TRUE(wait_until([this] { return app_.living("delayed_job").size() == 1; }));
  const auto first = pass();
  EXPECT_EQ(first.status, 0);
  EXPECT_THAT(first.err, HasSubstr("bootcheck: delayed_job: "));
  configure("workers: [{preset: delayed_job, count: 3}]\norphans: drain\n");
  passes_until([this] { return app_.living("delayed_job").empty(); });
  all();
}

class Limits : public RealWorkers {};

TEST_F(Limits, AWorkerThatIsTooOldIsDrainedAndReplaced) {
  configure(
      "workers: [{preset: delayed_job, count: 3}]\nbackoff: 0\n"
      "limits: {age: 6s}\n");
  good_pass();
  const auto before = all();
  passes_until([&] {
    for (const auto& [name, pid] : before) {
      if (is_alive(pid)) return false;
    }
    return true;
  });
  EXPECT_THAT(log(), HasSubstr("reason=age"));
  EXPECT_THAT(log(), Not(HasSubstr("crashed")));
}

TEST_F(Limits, AWorkerThatOutgrowsItsMemoryIsDrainedAfterItsJob) {
  good_pass();
  const auto pid = keep_one_busy();
  configure("workers: [{preset: delayed_job, count: 3}]\nlimits: {memory: 16M}\n");
  const auto asked = "asked_to_stop pid=" + std::to_string(pid) + " reason=memory";
  passes_until([&] { return log().find(asked) != std::string::npos; });
  EXPECT_TRUE(is_alive(pid));
  app_.let_jobs_end();
  passes_until([pid] { return !is_alive(pid); });
  EXPECT_EQ(finished_runs(), (std::map<std::string, int>{{"wait-1", 1}}));
}

}  // namespace
}  // namespace bootcheck::test
