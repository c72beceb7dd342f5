// Programs that daemonize themselves, and those that are judged by a status command.
#include "process/small_app_test.h"

#include <chrono>

namespace bootcheck::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class DaemonWorkers : public SmallAppTest {
 protected:
  /// bin/daemon leaves a process whose command line is `TITLE 1000` and whose pid file is
  /// run/d.pid.
  void leave_daemon_titled(const std::string& title) const {
    app_.script("bin/daemon",
                "mkdir -p run; echo start >> starts\n"
                "setsid bash -c 'echo $$ > run/d.pid; exec -a " +
                    title + " sleep 1000' </dev/null >/dev/null 2>&1 &",
                "/bin/bash");
  }

  std::size_t starts() const { return lines_of(read_file(app_.root() / "starts")).size(); }

  pid_t daemon() const {
    const auto text = read_file(app_.root() / "run/d.pid");
    const pid_t pid = text.empty() ? 0 : std::stoi(text);
    return pid > 1 && is_alive(pid) ? pid : 0;
  }
};

TEST_F(DaemonWorkers, WithATitleAreSeenByIt) {
  leave_daemon_titled("indexer");
  app_.configure(R"(
workers:
  - {name: indexer, start: [bin/daemon], pid_file: run/d.pid, process_title: indexer 1000}
)");
  good_pass();
  const auto pid = daemon();
  ASSERT_GT(pid, 0) << story();
  good_pass();
  EXPECT_EQ(starts(), 1U);
  EXPECT_EQ(status_of("indexer"), 0);
  ASSERT_TRUE(kill_and_wait(pid));
  EXPECT_EQ(status_of("indexer"), 3);
  good_pass();
  EXPECT_EQ(starts(), 2U);
  EXPECT_GT(daemon(), 0);
}

TEST_F(DaemonWorkers, WithATitleAreFoundWithoutTheirPidFile) {
  leave_daemon_titled("indexer");
  app_.configure(R"(
workers:
  - {name: indexer, start: [bin/daemon], pid_file: run/d.pid, process_title: indexer 1000}
)");
  good_pass();
  const auto pid = daemon();
  boost::filesystem::remove(app_.root() / "run/d.pid");
  boost::filesystem::remove(app_.root() / "tmp/pids/bootcheck.state");
  EXPECT_EQ(app_.bootcheck().status, 0);
  EXPECT_EQ(daemon(), pid);
  EXPECT_EQ(starts(), 1U);
}

TEST_F(DaemonWorkers, WithoutATitleAreSeenByTheirStartCommandLine) {
  app_.script("bin/fork",
              "mkdir -p run; echo start >> starts\n"
              "(echo $BASHPID > run/d.pid; sleep 1000 & wait) </dev/null >/dev/null 2>&1 &",
              "/bin/bash");
  app_.configure("workers: [{name: forker, start: [bin/fork, a], pid_file: run/d.pid}]\n");
  good_pass();
  const auto pid = daemon();
  ASSERT_GT(pid, 0) << story();
  EXPECT_EQ(command_line(pid), "/bin/bash bin/fork a");
  good_pass();
  EXPECT_EQ(starts(), 1U);
  ASSERT_TRUE(kill_and_wait(pid));
  good_pass();
  EXPECT_EQ(starts(), 2U);
}

// An old `sh -c` leaves a program of another name: no title tells it, but it was born of our start.
TEST_F(DaemonWorkers, ThatNoTitleIdentifiesAreKnownByTheirBirth) {
  leave_daemon_titled("something-else");
  app_.configure("workers: [{name: riddle, start: [bin/daemon], pid_file: run/d.pid}]\n");
  good_pass();
  const auto pid = daemon();
  ASSERT_GT(pid, 0) << story();
  EXPECT_EQ(status_of("riddle"), 0) << story();
  good_pass();
  EXPECT_EQ(daemon(), pid);
  EXPECT_EQ(starts(), 1U);
  ASSERT_TRUE(kill_and_wait(pid));
  good_pass();
  EXPECT_EQ(starts(), 2U);
}

