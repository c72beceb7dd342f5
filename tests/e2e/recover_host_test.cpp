// The jobs of a host that is gone for good go back, of no other, on every database.
#include "e2e/on_database.h"

namespace bootcheck::test {
namespace {

using testing::HasSubstr;

class HostGone : public OnDatabase {
 protected:
  Finished recover(const std::string& host, const std::string& how = "--yes") const {
    return app_.bootcheck({"recover", "--host", host, how});
  }

  boost::json::object job(std::size_t id) const { return app_.jobs().at(id - 1); }
};

/// So that its job may be taken for over.
constexpr const char* kLongAgo = "'2020-01-01 00:00:00'";

TEST_P(HostGone, ItsJobsAreFailedAttemptsAndNoOthersAre) {
  work_elsewhere();
  const std::vector<std::string> theirs = {"delayed_job.1 host:web_%1 pid:77",
                                           "shop/mails 2 host:web_%1 pid:78", "host:web_%1 pid:79",
                                           "bootcheck pid:5 for delayed_job.3 host:web_%1 pid:80"};
  const std::vector<std::string> others = {"delayed_job.1 host:webx1 pid:77",
                                           "delayed_job.1 host:web_x1 pid:77",
                                           "delayed_job.1 host:WEB_%1 pid:77",
                                           "delayed_job.1 host:web_%1.example pid:77",
                                           "delayed_job.1 host:my.web_%1 pid:77",
                                           "delayed_job.1 host:myhost:web_%1 pid:77",
                                           "delayed_job.1 host:web_%1 pid:77 or so",
                                           "delayed_job.1 host:web_%1 pid:x",
                                           "delayed_job.1 host:web_%1 pid:1 host:db1 pid:5"};
  const auto count = theirs.size() + others.size();
  enqueue_for_later("sleep", static_cast<int>(count) + 1);
  for (std::size_t at = 0; at < count; ++at)
    own(at < theirs.size() ? theirs[at] : others[at - theirs.size()],
        fmt::format("id = {}", at + 1), kLongAgo);
  // One that failed for good, before the host went: it is only unlocked.
  app_.sql(
      fmt::format("UPDATE delayed_jobs SET failed_at = {0}, locked_at = {0}, attempts = 7, "
                  "locked_by = '{1}' WHERE id = {2}",
                  kLongAgo, theirs[0], count + 1));

  const auto shown = recover("web_%1", "--dry-run");
  EXPECT_EQ(shown.status, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("5 jobs are locked by 4 workers of web_%1:"));
  EXPECT_EQ(locked_jobs(), count + 1);

  const auto finished = recover("web_%1");
  EXPECT_EQ(finished.status, 0) << finished.err << finished.out;
  const auto jobs = app_.jobs();
  ASSERT_EQ(jobs.size(), count + 1);
  for (std::size_t at = 0; at < theirs.size(); ++at) {
    EXPECT_TRUE(jobs[at].at("locked_by").is_null()) << theirs[at];
    EXPECT_TRUE(jobs[at].at("locked_at").is_null()) << theirs[at];
    EXPECT_EQ(jobs[at].at("attempts").as_int64(), 1) << theirs[at];
    EXPECT_THAT(std::string(jobs[at].at("last_error").as_string()),
                HasSubstr(fmt::format("(pid {} on web_%1) died", 77 + at)));
  }
  for (std::size_t at = theirs.size(); at < count; ++at) {
    EXPECT_EQ(jobs[at].at("locked_by").as_string(), others[at - theirs.size()]);
    EXPECT_EQ(jobs[at].at("attempts").as_int64(), 0);
  }
  EXPECT_TRUE(jobs[count].at("locked_by").is_null());
  EXPECT_EQ(jobs[count].at("attempts").as_int64(), 7);
  EXPECT_TRUE(app_.living("delayed_job.0").empty()) << "nobody is started";
  EXPECT_EQ(app_.boots(), 3U) << "one to enqueue, and one for each time";
  EXPECT_THAT(recover("web_%1").out, HasSubstr("no job is locked by a worker of web_%1"));
}

TEST_P(HostGone, AJobThatIsBeingRunThereIsLeftUntilSomebodyInsists) {
  work_elsewhere();
  enqueue_for_later("sleep");
  own("delayed_job.1 host:web2 pid:77", "id = 1");
  const auto shown = recover("web2", "--dry-run");
  EXPECT_THAT(shown.out, HasSubstr("may run for 4h 00m (max_run_time), until"));
  EXPECT_EQ(locked_jobs(), 1U);
  EXPECT_EQ(recover("web2").status, 0);
  EXPECT_EQ(locked_jobs(), 0U);
}

TEST_P(HostGone, OfManyWorkersEachJobGoesBack) {
  work_elsewhere();
  enqueue_for_later("sleep", 120);
  app_.sql(fmt::format("UPDATE delayed_jobs SET locked_at = {}, locked_by = {}", kLongAgo,
                       GetParam() == Database::mariadb
                           ? "CONCAT('delayed_job.', id, ' host:web2 pid:', id)"
                           : "'delayed_job.' || id || ' host:web2 pid:' || id"));
  const auto finished = recover("web2");
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("120 jobs are locked by 120 workers"));
  EXPECT_EQ(locked_jobs(), 0U);
  for (const auto& each : app_.jobs())
    EXPECT_EQ(each.at("attempts").as_int64(), 1);
}

INSTANTIATE_TEST_SUITE_P(On, HostGone, kDatabases, name_of_parameter);

class HostGoneOnServer : public OnDatabase {};

TEST_P(HostGoneOnServer, ARowThatIsLockedIsSaidAndTheOthersGoBack) {
  work_elsewhere();
  enqueue_for_later("sleep", 2);
  own("delayed_job.1 host:web2 pid:77", "1 = 1", kLongAgo);
  const auto session = lock("id = 1");
  const auto finished = app_.bootcheck({"recover", "--host", "web2", "--yes"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("job 1 of delayed_job.1 (pid 77 on web2)"));
  EXPECT_EQ(locked_jobs(), 1U);
}

INSTANTIATE_TEST_SUITE_P(On, HostGoneOnServer, kServers, name_of_parameter);

}  // namespace
}  // namespace bootcheck::test
