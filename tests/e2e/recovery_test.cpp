// The jobs of crashed workers go back to the queue as failed attempts, and no other job does.
#include "e2e/real_workers.h"

#include <csignal>

#include <unistd.h>

namespace bootcheck::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Recovery : public RealWorkers {
 protected:
  boost::json::object job() const {
    const auto jobs = app_.jobs();
    EXPECT_EQ(jobs.size(), 1U);
    return jobs.empty() ? boost::json::object() : jobs.front();
  }
};

TEST_F(Recovery, AJobWhoseWorkerWasKilledIsAFailedAttemptWithTheReason) {
  good_pass();
  app_.enqueue("wait", 1, 0, {{"RETRY_AFTER", "3600"}});
  const auto pid = busy(1).front();
  const auto name = name_of(pid);
  const auto boots = app_.boots();
  kill_and_wait(pid, SIGKILL);
  good_pass();
  const auto row = job();
  EXPECT_EQ(row.at("attempts").as_int64(), 1);
  EXPECT_TRUE(row.at("locked_by").is_null());
  EXPECT_TRUE(row.at("locked_at").is_null());
  EXPECT_TRUE(row.at("failed_at").is_null());
  EXPECT_THAT(std::string(row.at("last_error").as_string()),
              HasSubstr(name + " (pid " + std::to_string(pid) + ") died"));
  EXPECT_THAT(log(), HasSubstr(name + " job_recovered"));
  EXPECT_EQ(app_.boots(), boots + 1)
      << "the jobs are handed back in the boot that starts the successor";
}

TEST_F(Recovery, TheJobRunsAgainAndIsDone) {
  good_pass();
  app_.enqueue("kill_once");
  passes_until([this] { return are_all_done(); });
  EXPECT_EQ(finished_runs(), (std::map<std::string, int>{{"kill_once-1", 1}}));
  EXPECT_EQ(app_.runs().size(), 2U);
}

TEST_F(Recovery, AJobThatKillsItsWorkerEachTimeEndsUpFailed) {
  good_pass();
  app_.enqueue("kill", 1, 0, {{"MAX_ATTEMPTS", "2"}});
  passes_until([this] { return !job().at("failed_at").is_null(); });
  const auto runs = app_.runs().size();
  EXPECT_EQ(runs, 2U);
  EXPECT_EQ(job().at("attempts").as_int64(), 2);
  good_pass();
  all();
}

TEST_F(Recovery, TheRowsOfOthersAreNotTouched) {
  configure("workers: [{preset: delayed_job, count: 3, args: [--queue=none]}]\nbackoff: 0\n");
  good_pass();
  app_.enqueue("sleep", 5, 0, {{"QUEUE", "nobody"}});
  const auto pid = only("delayed_job.1");
  char host[256] = {};
  ASSERT_EQ(::gethostname(&host[0], sizeof(host) - 1), 0);
  const std::string here = std::string(" host:") + &host[0];
  const std::vector<std::string> owners = {
      "delayed_job.1 host:elsewhere pid:" + std::to_string(pid),
      "delayed_job.1" + here + " pid:" + std::to_string(pid) + "0",
      "delayed_job.11" + here + " pid:" + std::to_string(pid),
      "delayed_job.2" + here + " pid:" + std::to_string(only("delayed_job.2")),
      "delayed_job.1" + here + " pid:" + std::to_string(pid)};
  for (std::size_t at = 0; at < owners.size(); ++at)
    app_.sql("UPDATE delayed_jobs SET locked_at = CURRENT_TIMESTAMP, locked_by = '" + owners[at] +
             "' WHERE id = " + std::to_string(at + 1));
  kill_and_wait(pid, SIGKILL);
  good_pass();
  const auto rows = app_.jobs();
  ASSERT_EQ(rows.size(), 5U);
  for (std::size_t at = 0; at < 4; ++at) {
    EXPECT_EQ(rows[at].at("locked_by").as_string(), owners[at]);
    EXPECT_EQ(rows[at].at("attempts").as_int64(), 0);
    EXPECT_TRUE(rows[at].at("last_error").is_null());
  }
  EXPECT_TRUE(rows[4].at("locked_by").is_null());
  EXPECT_EQ(rows[4].at("attempts").as_int64(), 1);
}

TEST_F(Recovery, TurnedOffLeavesTheRowAsItIs) {
  configure("workers: [{preset: delayed_job, count: 3}]\nrecover_jobs: false\n");
  good_pass();
  kill_and_wait(keep_one_busy(), SIGKILL);
  good_pass();
  EXPECT_FALSE(job().at("locked_by").is_null());
  EXPECT_EQ(job().at("attempts").as_int64(), 0);
}

}  // namespace
}  // namespace bootcheck::test
