// What this exists for: every minute a pass over real delayed_job workers.
#include "e2e/real_workers.h"

#include <csignal>
#include <fstream>
#include <memory>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

class KeepUp : public RealWorkers {
 protected:
  /// Appends a line of Ruby to what the application does when it boots.
  void extend_app(const std::string& ruby) const {
    std::ofstream(fs::path(app_.root() / "config" / "environment.rb").native(), std::ios::app)
        << ruby << '\n';
  }
};

TEST_F(KeepUp, ThreeMissingWorkersComeUpWithOneBoot) {
  good_pass();
  const auto pids = all();
  EXPECT_EQ(app_.boots(), 1U);
  for (const auto& [name, pid] : pids)
    EXPECT_EQ(app_.pid_of(name), pid);
  app_.enqueue("sleep", 6, 0.1);
  EXPECT_TRUE(wait_until([this] { return finished_runs().size() == 6; }));
}

// An agent that sends its data at exit, say.
TEST_F(KeepUp, TheApplicationsExitHooksRunInEachWorkerAtItsEndAndInNothingElseThatWasForked) {
  const auto exits = app_.root() / "log" / "exits.log";
  extend_app("at_exit { File.write('" + exits.native() +
             "', \"#{Process.pid}\\n\", :mode => 'a') }");
  const auto left = [&] { return lines_of(read_file(exits)); };
  good_pass();
  const auto pids = all();
  EXPECT_TRUE(wait_until([&] { return !left().empty(); }));
  EXPECT_EQ(left().size(), 1U);  // the one that has booted the application
  kill_and_wait(pids.at("delayed_job.1"), SIGTERM);
  EXPECT_EQ(left().size(), 2U);
  EXPECT_EQ(left().back(), std::to_string(pids.at("delayed_job.1")));
}

// daemons gives a worker its title long before delayed_job is back in the application.
TEST_F(KeepUp, AWorkerCountsAsUpOnceItIsBackInTheApplication) {
  extend_app(
      "require 'daemons'\n"
      "Daemonize.singleton_class.prepend(Module.new { def close_io; super; sleep 3; end })");
  good_pass();
  all();  // by their working directories
  const auto started = log();
  for (const auto& name : names())
    EXPECT_THAT(started, HasSubstr(name + " started"));
}

TEST_F(KeepUp, AWorkerThatDiesBeforeItIsBackInTheApplicationWasNotStarted) {
  extend_app(
      "require 'daemons'\n"
      "Daemonize.singleton_class.prepend(Module.new { def close_io; super; sleep 1; exit!; end })");
  const auto finished = pass();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("not started"));
  EXPECT_THAT(log(), testing::Not(HasSubstr(" started pid=")));
}

TEST_F(KeepUp, WithoutPreloadEachHasABootOfItsOwn) {
  configure("workers: [{preset: delayed_job, count: 3, preload: false}]\n");
  good_pass();
  all();
  EXPECT_EQ(app_.boots(), 3U);
}

TEST_F(KeepUp, APassWithNothingToDoStartsNothingAndWritesOnlyTheLockFilesTime) {
  good_pass();
  const auto pids = all();
  const auto state = read_file(app_.root() / "tmp/pids/bootcheck.state");
  const auto written = log();
  good_pass();
  EXPECT_EQ(all(), pids);
  EXPECT_EQ(app_.boots(), 1U);
  EXPECT_EQ(read_file(app_.root() / "tmp/pids/bootcheck.state"), state);
  EXPECT_EQ(log(), written);
}

TEST_F(KeepUp, AKilledWorkerComesBackAndTheOthersAreLeftAlone) {
  good_pass();
  auto before = all();
  kill_and_wait(before["delayed_job.1"], SIGKILL);
  EXPECT_EQ(pass({"status"}).status, 3);
  good_pass();
  auto after = all();
  EXPECT_NE(after["delayed_job.1"], before["delayed_job.1"]);
  EXPECT_EQ(after["delayed_job.0"], before["delayed_job.0"]);
  EXPECT_EQ(after["delayed_job.2"], before["delayed_job.2"]);
  EXPECT_THAT(log(),
              HasSubstr("delayed_job.1 crashed pid=" + std::to_string(before["delayed_job.1"])));
}

// delayed_job 548, bluepill 3
TEST_F(KeepUp, AStrangerWithTheWorkersPidIsLeftAloneAndTheWorkerStarted) {
  Background stranger({"sleep", "1000"});
  write_file(app_.pid_file("delayed_job.0"), std::to_string(stranger.pid()) + "\n");
  good_pass();
  EXPECT_FALSE(stranger.has_ended());
  EXPECT_EQ(app_.pid_of("delayed_job.0"), all()["delayed_job.0"]);
  EXPECT_EQ(pass({"restart", "--wait"}).status, 0);
  EXPECT_FALSE(stranger.has_ended());
}