// Then nothing tells that the process in its pid file is the worker, and nothing that it is not.
TEST_F(DaemonWorkers, ThatNothingIdentifiesAreNeverStartedASecondTime) {
  leave_daemon_titled("something-else");
  app_.configure("workers: [{name: riddle, start: [bin/daemon], pid_file: run/d.pid}]\n");
  good_pass();
  boost::filesystem::remove(app_.root() / "tmp/pids/bootcheck.state");
  const auto pid = daemon();
  for (int pass = 0; pass < 3; ++pass)
    EXPECT_EQ(app_.bootcheck().status, 1);
  EXPECT_EQ(starts(), 1U);
  EXPECT_EQ(daemon(), pid);
  EXPECT_EQ(status_of("riddle"), 1);
  EXPECT_THAT(app_.bootcheck({"status"}).out, HasSubstr("unknown"));
  const auto stop = app_.bootcheck({"stop", "--wait"});
  EXPECT_EQ(stop.status, 1) << "it runs on";
  EXPECT_THAT(stop.err, HasSubstr("riddle: cannot be asked to stop: pid " + std::to_string(pid)));
  EXPECT_THAT(app_.bootcheck({"status"}).out, HasSubstr("may be it"));
  EXPECT_EQ(daemon(), pid);
}

// It was there before, and its pid file says so still.
TEST_F(DaemonWorkers, WhosePidFileNamesAnOlderProcessAreNotUpByIt) {
  const Background older({"/bin/sleep", "1000"});
  // In ticks of 10 ms /proc says when a process was born.
  const auto born = std::chrono::steady_clock::now();
  wait_until(
      [&] { return std::chrono::steady_clock::now() - born > std::chrono::milliseconds{50}; });
  app_.script("bin/daemon", "mkdir -p run; echo " + std::to_string(older.pid()) + " > run/d.pid");
  app_.configure(
      "workers: [{name: riddle, start: [bin/daemon], pid_file: run/d.pid, start_timeout: 1s}]\n");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("riddle"));
}

class StatusCommand : public SmallAppTest {
 protected:
  /// The status command exits with what is in `code`; the start command writes 0 there.
  StatusCommand() {
    app_.script("bin/status", "exit $(cat code)");
    app_.script("bin/start", "echo start >> starts; echo 0 > code");
    configure("5m");
  }

  void configure(const std::string& start_timeout) const {
    app_.configure(
        "workers: [{name: remote, start: [bin/start], status: [bin/status], start_timeout: " +
        start_timeout + "}]");
  }

  void answer(const std::string& code) const { write_file(app_.root() / "code", code); }
  std::size_t starts() const { return lines_of(read_file(app_.root() / "starts")).size(); }
};

TEST_F(StatusCommand, SayingRunningStartsNothing) {
  answer("0");
  good_pass();
  EXPECT_EQ(starts(), 0U);
  EXPECT_EQ(status_of("remote"), 0);
}

TEST_F(StatusCommand, SayingNotRunningStartsTheWorkerAndSeesItUp) {
  for (const char* code : {"1", "2", "3"}) {
    answer(code);
    const auto before = starts();
    EXPECT_EQ(status_of("remote"), 3) << code;
    good_pass();
    EXPECT_EQ(starts(), before + 1) << code;
    EXPECT_EQ(status_of("remote"), 0) << code;
  }
}

TEST_F(StatusCommand, GivesNoProcessThatCouldBeAskedToStop) {
  answer("0");
  for (const char* command : {"restart", "stop"}) {
    const auto finished = app_.bootcheck({command});
    EXPECT_EQ(finished.status, 1) << command;
    EXPECT_THAT(finished.err, AllOf(HasSubstr("remote"), HasSubstr("stop it yourself"))) << command;
  }
  EXPECT_EQ(app_.bootcheck().status, 1) << "it is held, and runs";
  answer("3");
  good_pass();
  EXPECT_EQ(starts(), 0U);
}

