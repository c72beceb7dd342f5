// The jobs of dead workers go back on every database, whoever else is busy there.
#include "e2e/on_database.h"

#include <ctime>

#include <boost/json.hpp>
#include <fmt/chrono.h>

namespace bootcheck::test {
namespace {

using testing::HasSubstr;

class HandBack : public OnDatabase {};

TEST_P(HandBack, OfAJobWhoseHooksFailIsMadeAllTheSame) {
  work_elsewhere();
  good_pass();
  app_.enqueue("bad_hooks", 1, 0, {{"MAX_ATTEMPTS", "1"}, {"QUEUE", "nobody"}});
  die_owning("delayed_job.1", "id = 1");
  good_pass();
  const auto job = app_.jobs().front();
  EXPECT_EQ(job.at("attempts").as_int64(), 1);
  EXPECT_FALSE(job.at("failed_at").is_null());
  EXPECT_TRUE(job.at("locked_by").is_null());
}

TEST_P(HandBack, LeavesAJobAloneThatWasLockedOutsideTheDeadOnesLife) {
  work_elsewhere();
  good_pass();
  enqueue_for_later("sleep", 2);
  const auto pid = only("delayed_job.1");
  die_owning("delayed_job.1", "id = 1", "'2020-01-01 00:00:00'");
  own(owner("delayed_job.1", pid), "id = 2");
  const auto finished = pass();
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.err, HasSubstr("job 1 of delayed_job.1"));
  EXPECT_THAT(log(), HasSubstr("job_left_alone"));
  auto jobs = app_.jobs();
  EXPECT_EQ(jobs.at(0).at("locked_by").as_string(), owner("delayed_job.1", pid));
  EXPECT_EQ(jobs.at(0).at("attempts").as_int64(), 0);
  EXPECT_TRUE(jobs.at(1).at("locked_by").is_null());
  EXPECT_EQ(jobs.at(1).at("attempts").as_int64(), 1);
  // The line that is told hands it back.
  const auto from = finished.err.find('\'');
  const auto to = finished.err.find('\'', from + 1);
  ASSERT_NE(to, std::string::npos) << finished.err;
  const auto code = finished.err.substr(from + 1, to - from - 1);
  EXPECT_EQ(
      run({"ruby", "-r./config/environment", "-e", code}, {.directory = app_.root(), .env = {}})
          .status,
      0);
  EXPECT_EQ(locked_jobs(), 0U);
}

TEST_P(HandBack, LeavesAloneWhatWasLockedByWhoeverHasThePidByNow) {
  work_elsewhere();
  good_pass();
  enqueue_for_later("sleep", 2);
  kill_and_wait(only("delayed_job.1"), SIGKILL);
  const Background other({"perl", "-e", "$0 = 'delayed_job.1'; sleep"},
                         RunOptions{.directory = "/", .env = {}});
  ASSERT_TRUE(wait_until([&] { return command_line(other.pid()) == "delayed_job.1"; }));
  write_file(app_.pid_file("delayed_job.1"), std::to_string(other.pid()));
  const auto state_file = app_.root() / "tmp/pids/bootcheck.state";
  auto state = boost::json::parse(read_file(state_file));
  state.at_pointer("/workers/delayed_job.1/process/pid") = other.pid();
  write_file(state_file, boost::json::serialize(state));
  own(owner("delayed_job.1", other.pid()), "id = 1");
  const auto before_its_birth = std::time(nullptr) - 60;
  own(owner("delayed_job.1", other.pid()), "id = 2",
      fmt::format("'{:%F %T}'", fmt::gmtime(before_its_birth)));
  EXPECT_EQ(pass().status, 0);
  const auto jobs = app_.jobs();
  EXPECT_EQ(jobs.at(0).at("attempts").as_int64(), 0);
  EXPECT_EQ(jobs.at(0).at("locked_by").as_string(), owner("delayed_job.1", other.pid()));
  EXPECT_EQ(jobs.at(1).at("attempts").as_int64(), 1);
  EXPECT_TRUE(jobs.at(1).at("locked_by").is_null());
}

INSTANTIATE_TEST_SUITE_P(On, HandBack, kDatabases, name_of_parameter);

class Server : public OnDatabase {};

TEST_P(Server, WithABusyQueueGetsAllJobsBack) {
  configure(
      "workers: [{preset: delayed_job, count: 3, env: {SLEEP_DELAY: \"0.01\"}}]\nbackoff: 0\n");
  good_pass();
  app_.enqueue("sleep", 100, 0, {{"RETRY_AFTER", "36000"}, {"RUN_IN", "36000"}});
  const auto pid = only("delayed_job.1");
  kill_and_wait(pid, SIGKILL);
  own(owner("delayed_job.1", pid), "1 = 1");
  good_pass();
  EXPECT_EQ(locked_jobs(), 0U);
  const auto jobs = app_.jobs();
  EXPECT_EQ(jobs.size(), 100U);
  for (const auto& job : jobs)
    EXPECT_EQ(job.at("attempts").as_int64(), 1);
}

TEST_P(Server, WithALockedRowKeepsNoWorkerDownAndIsAskedAgainInTheNextBoot) {
  work_elsewhere();
  good_pass();
  enqueue_for_later("sleep");
  die_owning("delayed_job.1", "id = 1");
  auto session = lock("id = 1");
  const auto finished = pass();
  all();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("still locked: job 1 of delayed_job.1"));
  const auto boots = app_.boots();
  EXPECT_EQ(pass().status, 1) << "it is known to be stuck";
  EXPECT_EQ(app_.boots(), boots) << "it is not tried in every pass";
  session.reset();
  kill_and_wait(only("delayed_job.2"), SIGKILL);
  good_pass();
  EXPECT_EQ(app_.boots(), boots + 1);
  EXPECT_EQ(locked_jobs(), 0U);
  EXPECT_EQ(app_.jobs().front().at("attempts").as_int64(), 1);
}

INSTANTIATE_TEST_SUITE_P(On, Server, kServers, name_of_parameter);

}  // namespace
}  // namespace bootcheck::test
