// What a database sees of the workers, and what they make of it when it is away.
#include "e2e/on_database.h"

#include <algorithm>

namespace bootcheck::test {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

class DatabaseServers : public OnDatabase {
 protected:
  DatabaseServers() : OnDatabase(Layout::capistrano) {}
};

TEST_P(DatabaseServers, SeeOneConnectionAWorkerAndHaveNothingToComplainOf) {
  work_elsewhere();
  good_pass();
  EXPECT_TRUE(wait_until([this] { return server_.connections() == 3; }));
  enqueue_for_later("sleep");
  const auto pid = only("delayed_job.1");
  kill_and_wait(pid, SIGTERM);  // not by bootcheck, so it counts as dead
  own(owner("delayed_job.1", pid), "id = 1");
  good_pass();
  EXPECT_EQ(locked_jobs(), 0U);
  app_.deploy("2");
  const auto before = all();
  passes_until([&] { return are_all_new(before); });
  EXPECT_TRUE(wait_until([this] { return server_.connections() == 3; }));
  EXPECT_THAT(server_.complaints(), IsEmpty());
}

TEST_P(DatabaseServers, ThatAreAwayWhileAWorkerDrainsCostNoJobItsTurn) {
  good_pass();
  app_.enqueue("wait", 1, 0, {{"RETRY_AFTER", "36000"}});
  const auto old = busy(1).front();
  const auto worker = name_of(old);
  app_.deploy("2");
  passes_until([&] { return log().find(worker + " asked_to_stop") != std::string::npos; });
  server_.stop();
  app_.let_jobs_end();
  ASSERT_TRUE(wait_until([&] { return !is_alive(old); }));
  const auto finished = pass();  // nobody to hand the job back to
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("still locked: the jobs of " + worker));
  server_.start();
  passes_until([this] { return locked_jobs() == 0; });
  EXPECT_EQ(app_.jobs().at(0).at("attempts").as_int64(), 1);
  passes_until([this] { return server_.connections() == 3 && pass().status == 0; });
}

// delayed_job's workers give up after ten looks for jobs that have failed, and so do their
// successors: they come and go for as long as the database is away.
TEST_P(DatabaseServers, ThatAreGoneAreToldOnceAndNoPassIsGoodBeforeTheyAreBack) {
  configure("workers: [{preset: delayed_job, count: 3}]\nbackoff: {first: 1s, max: 2s}\n");
  good_pass();
  const auto before = all();
  server_.stop();
  const auto are_gone = [this](const std::map<std::string, pid_t>& pids) {
    return wait_until([&] {
      return std::ranges::none_of(pids, [](const auto& each) { return is_alive(each.second); });
    });
  };
  ASSERT_TRUE(are_gone(before)) << story();
  const auto mail = pass();
  EXPECT_EQ(mail.status, 1);
  for (const auto& [name, pid] : before)
    EXPECT_THAT(mail.err, HasSubstr(name + ": the jobs of its dead process are still locked"));
  EXPECT_THAT(mail.err, HasSubstr("(ActiveRecord::ConnectionNotEstablished); it is tried again"));
  EXPECT_THAT(log(), HasSubstr("delayed_job.1 recovery_failed"));

  const auto successors = all();
  const auto later = pass();
  EXPECT_EQ(later.status, 1);
  EXPECT_EQ(later.err, "") << "it was told";
  EXPECT_THAT(pass({"status"}).out, HasSubstr("3 running"));
  EXPECT_THAT(pass({"why", "delayed_job.1"}).out, HasSubstr(" are not handed back yet"));
  ASSERT_TRUE(are_gone(successors)) << story();
  EXPECT_EQ(pass().status, 1);

  server_.start();
  passes_until([this] { return pass().status == 0 && server_.connections() == 3; });
  EXPECT_THAT(pass({"why", "delayed_job.1"}).out, Not(HasSubstr("not handed back")));
  app_.enqueue("sleep", 3, 0.1);
  EXPECT_TRUE(wait_until([this] { return are_all_done(); }));
}

/// Without that delayed_job itself runs about one job of a thousand twice on MariaDB, where the
/// deletion of a job that is done can be the victim of a deadlock (`doctor` says so).
constexpr const char* kWithoutDeadlocks =
    "workers: [{preset: delayed_job, count: 3, env: {RESERVE_SQL_STRATEGY: default_sql}}]\n"
    "backoff: 0\n";

TEST_P(DatabaseServers, SeeAHundredJobsUnderThreeDeploysRunOnceEach) {
  configure(kWithoutDeadlocks);
  good_pass();
  keep_one_busy();  // there is work all the time
  for (const char* release : {"2", "3", "4"}) {
    app_.enqueue("sleep", 33, 0.15);
    app_.deploy(release);
    configure(kWithoutDeadlocks);
    pass();
  }
  app_.let_jobs_end();
  passes_until([this] { return are_all_done(); });
  EXPECT_EQ(app_.runs().size(), 100U);
  EXPECT_EQ(finished_runs().size(), 100U);
  EXPECT_THAT(finished_runs(), Each(Pair(testing::_, 1)));
}

INSTANTIATE_TEST_SUITE_P(On, DatabaseServers, kServers, name_of_parameter);

}  // namespace
}  // namespace bootcheck::test