TEST_F(StatusCommand, IsAskedAgainUntilTheWorkerIsUp) {
  app_.script("bin/start", "echo start >> starts; (sleep 0.6; echo 0 > code) &");
  answer("3");
  good_pass();
  EXPECT_EQ(starts(), 1U);
}

TEST_F(StatusCommand, StillSayingNotRunningAfterTheStartIsAFailure) {
  app_.script("bin/start", "echo start >> starts; echo no licence");
  configure("10s");
  answer("3");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("remote"), HasSubstr("no licence")));
}

TEST_F(StatusCommand, FailingOtherwiseStartsNothing) {
  for (const char* code : {"4", "127", "150"}) {
    answer(code);
    EXPECT_EQ(app_.bootcheck().status, 1) << code;
    EXPECT_EQ(status_of("remote"), 1) << code;
  }
  EXPECT_EQ(starts(), 0U);
}

TEST_F(StatusCommand, ThatIsMissingStartsNothing) {
  boost::filesystem::remove(app_.root() / "bin/status");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("remote"));
  EXPECT_EQ(starts(), 0U);
}

// It cannot be asked without its environment; that is no reason to look at nobody else.
TEST_F(StatusCommand, WithoutItsEnvFileIsUnknownAndKeepsNobodyElseFromBeingJudged) {
  answer("0");
  const std::string workers =
      "workers:\n"
      "  - {name: remote, start: [bin/start], status: [bin/status]}\n"
      "  - {name: feed, start: [bin/feed], foreground: true}\n";
  app_.configure(workers);
  good_pass();
  app_.configure(workers + "env_file: missing\n");
  const auto status = app_.bootcheck({"status"});
  EXPECT_EQ(status.status, 1) << status.err;
  EXPECT_THAT(status.out, AllOf(HasSubstr("remote  unknown"), HasSubstr("feed    running")));
  ASSERT_TRUE(kill_and_wait(app_.living("feed")));
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("bootcheck: feed: not started: cannot open "));
  EXPECT_THAT(app_.log(), HasSubstr("feed crashed"));
  EXPECT_EQ(starts(), 0U);
}

/// A daemon that nobody knows a pid of, with commands of its own; while there is a file `busy` it
/// has a job to finish.
class StopCommand : public SmallAppTest {
 protected:
  StopCommand() {
    app_.script("bin/daemon",
                "echo $$ > run.pid\n"
                "while [ ! -e asked ] || [ -e busy ]; do sleep 0.05; done\nrm -f run.pid");
    app_.script("bin/start",
                "echo start >> calls; rm -f asked\n"
                "setsid bin/daemon >/dev/null 2>&1 &\n"
                "while [ ! -e run.pid ]; do sleep 0.02; done");
    app_.script("bin/status", "[ -e run.pid ] && kill -0 $(cat run.pid) && exit 0; exit 3");
    app_.script("bin/stop", "echo stop >> calls; touch asked");
    app_.configure(
        "workers: [{name: remote, start: [bin/start], status: [bin/status], stop: [bin/stop]}]\n"
        "backoff: 0\n");
  }

  void be_busy() const { write_file(app_.root() / "busy", ""); }
  void be_done() const { boost::filesystem::remove(app_.root() / "busy"); }
  bool is_up() const { return boost::filesystem::exists(app_.root() / "run.pid"); }
  void wait_for_end() const {
    EXPECT_TRUE(wait_until([this] { return !is_up(); })) << story();
  }
  std::string calls() const { return read_file(app_.root() / "calls"); }
};

