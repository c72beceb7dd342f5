// bootcheck itself is killed at a bad moment, or something odd was there before it.
#include "process/small_app_test.h"

#include <algorithm>
#include <csignal>

#include <sys/wait.h>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::HasSubstr;
using testing::Not;

class Interrupted : public SmallAppTest {
 protected:
  std::vector<std::string> pass_command() const {
    return {bootcheck_binary(), "-C", app_.root().native()};
  }
};

// Sidekiq and the like: known by their record only.
TEST_F(Interrupted, WhatCameUpBeforeIsKnownAlthoughItBearsAnotherTitle) {
  app_.script("bin/changes", "exec -a 'changes 1.0 busy' sleep 1000", "/bin/bash");
  app_.script("bin/hangs", "sleep 1000");
  app_.configure(R"(
workers:
  - {name: changes, start: [bin/changes], foreground: true}
  - {name: hangs, start: [bin/hangs], pid_file: tmp/pids/hangs.pid}
parallel_starts: 2
)");
  Background pass(pass_command());
  const auto state = app_.root() / "tmp/pids/bootcheck.state";
  EXPECT_TRUE(
      wait_until([&] { return read_file(state).find("\"process\"") != std::string::npos; }));
  ASSERT_EQ(::kill(pass.pid(), SIGKILL), 0);
  pass.wait();
  const auto pid = app_.living("changes");
  EXPECT_NE(pid, 0);
  EXPECT_EQ(status_of("changes"), 0) << story();
  app_.bootcheck({"run", "changes"});
  EXPECT_EQ(app_.living("changes"), pid);
}

TEST_F(Interrupted, AStartThatHangsIsToldAfterItsTime) {
  app_.script("bin/hangs", "sleep 1000");
  app_.configure(
      "workers: [{name: hangs, start: [bin/hangs], pid_file: tmp/hangs.pid,\n"
      "  start_timeout: 3s}]\n");
  Background pass(pass_command());
  EXPECT_TRUE(wait_until([this] {
    return std::ranges::any_of(processes_in(app_.root()), [](pid_t pid) {
      return command_line(pid).find("bin/hangs") != std::string::npos;
    });
  }));
  ASSERT_EQ(::kill(pass.pid(), SIGKILL), 0);
  pass.wait();
  EXPECT_TRUE(wait_until([this] {
    const auto finished = app_.bootcheck();
    return finished.status == 1 && finished.err.find("under way for") != std::string::npos;
  })) << story();
}

TEST_F(Interrupted, WorkersOfOneCommandLineAreToldApart) {
  app_.configure("workers: [{name: 'same-%{id}', count: 3, start: [bin/feed], foreground: true}]");
  good_pass();
  const auto first = app_.living("same-0");
  const auto second = app_.living("same-1");
  EXPECT_NE(first, 0);
  EXPECT_NE(second, 0);
  EXPECT_NE(first, second);
  EXPECT_NE(app_.living("same-2"), second);
  EXPECT_TRUE(kill_and_wait(second));
  good_pass();
  EXPECT_EQ(app_.living("same-0"), first);
  EXPECT_NE(app_.living("same-1"), first);
  EXPECT_NE(app_.living("same-1"), 0);
}

// A job that forks: its child bears the worker's title.
TEST_F(Interrupted, AForkOfAWorkerIsNoSecondWorker) {
  app_.script("bin/forks", "mkfifo never\n( read -r line <never ) & wait");
  app_.configure(
      "workers: [{name: forks, start: [bin/forks], foreground: true}]\norphans: drain\n");
  good_pass();
  const auto pid = app_.living("forks");
  EXPECT_TRUE(wait_until([this] { return processes_in(app_.root()).size() == 2; }));
  boost::filesystem::remove(app_.pid_file("forks"));
  good_pass();
  EXPECT_EQ(app_.living("forks"), pid);
  EXPECT_EQ(processes_in(app_.root()).size(), 2U);
  EXPECT_THAT(app_.log(), Not(HasSubstr("duplicate")));
}

