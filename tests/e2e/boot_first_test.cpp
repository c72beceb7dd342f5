// The application is booted before anybody is asked to stop, once, and forks all successors.
#include "e2e/real_workers.h"

#include <csignal>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class BootFirst : public RealWorkers {
 protected:
  BootFirst() : RealWorkers(Layout::capistrano) {}

  void SetUp() override {
    good_pass();
    before_ = all();
    boots_ = app_.boots();
  }

  std::size_t boots_since() const { return app_.boots() - boots_; }

  /// What is named so while it has the application's code in memory.
  std::vector<pid_t> preloaders() const {
    std::vector<pid_t> pids;
    for (const pid_t pid : processes_in(app_.root().parent_path())) {
      if (command_line(pid).starts_with("bootcheck preloader of ")) pids.push_back(pid);
    }
    return pids;
  }

  /// The next release, whose environment.rb begins with these lines.
  void deploy_with(const std::string& release, const std::string& lines) const {
    app_.deploy(release);
    const auto file = app_.root() / "config" / "environment.rb";
    write_file(file, lines + "\n" + read_file(file));
  }

  std::map<std::string, pid_t> before_;
  std::size_t boots_ = 0;
};

TEST_F(BootFirst, OneBootReplacesAllWorkersThatAreIdle) {
  configure("workers: [{preset: delayed_job, count: 3}]\nbackoff: 0\nrestart: {settle: 1h}\n");
  app_.deploy("2");
  configure("workers: [{preset: delayed_job, count: 3}]\nbackoff: 0\nrestart: {settle: 1h}\n");
  good_pass();
  EXPECT_TRUE(are_all_new(before_)) << story();
  EXPECT_EQ(boots_since(), 1U);
  EXPECT_TRUE(wait_until([this] { return preloaders().empty(); }));
}

TEST_F(BootFirst, AReleaseThatDoesNotBootTakesNobodyDownAndTheNextOneIsTriedAtOnce) {
  deploy_with("2", "raise 'no such gem'");
  EXPECT_EQ(pass().status, 0) << "the deploy may be under way";
  EXPECT_EQ(all(), before_);
  EXPECT_THAT(log(), Not(HasSubstr("asked_to_stop")));
  EXPECT_THAT(log(), HasSubstr("the application does not boot: no such gem (RuntimeError)"));
  const auto asked_for = pass({"restart"});
  EXPECT_EQ(asked_for.status, 1);
  EXPECT_THAT(asked_for.err, HasSubstr("no such gem"));
  EXPECT_EQ(all(), before_);
  app_.deploy("3");
  passes_until([this] { return are_all_new(before_); });
  EXPECT_THAT(log(), Not(HasSubstr("crashed")));
}

TEST_F(BootFirst, AReleaseWhoseWorkersDieAtOnceTakesOneDown) {
  app_.deploy("2");
  write_file(app_.root() / "config" / "bootcheck.yml",
             "workers: [{preset: delayed_job, count: 3}]\n");
  write_file(app_.root() / "bin" / "delayed_job",
             "require File.expand_path('../config/environment', __dir__)\n"
             "require 'delayed/command'\n"
             "class Delayed::Worker; def start; exit!(1); end; end\n"
             "Delayed::Command.new(ARGV).daemonize\n");
  for (int count = 0; count < 3; ++count)
    pass();
  std::size_t kept = 0;
  for (const auto& [name, pid] : before_)
    kept += is_alive(pid) ? 1 : 0;
  EXPECT_EQ(kept, 2U) << story();
}

TEST_F(BootFirst, WhoExitsWhileRestartWaitsHasASuccessorWithoutAnotherBoot) {
  const auto old = keep_one_busy();
  const auto boots = app_.boots();
  Background restart(app_.bootcheck_command({"restart", "--wait"}));
  EXPECT_TRUE(wait_until([&] {
    return app_.boots() == boots + 1 &&
           log().find("asked_to_stop pid=" + std::to_string(old)) != std::string::npos;
  })) << story();
  EXPECT_EQ(app_.bootcheck({}).status, 0) << "it finds the other at work";
  app_.let_jobs_end();
  EXPECT_EQ(restart.wait(), 0) << restart.err();
  EXPECT_TRUE(are_all_new(before_)) << story();
  EXPECT_EQ(app_.boots(), boots + 1);
}

TEST_F(BootFirst, WhoIsKilledMeanwhileLeavesNoPreloaderAndLosesNothing) {
  const auto old = keep_one_busy();
  Background restart(app_.bootcheck_command({"restart", "--wait"}));
  EXPECT_TRUE(wait_until([&] {
    return log().find("asked_to_stop pid=" + std::to_string(old)) != std::string::npos;
  })) << story();
  EXPECT_THAT(preloaders(), SizeIs(1));
  ASSERT_EQ(::kill(restart.pid(), SIGKILL), 0);
  EXPECT_TRUE(wait_until([this] { return preloaders().empty(); })) << story();
  EXPECT_TRUE(is_alive(old));
  app_.let_jobs_end();
  passes_until([this] { return are_all_new(before_); });
}

TEST_F(BootFirst, WorkersInheritNothingOfTheConversation) {
  app_.deploy("2");
  passes_until([this] { return are_all_new(before_); });
  for (const auto& [name, pid] : all()) {
    for (const auto& each : fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd")) {
      boost::system::error_code gone;
      const auto target = fs::read_symlink(each.path(), gone).native();
      EXPECT_THAT(target, Not(HasSubstr("socket:"))) << name;
    }
  }
}

TEST_F(BootFirst, TheApplicationBootsUnderTheNameOfItsScript) {
  deploy_with("2",
              "File.write(File.expand_path('../log/name', __dir__), \"#{$0} #{$PROGRAM_NAME}\")");
  passes_until([this] { return are_all_new(before_); });
  EXPECT_EQ(read_file(app_.root() / "log" / "name"), "bin/delayed_job bin/delayed_job");
}

TEST_F(BootFirst, AScriptThatHangsForOneWorkerHoldsUpNoOther) {
  configure("workers: [{preset: delayed_job, count: 3}]\nbackoff: 0\nstart_timeout: 20s\n");
  const auto script = app_.root() / "bin" / "delayed_job";
  write_file(script, "sleep if ARGV.first == '--identifier=1'\n" + read_file(script));
  for (const auto& [name, pid] : before_)
    kill_and_wait(pid, SIGKILL);
  EXPECT_EQ(pass().status, 1);
  EXPECT_NE(only("delayed_job.0"), before_.at("delayed_job.0"));
  EXPECT_NE(only("delayed_job.2"), before_.at("delayed_job.2"));
  EXPECT_THAT(app_.living("delayed_job.1"), IsEmpty());
}

TEST_F(BootFirst, AfterIsAsBefore) {
  configure("workers: [{preset: delayed_job, count: 3}]\nbackoff: 0\nrestart: {boot: after}\n");
  app_.deploy("2");
  configure("workers: [{preset: delayed_job, count: 3}]\nbackoff: 0\nrestart: {boot: after}\n");
  pass();
  EXPECT_THAT(log(), HasSubstr("asked_to_stop"));
  EXPECT_EQ(boots_since(), 0U);
  passes_until([this] { return are_all_new(before_); });
}

}  // namespace
}  // namespace bootcheck::test
