// A delayed_job worker bears its title before it is back in the application: what a pass makes of
// it meanwhile.
#include "process/small_app_test.h"

namespace bootcheck::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// One worker, whose bin/delayed_job daemonizes as daemons does; `outside` is what the worker does
/// in `/`.
void furnish(const SmallApp& app, const std::string& outside, bool keeps_pid_file = true) {
  app.configure(
      "workers: [{preset: delayed_job, count: 1, preload: false}]\nbackoff: 0\n"
      "start_timeout: 20s\n");
  boost::filesystem::create_directories(app.root() / "tmp/pids");
  app.script("bin/delayed_job",
             R"(root = Dir.pwd
File.write("starts", "start\n", :mode => "a")
from_worker, to_launcher = IO.pipe
if child = fork
  to_launcher.close
  pid = from_worker.read
  Process.wait(child)
  )" + std::string(keeps_pid_file ? R"(File.write("tmp/pids/delayed_job.0.pid", pid))" : "") +
                 R"(
  exit
end
Process.setsid
exit! if fork
File.write("pid", Process.pid)
to_launcher.write Process.pid
to_launcher.close
$0 = "delayed_job.0"
Dir.chdir "/"
)" + outside + R"(
Dir.chdir root
sleep)",
             "/usr/bin/env ruby");
}

class ComingUp : public SmallAppTest {
 protected:
  void worker_that(const std::string& outside, bool keeps_pid_file = true) const {
    furnish(app_, outside, keeps_pid_file);
  }

  std::string directory_of(pid_t pid) const {
    boost::system::error_code gone;
    return boost::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/cwd", gone).native();
  }

  /// The worker in `/`; 0: it is not there yet.
  pid_t outside() const {
    const auto pid = std::stoi("0" + read_file(app_.root() / "pid"));
    return pid != 0 && directory_of(pid) == "/" ? pid : 0;
  }

  std::size_t starts() const { return lines_of(read_file(app_.root() / "starts")).size(); }
};

TEST_F(ComingUp, AWorkerIsUpOnceItIsBackInTheApplication) {
  worker_that("sleep 3");
  good_pass();
  const auto pid = app_.living("delayed_job.0");
  ASSERT_NE(pid, 0) << story();
  EXPECT_EQ(directory_of(pid), app_.root().native());
  EXPECT_EQ(starts(), 1U);
}

TEST_F(ComingUp, AWorkerThatDiesOutsideWasNotStarted) {
  worker_that("sleep 2; exit!");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("delayed_job.0: not started"));
  EXPECT_THAT(app_.log(), Not(HasSubstr("delayed_job.0 started")));
}

constexpr const char* kUntilCalledBack = "sleep 0.05 until File.exist?(\"#{root}/back\")";

// The launcher and the pass that had begun the start were killed, say.
TEST_F(ComingUp, AWorkerOutsideThatOurStartHasBegunIsNotStartedASecondTime) {
  worker_that(kUntilCalledBack, false);
  {
    Background pass({bootcheck_binary(), "-C", app_.root().native()});
    ASSERT_TRUE(wait_until([&] { return outside() != 0; }));
    ::kill(pass.pid(), SIGKILL);
  }
  const auto pid = outside();
  good_pass();
  EXPECT_THAT(app_.bootcheck({"status"}).out, HasSubstr("starting"));
  EXPECT_EQ(starts(), 1U);
  write_file(app_.root() / "back", "");
  ASSERT_TRUE(wait_until([&] { return directory_of(pid) == app_.root().native(); }));
  good_pass();
  EXPECT_EQ(app_.living("delayed_job.0"), pid) << story();
  EXPECT_EQ(starts(), 1U);
}

// Two applications of one user, and the workers of both have the same names.
TEST_F(ComingUp, AWorkerOutsideThatIsAnotherApplicationsKeepsNobodyDown) {
  worker_that(kUntilCalledBack, false);
  const auto started =
      run({"bin/delayed_job", "--identifier=0", "start"}, {.directory = app_.root(), .env = {}});
  ASSERT_EQ(started.status, 0) << started.err;
  ASSERT_TRUE(wait_until([&] { return outside() != 0; }));
  const SmallApp other;
  furnish(other, "");
  EXPECT_EQ(other.bootcheck().status, 0) << other.log();
  EXPECT_NE(other.living("delayed_job.0"), 0) << other.log();
}

}  // namespace
}  // namespace bootcheck::test
