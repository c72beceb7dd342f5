// The preset `jobs_work`: delayed_job as `rake jobs:work`, in the foreground.
#include "support/demo_app.h"
#include "support/files.h"
#include "support/wait_until.h"

#include <csignal>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kRakefile = R"(require "delayed/tasks"
task(:environment) { require_relative "config/environment" }
)";
constexpr const char* kGemfile = R"(gem "railties"
gem "delayed_job_active_record"
gem "daemons"
gem "sqlite3"
)";

/// The demo application with a bundle, as the preset has it, and two workers.
class JobsWork : public testing::Test {
 protected:
  JobsWork() {
    write_file(app_.root() / "Rakefile", kRakefile);
    write_file(app_.root() / "Gemfile", kGemfile);
    configure("{preset: jobs_work, count: 2}");
    const auto locked = run({"bundle", "lock", "--local"}, {.directory = app_.root(), .env = {}});
    EXPECT_EQ(locked.status, 0) << locked.out << locked.err;
  }

  void configure(const std::string& workers) const {
    write_file(app_.root() / "config/bootcheck.yml",
               "workers: [" + workers + "]\nbackoff: 0\nrestart: {settle: 1s}\n");
  }

  void good_pass() const {
    const auto finished = app_.bootcheck({});
    EXPECT_EQ(finished.status, 0) << story();
    EXPECT_EQ(finished.out + finished.err, "") << story();
  }

  pid_t worker(const std::string& id) const { return app_.pid_of("jobs_work." + id).value_or(0); }

  std::size_t rakes() const {
    auto pids = processes_in(app_.root());
    std::erase_if(
        pids, [](pid_t pid) { return command_line(pid).find("jobs:work") == std::string::npos; });
    return pids.size();
  }

  /// Waits until the process of a worker is at the only job, and returns it.
  pid_t busy(const Environment& env = {}) const {
    app_.enqueue("wait", 1, 0, env);
    EXPECT_TRUE(wait_until([this] { return !app_.runs().empty(); })) << story();
    const auto runs = app_.runs();
    return runs.empty() ? 0 : static_cast<pid_t>(runs.front().at("pid").as_int64());
  }

  std::string log() const { return read_file(app_.root() / "log/bootcheck.log"); }
  std::string story() const {
    auto text = log();
    for (const auto* id : {"0", "1"})
      text += read_file(app_.root() / "log" / fmt::format("jobs_work.{}.start.log", id));
    for (const pid_t pid : processes_in(app_.root()))
      text += fmt::format("{} {}\n", pid, command_line(pid));
    return text + app_.bootcheck({"status"}).out;
  }

  DemoApp app_;
};

TEST_F(JobsWork, FinishesItsJobBeforeItsSuccessorIsStarted) {
  good_pass();
  const auto old = busy();
  const std::string id = old == worker("0") ? "0" : "1";
  ASSERT_EQ(old, worker(id)) << story();
  const auto finished = app_.bootcheck({"restart"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  const auto draining = fmt::format("jobs_work.{}  draining  {}", id, old);
  EXPECT_TRUE(wait_until([&] {  // the other one may be replaced before it
    app_.bootcheck({});
    return app_.bootcheck({"status"}).out.find(draining) != std::string::npos;
  })) << story();
  EXPECT_TRUE(is_alive(old));
  EXPECT_EQ(worker(id), old);
  app_.let_jobs_end();
  EXPECT_TRUE(wait_until([&] {
    EXPECT_EQ(app_.bootcheck({}).status, 0) << story();
    return worker(id) != old && rakes() == 2;
  })) << story();
  const auto runs = app_.runs();
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_FALSE(runs.front().at("finished_at").is_null());
  EXPECT_THAT(app_.jobs(), IsEmpty());
  EXPECT_THAT(log(), Not(HasSubstr("crashed")));
}

TEST_F(JobsWork, AKilledOneComesBackAndItsJobIsAFailedAttempt) {
  good_pass();
  const auto old = busy({{"RETRY_AFTER", "3600"}});
  const std::string id = old == worker("0") ? "0" : "1";
  const auto other = worker(id == "0" ? "1" : "0");
  ASSERT_EQ(::kill(old, SIGKILL), 0);
  ASSERT_TRUE(wait_until([old] { return !is_alive(old); }));
  good_pass();
  const auto jobs = app_.jobs();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_TRUE(jobs.front().at("locked_by").is_null()) << story();
  EXPECT_EQ(jobs.front().at("attempts").as_int64(), 1);
  EXPECT_THAT(std::string(jobs.front().at("last_error").as_string()),
              HasSubstr(fmt::format("jobs_work.{} (pid {})", id, old)));
  EXPECT_THAT(log(), HasSubstr(fmt::format("jobs_work.{} job_recovered", id)));
  EXPECT_NE(worker(id), old);
  EXPECT_EQ(worker(id == "0" ? "1" : "0"), other);
  EXPECT_EQ(rakes(), 2U) << story();
}

TEST_F(JobsWork, RunsBesideTheDaemonsOfTheSameQueue) {
  configure("{preset: delayed_job, count: 1}, {preset: jobs_work, count: 1}");
  good_pass();
  const auto rake = worker("0");
  EXPECT_EQ(app_.living("delayed_job.0").size(), 1U);
  app_.enqueue("sleep", 4, 0.1);
  EXPECT_TRUE(wait_until([this] { return app_.jobs().empty(); })) << story();
  good_pass();
  EXPECT_EQ(worker("0"), rake);
  EXPECT_EQ(app_.bootcheck({"status"}).status, 0) << story();
}

}  // namespace
}  // namespace bootcheck::test