TEST_F(StopCommand, TakesThePlaceOfASignal) {
  good_pass();
  be_busy();
  const auto stopped = app_.bootcheck({"stop", "remote"});
  EXPECT_EQ(stopped.status, 0) << stopped.err;
  EXPECT_EQ(calls(), "start\nstop\n");
  EXPECT_THAT(app_.bootcheck({"status"}).out, HasSubstr("draining for"));
  good_pass();
  EXPECT_EQ(calls(), "start\nstop\n") << "it is asked once";
  be_done();
  wait_for_end();
  good_pass();
  EXPECT_THAT(app_.log(), AllOf(HasSubstr("remote asked_to_stop reason=stop"),
                                HasSubstr("remote drained reason=stop took")));
  EXPECT_EQ(calls(), "start\nstop\n") << "it is held";
  EXPECT_EQ(app_.bootcheck({"start"}).status, 0);
  EXPECT_EQ(calls(), "start\nstop\nstart\n");
}

TEST_F(StopCommand, IsWaitedForByTheCommandsThatWait) {
  good_pass();
  const auto restarted = app_.bootcheck({"restart", "--wait=60s"});
  EXPECT_EQ(restarted.status, 0) << restarted.err;
  EXPECT_EQ(calls(), "start\nstop\nstart\n") << story();
  EXPECT_TRUE(is_up());
  const auto stopped = app_.bootcheck({"stop", "--wait=60s"});
  EXPECT_EQ(stopped.status, 0) << stopped.err;
  EXPECT_FALSE(is_up());
  EXPECT_THAT(app_.bootcheck({"status"}).out, HasSubstr("held"));
}

TEST_F(StopCommand, OfARestartIsFollowedByAStartInAnyLaterPass) {
  app_.configure(
      "workers: [{name: remote, start: [bin/start], status: [bin/status], stop: [bin/stop],\n"
      "  restart: {settle: 0s}}]\nbackoff: 0\n");
  good_pass();
  be_busy();
  EXPECT_EQ(app_.bootcheck({"restart"}).status, 0);
  good_pass();
  EXPECT_EQ(calls(), "start\nstop\n");
  be_done();
  wait_for_end();
  good_pass();
  EXPECT_EQ(calls(), "start\nstop\nstart\n");
  good_pass();
  EXPECT_EQ(calls(), "start\nstop\nstart\n") << "that was the restart";
}

TEST_F(StopCommand, ThatFailsIsSaidAndRunAgain) {
  app_.script("bin/stop", "echo stop >> calls; echo no licence; exit 5");
  good_pass();
  const auto stopped = app_.bootcheck({"stop"});
  EXPECT_EQ(stopped.status, 1);
  EXPECT_THAT(stopped.err, HasSubstr("remote: its stop command exited with 5: no licence"));
  EXPECT_EQ(app_.bootcheck().status, 1);
  EXPECT_EQ(calls(), "start\nstop\nstop\n");
  app_.script("bin/stop", "touch asked");
  good_pass();
  wait_for_end();
}

TEST_F(StopCommand, ThatIsNotThereIsSaid) {
  good_pass();
  boost::filesystem::remove(app_.root() / "bin/stop");
  const auto stopped = app_.bootcheck({"stop"});
  EXPECT_EQ(stopped.status, 1);
  EXPECT_THAT(stopped.err, HasSubstr("bin/stop"));
}

TEST_F(StopCommand, ThatWaitsForTheEndOfAJobIsLeftToItself) {
  app_.script("bin/stop",
              "echo stop >> calls; touch asked; while [ -e run.pid ]; do sleep 0.05; done\n"
              "echo waited >> calls");
  good_pass();
  be_busy();
  EXPECT_EQ(app_.bootcheck({"stop"}).status, 0);
  EXPECT_EQ(calls(), "start\nstop\n");
  good_pass();
  be_done();
  EXPECT_TRUE(wait_until([this] { return calls() == "start\nstop\nwaited\n"; })) << calls();
}

TEST_F(StopCommand, WhoseRequestCannotBeWrittenDownIsNotRun) {
  good_pass();
  boost::filesystem::remove(app_.root() / "tmp/pids/bootcheck.state");
  boost::filesystem::create_directory(app_.root() / "tmp/pids/bootcheck.state");
  app_.bootcheck({"stop"});
  EXPECT_EQ(calls(), "start\n");
}

}  // namespace
}  // namespace bootcheck::test
