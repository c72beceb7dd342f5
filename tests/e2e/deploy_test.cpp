// Deploys that nobody tells bootcheck of: Capistrano's `current` moves, or tmp/restart.txt is
// touched.
#include "e2e/real_workers.h"

#include <csignal>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::Each;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

std::string working_directory(pid_t pid) {
  boost::system::error_code gone;
  return fs::read_symlink("/proc/" + std::to_string(pid) + "/cwd", gone).native();
}

class Deploy : public RealWorkers {
 protected:
  Deploy() : RealWorkers(Layout::capistrano) {}

  void SetUp() override { good_pass(); }

  static bool runs_in(pid_t pid, const std::string& release) {
    return working_directory(pid).ends_with("/releases/" + release);
  }

  bool any_runs_in(const std::string& release) const {
    for (const auto& name : names()) {
      for (const pid_t pid : app_.living(name)) {
        if (runs_in(pid, release)) return true;
      }
    }
    return false;
  }

  /// Every worker but the one of this process runs, once, in that release.
  bool others_run_in(pid_t but, const std::string& release) const {
    for (const auto& name : names()) {
      const auto pids = app_.living(name);
      if (pids.size() != 1) return false;
      if (pids.front() != but && !runs_in(pids.front(), release)) return false;
    }
    return true;
  }

  /// Every worker runs, once, in that release.
  bool all_run_in(const std::string& release) const { return others_run_in(0, release); }
};

TEST_F(Deploy, AMovedLinkRollsEveryWorkerOnceAndSoDoesTheWayBack) {
  app_.deploy("2");
  passes_until([this] { return all_run_in("2"); });
  const auto pids = all();
  good_pass();
  good_pass();
  EXPECT_EQ(all(), pids);
  app_.deploy("1");
  passes_until([this] { return all_run_in("1"); });
}

TEST_F(Deploy, ARemovedReleaseIsOutOfDateAsWell) {
  app_.deploy("2");
  app_.remove_release("1");
  passes_until([this] { return all_run_in("2"); });
}

TEST_F(Deploy, ALongJobIsFinishedInItsOwnRelease) {
  const auto old = keep_one_busy();
  app_.deploy("2");
  passes_until([&] { return others_run_in(old, "2"); });
  EXPECT_THAT(working_directory(old), EndsWith("/releases/1"));
  EXPECT_EQ(pass({"status"}).status, 0);
  app_.let_jobs_end();
  passes_until([this] { return all_run_in("2"); });
  EXPECT_EQ(finished_runs(), (std::map<std::string, int>{{"wait-1", 1}}));
}

TEST_F(Deploy, AHundredJobsUnderThreeDeploysRunExactlyOnceEach) {
  keep_one_busy();  // there is work all the time
  for (const char* release : {"2", "3", "4"}) {
    app_.enqueue("sleep", 33, 0.15);
    app_.deploy(release);
    // Not every deploy waits for the one before.
    passes_until([&] { return any_runs_in(release); });
  }
  app_.let_jobs_end();
  passes_until([this] { return are_all_done() && all_run_in("4"); });
  EXPECT_EQ(app_.runs().size(), 100U);
  EXPECT_EQ(finished_runs().size(), 100U);
  EXPECT_THAT(finished_runs(), Each(testing::Pair(testing::_, 1)));
}

TEST_F(Deploy, ATouchedRestartFileRollsEveryWorkerOnce) {
  const auto before = all();
  write_file(app_.root() / "tmp" / "restart.txt", "");
  passes_until([&] { return are_all_new(before); });
  const auto after = all();
  good_pass();
  good_pass();
  EXPECT_EQ(all(), after);
  EXPECT_THAT(log(), HasSubstr("reason=restart_file"));
}

TEST_F(Deploy, WithoutTheRuleNothingIsRolled) {
  configure("workers: [{preset: delayed_job, count: 3}]\nrestart: {on: []}\n");
  const auto before = all();
  app_.deploy("2");
  write_file(app_.root() / "tmp" / "restart.txt", "");
  configure("workers: [{preset: delayed_job, count: 3}]\nrestart: {on: []}\n");
  good_pass();
  good_pass();
  EXPECT_EQ(all(), before);
}

}  // namespace
}  // namespace bootcheck::test
