// What users of the peers complain about and no other test shows, named after what they saw;
// tests/README.md has the table of all complaints.
#include "process/as_root.h"
#include "process/small_app_test.h"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace bootcheck::test {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

class Complaints : public SmallAppTest {
 protected:
  void configure(const std::string& more = {}) const {
    app_.configure("workers: [{name: feed, start: [bin/feed, eu], foreground: true}]\n" + more);
  }

  /// A pass with nothing in its environment but what Debian's cron gives.
  Finished pass_under_cron() const {
    return run({"env", "-i", "HOME=" + app_.root().native(), "LOGNAME=root", "SHELL=/bin/sh",
                "PATH=/usr/bin:/bin", bootcheck_binary(), "-C", app_.root().native()});
  }

  std::vector<pid_t> copies() const {
    std::vector<pid_t> found;
    for (const pid_t pid : processes_in(app_.root())) {
      if (command_line(pid).find("bin/feed eu") != std::string::npos) found.push_back(pid);
    }
    return found;
  }
};

// maho 1314: cron waited 14 days for the end of a pipe that a daemon kept open.
TEST_F(Complaints, PipeInheritedByTheDaemon) {
  configure();
  const auto line = "'" + bootcheck_binary() + "' -C '" + app_.root().native() + "' 2>&1 | cat";
  const auto finished = run({"/bin/sh", "-c", line});
  EXPECT_EQ(finished.status, 0) << "the reader has not seen the pipe's end";
  EXPECT_EQ(finished.out, "");
  EXPECT_GT(app_.living("feed"), 0) << story();
}

// whenever 542: `bundle: command not found`, in a mail that nobody reads.
TEST_F(Complaints, RbenvNotFoundUnderCron) {
  app_.script(".rbenv/shims/ruby-of-rbenv", "exec \"$@\"");
  const std::string worker =
      "workers: [{name: feed, start: [ruby-of-rbenv, bin/feed, eu], foreground: true}]\n"
      "backoff: 0\n";
  app_.configure(worker);
  const auto without = pass_under_cron();
  EXPECT_EQ(without.status, 1);
  EXPECT_THAT(without.err, testing::AllOf(HasSubstr("ruby-of-rbenv"), HasSubstr("/usr/bin:/bin")))
      << "which program was looked for, and where";
  app_.configure(worker + "path: [.rbenv/shims]\n");
  const auto with = pass_under_cron();
  EXPECT_EQ(with.status, 0) << with.err;
  EXPECT_GT(app_.living("feed"), 0) << story();
}

// huginn 2385, Snorby 25, eye 62: the pid in the file is somebody else's since the boot.
TEST_F(Complaints, StalePidFileAfterReboot) {
  configure();
  good_pass();
  ASSERT_TRUE(says("feed", "up eu\n"));
  ASSERT_TRUE(kill_and_wait(app_.living("feed")));
  Background stranger({"sleep", "1000"});
  write_file(app_.pid_file("feed"), std::to_string(stranger.pid()) + "\n");
  // What was written down names that pid, too, and the boot before this one.
  const auto file = app_.root() / "tmp/pids/bootcheck.state";
  auto state = json::parse(read_file(file)).as_object();
  state["boot_id"] = "00000000-0000-0000-0000-000000000000";
  state.at("workers").at("feed").at("process").at("pid") = stranger.pid();
  write_file(file, json::serialize(state));
  EXPECT_EQ(app_.bootcheck().status, 0);
  EXPECT_EQ(copies().size(), 1U) << story();
  EXPECT_NE(app_.living("feed"), stranger.pid());
  EXPECT_EQ(app_.bootcheck({"stop", "--wait"}).status, 0);
  EXPECT_FALSE(stranger.has_ended());
}

// eye 165: the clock was set, every worker seemed to be another process, and got a copy. Here it is
// the clock that start times are counted by; `simulation/` sets the clock of the wall.
TEST_F(Complaints, ClockStepsThatMakeAMonitorSpawnCopies) {
  if (!is_root_or_rerun()) return;
  configure("limits: {age: 2d}\n");
  good_pass();
  ASSERT_TRUE(says("feed", "up eu\n"));
  const pid_t pid = app_.living("feed");
  ASSERT_GT(pid, 0);
  for (const char* offset : {"86400", "0", "3600"}) {
    const auto finished = run({"unshare", "--time", "--boottime", offset, bootcheck_binary(), "-C",
                               app_.root().native()});
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_EQ(copies(), std::vector<pid_t>{pid}) << story();
  }
  EXPECT_EQ(app_.output("feed"), "up eu\n") << "nobody has asked it to stop";
}

}  // namespace
}  // namespace bootcheck::test