// As Process.daemon does it: nothing but its memory tells whose child that was.
TEST_F(Interrupted, AForkOfAWorkerThatHasLeftItsSessionIsNotDrained) {
  app_.script("bin/forks",
              "trap('TERM') { File.write('terms', 'asked') }\n"
              "unless fork\n  Process.setsid\n  exit! if fork\n  File.write('forked', $$)\nend\n"
              "loop { sleep }",
              "/usr/bin/env ruby");
  app_.configure(
      "workers: [{name: forks, start: [bin/forks], foreground: true}]\norphans: drain\n");
  good_pass();
  const auto pid = app_.living("forks");
  ASSERT_TRUE(wait_until([this] { return !read_file(app_.root() / "forked").empty(); }));
  fs::remove(app_.pid_file("forks"));
  fs::remove(app_.root() / "tmp/pids/bootcheck.state");  // so that all processes are searched
  EXPECT_THAT(app_.bootcheck().err, HasSubstr("a job may have forked them"));
  EXPECT_EQ(app_.living("forks"), pid);
  EXPECT_THAT(app_.log(), Not(HasSubstr("asked_to_stop")));
}

TEST_F(Interrupted, TheEndOfADrainIsNoCrash) {
  app_.configure("workers: [{name: feed, start: [bin/feed], foreground: true}]");
  good_pass();
  EXPECT_EQ(app_.bootcheck({"restart", "--wait"}).status, 0);
  EXPECT_THAT(app_.log(), HasSubstr("feed drained"));
  EXPECT_THAT(app_.log(), Not(HasSubstr("crashed")));
  EXPECT_TRUE(kill_and_wait(app_.living("feed")));
  good_pass();
  EXPECT_THAT(app_.log(), HasSubstr("feed crashed"));
}

TEST_F(Interrupted, AHoldThatCannotBeKeptDrainsNobody) {
  app_.configure(
      "workers: [{name: feed, start: [bin/feed], foreground: true}]\n"
      "state_file: /proc/no/such/state\n");
  app_.bootcheck();
  const auto pid = app_.living("feed");
  EXPECT_NE(pid, 0);
  EXPECT_EQ(app_.bootcheck({"stop"}).status, 4);
  EXPECT_TRUE(is_alive(pid));
  EXPECT_THAT(app_.output("feed"), Not(HasSubstr("down")));
}

TEST_F(Interrupted, WhatAKilledPassWasWritingIsRemovedByALaterOne) {
  const auto finished = ::fork();
  if (finished == 0) ::_exit(0);
  ASSERT_EQ(::waitpid(finished, nullptr, 0), finished);
  const auto temporary = [this](const std::string& name, pid_t writer, int age) {
    const auto file =
        app_.root() / "tmp/pids" / ("." + name + ".bootcheck." + std::to_string(writer));
    write_file(file, "half");
    fs::last_write_time(file, fs::last_write_time(file) - age);
    return file;
  };
  const auto state = temporary("bootcheck.state", finished, 120);
  const auto pid_file = temporary("gone.pid", finished, 120);
  const auto of_another_machine = temporary("young.pid", finished, 0);
  const auto being_written = temporary("feed.pid", ::getpid(), 120);
  app_.configure("workers: [{name: feed, start: [bin/feed], foreground: true}]");
  good_pass();
  EXPECT_FALSE(fs::exists(state));
  EXPECT_FALSE(fs::exists(pid_file));
  EXPECT_TRUE(fs::exists(of_another_machine));
  EXPECT_TRUE(fs::exists(being_written));
}

// `shop -> shop-1` beside `blog -> blog-1`, both with a worker of the same name.
TEST_F(Interrupted, TheWorkerOfAnApplicationNextDoorIsNotOurs) {
  for (const char* name : {"shop", "blog"}) {
    const auto release = std::string(name) + "-1";
    app_.script(release + "/bin/feed", "sleep 1000 & wait");
    write_file(app_.root() / release / "config/bootcheck.yml",
               "workers: [{name: feed, start: [bin/feed], foreground: true}]\nlauncher: direct\n");
    fs::create_symlink(release, app_.root() / name);
    EXPECT_EQ(run({bootcheck_binary(), "-C", (app_.root() / name).native()}).status, 0);
  }
  const auto pid_in = [this](const char* name) {
    return read_file(app_.root() / name / "tmp/pids/feed.pid");
  };
  EXPECT_NE(pid_in("shop"), "");
  EXPECT_NE(pid_in("blog"), "");
  EXPECT_NE(pid_in("shop"), pid_in("blog"));
}

}  // namespace
}  // namespace bootcheck::test