TEST_F(KeepUp, AThreadsIdInThePidFileIsNoProcess) {
  extend_app("Delayed::Worker.lifecycle.before(:execute) { Thread.new { sleep } }");
  good_pass();
  const auto pid = only("delayed_job.2");
  pid_t thread = 0;
  ASSERT_TRUE(wait_until([&] {
    for (const auto& task : fs::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
      const auto id = std::stoi(task.path().filename().native());
      if (id != pid) thread = id;
    }
    return thread != 0;
  }));
  const auto other = only("delayed_job.1");
  kill_and_wait(other, SIGKILL);
  write_file(app_.pid_file("delayed_job.1"), std::to_string(thread));
  good_pass();
  EXPECT_NE(only("delayed_job.1"), other);
  EXPECT_EQ(app_.pid_of("delayed_job.1"), only("delayed_job.1"));
  EXPECT_EQ(only("delayed_job.2"), pid);
}

TEST_F(KeepUp, AnEmptyPidFileOfADeadWorkerKeepsNobodyDown) {
  write_file(app_.pid_file("delayed_job.0"), "");
  write_file(app_.pid_file("delayed_job.1"), "no number\n");
  good_pass();
  all();
}

TEST_F(KeepUp, APidFileThatWasLostOrEmptiedIsWrittenBack) {
  good_pass();
  auto pids = all();
  fs::remove(app_.pid_file("delayed_job.0"));
  write_file(app_.pid_file("delayed_job.1"), "");
  good_pass();
  EXPECT_EQ(all(), pids);
  EXPECT_EQ(app_.pid_of("delayed_job.0"), pids["delayed_job.0"]);
  EXPECT_EQ(app_.pid_of("delayed_job.1"), pids["delayed_job.1"]);
}

TEST_F(KeepUp, WithoutStateAndPidFilesTheWorkersAreFoundByTheirTitles) {
  good_pass();
  const auto pids = all();
  fs::remove_all(app_.root() / "tmp" / "pids");
  fs::create_directories(app_.root() / "tmp" / "pids");
  good_pass();
  EXPECT_EQ(all(), pids);
  EXPECT_EQ(app_.boots(), 1U);
}

TEST_F(KeepUp, AWorkerAskedToStopFinishesItsJobWhilePassesGoBy) {
  good_pass();
  const auto pid = keep_one_busy();
  const auto name = name_of(pid);
  ASSERT_EQ(::kill(pid, SIGTERM), 0);
  good_pass();
  good_pass();
  EXPECT_TRUE(is_alive(pid));
  app_.let_jobs_end();
  while (is_alive(pid))
    good_pass();
  EXPECT_THAT(app_.jobs(), IsEmpty());
  EXPECT_EQ(finished_runs(), (std::map<std::string, int>{{"wait-1", 1}}));
  good_pass();
  EXPECT_NE(only(name), pid);
}

// delayed_job 807, 32
TEST_F(KeepUp, FortyPassesAtOnceMakeOneBootAndOneOfEach) {
  good_pass();
  for (const auto& [name, pid] : all())
    kill_and_wait(pid, SIGKILL);
  std::vector<std::unique_ptr<Background>> passes;
  for (int count = 0; count < 40; ++count)
    passes.push_back(std::make_unique<Background>(app_.bootcheck_command({})));
  for (auto& each : passes) {
    EXPECT_EQ(each->wait(), 0);
    EXPECT_EQ(each->err(), "");
  }
  all();
  EXPECT_EQ(app_.boots(), 2U);
}

// delayed_job 1084
TEST_F(KeepUp, AStartThatSucceedsWhileNothingRunsIsAFailure) {
  write_file(app_.root() / "bin" / "delayed_job", "puts 'process with pid 1 started.'\n");
  const auto finished = pass();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("delayed_job.1, delayed_job.2: not started"));
  EXPECT_THAT(finished.err, HasSubstr("process with pid 1 started."));
}

TEST_F(KeepUp, AnApplicationThatDoesNotBootIsToldWithItsErrorOnceAnHour) {
  configure("workers: [{preset: delayed_job, count: 3}]\nbackoff: {first: 1h, max: 1h}\n");
  extend_app("raise 'the database is on fire'");
  const auto first = pass();
  EXPECT_EQ(first.status, 1);
  EXPECT_THAT(first.err, HasSubstr("the database is on fire"));
  const auto second = pass();
  EXPECT_EQ(second.status, 1);
  EXPECT_EQ(second.err, "");
  EXPECT_THAT(pass({"status"}).out, HasSubstr("failing"));
}

// maho 1314
TEST_F(KeepUp, TheLockIsFreeWhileTheWorkersLive) {
  good_pass();
  all();
  const auto lock = app_.root() / "tmp" / "pids" / "bootcheck.lock";
  EXPECT_EQ(run({"flock", "-n", lock.native(), "true"}).status, 0);
}

TEST_F(KeepUp, ADryRunSaysWhatAPassWouldDoAndDoesNothing) {
  pass({"--dry-run"});
  const auto finished = pass({"--dry-run"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.out, HasSubstr("delayed_job.1  missing"));
  EXPECT_EQ(app_.boots(), 0U);
  EXPECT_FALSE(fs::exists(app_.root() / "tmp/pids/bootcheck.lock"));
}

TEST_F(KeepUp, OnlyTheNamedWorkerIsBroughtUp) {
  EXPECT_EQ(pass({"run", "delayed_job.1"}).status, 0);
  only("delayed_job.1");
  EXPECT_THAT(app_.living("delayed_job.0"), IsEmpty());
}

}  // namespace
}  // namespace bootcheck::test
