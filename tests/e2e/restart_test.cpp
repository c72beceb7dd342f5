// `restart` on real delayed_job workers: no job killed, no capacity lost, nothing lost by Ctrl-C.
#include "e2e/real_workers.h"

#include <csignal>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Restart : public RealWorkers {
 protected:
  void SetUp() override {
    good_pass();
    before_ = all();
  }

  /// `settle` is how long `restart` without --wait stays for those who exit at once.
  void configure_settle(const std::string& settle) const {
    configure("workers: [{preset: delayed_job, count: 3}]\nbackoff: 0\nrestart: {settle: " +
              settle + "}\n");
  }

  bool all_new() const { return are_all_new(before_); }

  void expect_each_ran_once(std::size_t count) const {
    const auto runs = finished_runs();
    EXPECT_EQ(runs.size(), count);
    for (const auto& [job, times] : runs)
      EXPECT_EQ(times, 1) << job;
    EXPECT_EQ(app_.runs().size(), count);
    EXPECT_THAT(app_.jobs(), IsEmpty());
  }

  bool was_asked(pid_t pid) const {
    return log().find("asked_to_stop pid=" + std::to_string(pid)) != std::string::npos;
  }

  std::map<std::string, pid_t> before_;
};

TEST_F(Restart, OfIdleWorkersHasTheirSuccessorsUpWhenItReturns) {
  configure_settle("1h");
  const auto finished = pass({"restart"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(finished.err, "");
  EXPECT_TRUE(all_new()) << story();
  EXPECT_THAT(log(), Not(HasSubstr("crashed")));
}

TEST_F(Restart, DrainsALongJobAndReplacesItsWorkerAfterIt) {
  configure_settle("1s");
  const auto old = keep_one_busy();
  const auto name = name_of(old);
  const auto finished = pass({"restart", name});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("draining"));
  EXPECT_EQ(only(name), old);
  EXPECT_EQ(pass({"status"}).status, 0);
  app_.let_jobs_end();
  passes_until([&] { return !is_alive(old) && app_.living(name).size() == 1; });
  for (const auto& [worker, pid] : all())
    EXPECT_EQ(pid == before_.at(worker), worker != name) << worker;
  expect_each_ran_once(1);
}

TEST_F(Restart, AskedAgainWhileItDrainsSaysSoAndSignalsNobodyTwice) {
  configure_settle("1s");
  const auto old = keep_one_busy();
  pass({"restart", name_of(old)});
  const auto again = pass({"restart", name_of(old)});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("draining"));
  const auto asked = "asked_to_stop pid=" + std::to_string(old);
  const auto text = log();
  EXPECT_NE(text.find(asked), std::string::npos);
  EXPECT_EQ(text.find(asked), text.rfind(asked));
  app_.let_jobs_end();
  passes_until([&] { return !is_alive(old); });
  expect_each_ran_once(1);
}

TEST_F(Restart, WithWaitReturnsWhenTheLastJobIsFinishedAndItsSuccessorRuns) {
  const auto old = keep_one_busy();
  Background restart(app_.bootcheck_command({"restart", "--wait"}));
  EXPECT_TRUE(wait_until([&] { return was_asked(old); }));
  EXPECT_FALSE(restart.has_ended());
  app_.let_jobs_end();
  EXPECT_EQ(restart.wait(), 0) << restart.err();
  EXPECT_FALSE(is_alive(old));
  EXPECT_TRUE(all_new()) << story();
  expect_each_ran_once(1);
}

TEST_F(Restart, StartsASuccessorOnceItsPredecessorHasEndedAndNotBefore) {
  const auto old = keep_one_busy();
  const auto name = name_of(old);
  const auto starts = app_.root() / "log" / "starts";
  // Notes what is left of the predecessor when a start begins; Z is a zombie.
  const auto script = app_.root() / "bin" / "delayed_job";
  write_file(script, "state = File.read('/proc/" + std::to_string(old) +
                         "/stat')[/\\) (.)/, 1] rescue 'gone'\n"
                         "File.write('" +
                         starts.native() + "', \"#{state}\\n\", :mode => 'a')\n" +
                         read_file(script));
  Background restart(app_.bootcheck_command({"restart", "--wait", name}));
  EXPECT_TRUE(wait_until([&] { return was_asked(old); }));
  EXPECT_EQ(read_file(starts), "");
  app_.let_jobs_end();
  EXPECT_EQ(restart.wait(), 0) << restart.err();
  EXPECT_NE(only(name), old);
  EXPECT_THAT(lines_of(read_file(starts)), testing::ElementsAre(testing::AnyOf("gone", "Z", "X")));
}

