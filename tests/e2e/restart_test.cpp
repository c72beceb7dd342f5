// `restart` on real delayed_job workers: no job killed, no capacity lost, nothing lost by Ctrl-C.
#include "e2e/real_workers.h"
#include "util/unique_fd.h"

#include <chrono>
#include <csignal>
#include <iostream>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Restart : public RealWorkers {
 protected:
  void SetUp() override {
    good_pass();
    before_ = all();
  }

  /// One worker gets a job of that length; returns its pid.
  pid_t keep_one_busy(double seconds) {
    app_.enqueue("sleep", 1, seconds);
    const auto pids = busy(1);
    return pids.empty() ? 0 : pids.front();
  }

  void expect_all_new() const {
    for (const auto& [name, pid] : all())
      EXPECT_NE(pid, before_.at(name)) << name;
  }

  void expect_each_ran_once(std::size_t count) const {
    const auto runs = finished_runs();
    EXPECT_EQ(runs.size(), count);
    for (const auto& [job, times] : runs)
      EXPECT_EQ(times, 1) << job;
    EXPECT_EQ(app_.runs().size(), count);
    EXPECT_THAT(app_.jobs(), IsEmpty());
  }

  std::map<std::string, pid_t> before_;
};

TEST_F(Restart, OfIdleWorkersHasTheirSuccessorsUpWhenItReturns) {
  const auto finished = pass({"restart"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(finished.err, "");
  expect_all_new();
  EXPECT_THAT(log(), Not(HasSubstr("crashed")));
}

TEST_F(Restart, DrainsALongJobAndReplacesItsWorkerAfterIt) {
  const auto old = keep_one_busy(10);
  const auto name = name_of(old);
  const auto finished = pass({"restart"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("draining"));
  EXPECT_EQ(only(name), old);
  EXPECT_EQ(pass({"status"}).status, 0);
  passes_until([&] { return !is_alive(old); });
  good_pass();
  expect_all_new();
  expect_each_ran_once(1);
}

TEST_F(Restart, AskedAgainWhileItDrainsSaysSoAndSignalsNobodyTwice) {
  const auto old = keep_one_busy(15);
  pass({"restart"});
  const auto again = pass({"restart", name_of(old)});
  EXPECT_EQ(again.status, 0) << again.err;
  EXPECT_THAT(again.out, HasSubstr("draining"));
  const auto asked = "asked_to_stop pid=" + std::to_string(old);
  const auto text = log();
  EXPECT_EQ(text.find(asked), text.rfind(asked));
  passes_until([&] { return !is_alive(old); });
  expect_each_ran_once(1);
}

TEST_F(Restart, WithWaitReturnsWhenTheLastJobIsFinishedAndItsSuccessorRuns) {
  const auto old = keep_one_busy(8);
  const auto finished = pass({"restart", "--wait"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_FALSE(is_alive(old));
  expect_all_new();
  expect_each_ran_once(1);
}

// The figure is for people: it is the time without a worker that `restart --wait` cannot avoid.
TEST_F(Restart, TheGapBetweenAnExitAndItsSuccessorsStartIsShown) {
  const auto starts = app_.root() / "log" / "starts";
  const auto shim = app_.root() / "shim" / "ruby";
  write_file(shim,
             "#!/bin/sh\ndate +%s%N >> '" + starts.native() + "'\nexec /usr/bin/ruby \"$@\"\n");
  fs::permissions(shim, fs::owner_all);
  configure("workers: [{preset: delayed_job, count: 3}]\nbackoff: 0\npath: [shim]\n");
  const auto old = keep_one_busy(12);
  UniqueFd watch(static_cast<int>(::syscall(SYS_pidfd_open, old, 0)));
  ASSERT_TRUE(watch);
  Background restart(app_.bootcheck_command({"restart", "--wait"}));
  pollfd exited{.fd = watch.get(), .events = POLLIN, .revents = 0};
  ASSERT_EQ(::poll(&exited, 1, 60'000), 1);
  const auto exit_at = std::chrono::system_clock::now().time_since_epoch();
  ASSERT_EQ(restart.wait(std::chrono::seconds{60}), 0) << restart.err();
  const auto lines = lines_of(read_file(starts));
  ASSERT_FALSE(lines.empty());
  const auto gap = std::chrono::nanoseconds(std::stoll(lines.back())) - exit_at;
  EXPECT_GT(gap.count(), -std::chrono::nanoseconds(std::chrono::milliseconds{50}).count())
      << "a successor started while its predecessor still worked";
  std::cout << "from the worker's exit to its successor's start: "
            << std::chrono::duration<double, std::milli>(gap).count() << " ms\n";
}

TEST_F(Restart, SurgedStartsTheSuccessorBesideALongJob) {
  const auto old = keep_one_busy(12);
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
  passes_until([&] { return !is_alive(old); });
  good_pass();
  EXPECT_FALSE(fs::exists(aside));
  expect_all_new();
  expect_each_ran_once(4);
}

TEST_F(Restart, AWorkerSetAsideThatDiesInMidJobHasItsJobHandedBack) {
  app_.enqueue("sleep", 1, 60);
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
  const auto old = keep_one_busy(10);
  Background restart(app_.bootcheck_command({"restart", "--wait"}));
  EXPECT_TRUE(wait_until([this] { return log().find("asked_to_stop") != std::string::npos; }));
  EXPECT_TRUE(wait_until([&] { return restart.out().find("asked_to_stop") != std::string::npos; }));
  ASSERT_EQ(::kill(restart.pid(), SIGINT), 0);
  EXPECT_EQ(restart.wait(std::chrono::seconds{10}), 128 + SIGINT);
  passes_until([&] { return !is_alive(old); });
  passes_until([&] {
    return app_.living(names()[0]).size() + app_.living(names()[1]).size() +
               app_.living(names()[2]).size() ==
           3;
  });
  expect_all_new();
  expect_each_ran_once(1);
}

TEST_F(Restart, BringsBackWhatCrashesWhileItWaits) {
  const auto old = keep_one_busy(15);
  const auto other = name_of(old) == names()[0] ? names()[1] : names()[0];
  Background restart(app_.bootcheck_command({"restart", "--wait"}));
  EXPECT_TRUE(wait_until([&] {
    const auto pids = app_.living(other);
    return pids.size() == 1 && pids.front() != before_.at(other) &&
           app_.pid_of(other) == pids.front() &&
           log().find(other + " started pid=" + std::to_string(pids.front())) != std::string::npos;
  }));
  kill_and_wait(only(other), SIGKILL);
  EXPECT_TRUE(wait_until([&] { return app_.living(other).size() == 1; }));
  EXPECT_TRUE(is_alive(old));
  EXPECT_EQ(restart.wait(std::chrono::seconds{60}), 0) << restart.err();
  expect_all_new();
  expect_each_ran_once(1);
}

TEST_F(Restart, DrainsOnlyAsManyAtATimeAsAllowed) {
  configure(
      "workers: [{preset: delayed_job, count: 3}]\nbackoff: 0\nrestart: {max_unavailable: 1}\n");
  const auto finished = pass({"restart", "--wait"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  expect_all_new();
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