TEST_F(Restart, SurgedStartsTheSuccessorBesideALongJob) {
  const auto old = keep_one_busy();
  const auto name = name_of(old);
  const auto aside = app_.pid_file(name).native() + ".draining." + std::to_string(old);
  const auto finished = pass({"restart", "--surge"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_TRUE(is_alive(old));
  EXPECT_EQ(app_.living(name).size(), 2U);
  EXPECT_NE(app_.pid_of(name), old);
  EXPECT_TRUE(fs::exists(aside));
  app_.enqueue("sleep", 3, 0.1);  // the successors do them meanwhile
  EXPECT_TRUE(wait_until([this] { return finished_runs().size() == 3; }));
  EXPECT_TRUE(is_alive(old));
  app_.let_jobs_end();
  passes_until([&] { return all_new() && !fs::exists(aside); });
  expect_each_ran_once(4);
}

TEST_F(Restart, AWorkerSetAsideThatDiesInMidJobHasItsJobHandedBack) {
  app_.enqueue("wait", 1, 0, {{"RETRY_AFTER", "3600"}});
  const auto old = busy(1).front();
  EXPECT_EQ(pass({"restart", "--surge"}).status, 0);
  kill_and_wait(old, SIGKILL);
  pass();
  const auto jobs = app_.jobs();
  ASSERT_EQ(jobs.size(), 1U);
  EXPECT_EQ(jobs.front().at("attempts").as_int64(), 1);
  EXPECT_TRUE(jobs.front().at("locked_by").is_null());
}

TEST_F(Restart, InterruptedLosesNothing) {
  const auto old = keep_one_busy();
  Background restart(app_.bootcheck_command({"restart", "--wait"}));
  EXPECT_TRUE(wait_until([&] { return was_asked(old); }));
  EXPECT_TRUE(wait_until([&] { return restart.out().find("asked_to_stop") != std::string::npos; }));
  ASSERT_EQ(::kill(restart.pid(), SIGINT), 0);
  EXPECT_EQ(restart.wait(), 128 + SIGINT);
  EXPECT_TRUE(is_alive(old));
  app_.let_jobs_end();
  passes_until([this] { return all_new(); });
  expect_each_ran_once(1);
}

TEST_F(Restart, BringsBackWhatCrashesWhileItWaits) {
  const auto old = keep_one_busy();
  const auto other = name_of(old) == names()[0] ? names()[1] : names()[0];
  Background restart(app_.bootcheck_command({"restart", "--wait"}));
  pid_t crashed = 0;
  EXPECT_TRUE(wait_until([&] {
    const auto pids = app_.living(other);
    crashed = pids.size() == 1 && pids.front() != before_.at(other) ? pids.front() : 0;
    return crashed != 0 &&
           log().find(other + " started pid=" + std::to_string(crashed)) != std::string::npos;
  }));
  kill_and_wait(crashed, SIGKILL);
  EXPECT_TRUE(wait_until([&] { return app_.living(other).size() == 1; }));
  EXPECT_TRUE(is_alive(old));
  app_.let_jobs_end();
  EXPECT_EQ(restart.wait(), 0) << restart.err();
  EXPECT_TRUE(all_new()) << story();
  EXPECT_NE(only(other), crashed);
  expect_each_ran_once(1);
}

TEST_F(Restart, DrainsOnlyAsManyAtATimeAsAllowed) {
  configure(
      "workers: [{preset: delayed_job, count: 3}]\nbackoff: 0\nrestart: {max_unavailable: 1}\n");
  const auto finished = pass({"restart", "--wait"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_TRUE(all_new()) << story();
  // asked, drained, started; and only then the next one is asked
  std::vector<std::string> order;
  for (const auto& line : lines_of(finished.out)) {
    if (line.find("asked_to_stop") != std::string::npos) order.push_back("asked");
    if (line.find("started") != std::string::npos) order.push_back("started");
  }
  EXPECT_EQ(order,
            (std::vector<std::string>{"asked", "started", "asked", "started", "asked", "started"}))
      << finished.out;
}

}  // namespace
}  // namespace bootcheck::test
