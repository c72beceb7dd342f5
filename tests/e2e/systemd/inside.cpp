// Runs inside a real systemd, as a unit: see ../real_systemd_test.cpp.
#include "e2e/real_workers.h"

#include <csignal>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

std::string in_proc(pid_t pid, const char* file) {
  return read_file("/proc/" + std::to_string(pid) + "/" + file);
}

class UnderSystemd : public RealWorkers {
 protected:
  std::string own_cgroup() const { return in_proc(::getpid(), "cgroup"); }
};

TEST_F(UnderSystemd, WorkersLiveInAUnitOfTheirOwn) {
  good_pass();
  for (const auto& [name, pid] : all()) {
    EXPECT_NE(in_proc(pid, "cgroup"), own_cgroup()) << name;
    EXPECT_THAT(in_proc(pid, "cgroup"), HasSubstr(".service")) << name;
  }
  EXPECT_EQ(app_.boots(), 1U);
  good_pass();
  EXPECT_EQ(app_.boots(), 1U);
}

TEST_F(UnderSystemd, WorkersOutliveTheUnitThatStartedThem) {
  std::vector<std::string> argv = {"systemd-run", "--quiet", "--collect",
                                   "--property=Type=oneshot"};
  const auto command = app_.bootcheck_command({"-n", "3"});
  argv.insert(argv.end(), command.begin(), command.end());
  const auto finished = run(argv);
  EXPECT_EQ(finished.status, 0) << finished.err;
  const auto pids = all();
  for (const auto& [name, pid] : pids)
    EXPECT_TRUE(is_alive(pid));
  EXPECT_EQ(app_.bootcheck({"-n", "3"}).status, 0);
  EXPECT_EQ(all(), pids);
}

TEST_F(UnderSystemd, DirectStartsStayInTheUnitOfWhoStarts) {
  configure("workers: [{preset: delayed_job, count: 3}]\nlauncher: direct\n");
  good_pass();
  for (const auto& [name, pid] : all())
    EXPECT_EQ(in_proc(pid, "cgroup"), own_cgroup()) << name;
}

TEST_F(UnderSystemd, AKilledWorkerComesBackWithItsJobHandedBack) {
  good_pass();
  app_.enqueue("kill_once");
  passes_until([this] { return are_all_done(); });
  EXPECT_THAT(log(), HasSubstr("job_recovered"));
  all();
}

TEST_F(UnderSystemd, TheEnvironmentReachesTheWorkersAndNobodyElse) {
  configure(
      "workers: [{preset: delayed_job, count: 3}]\n"
      "env: {SECRET: \"a $HOME `b` \\\"c\\\" d\\\\e %h\"}\n");
  good_pass();
  const auto environment = in_proc(only("delayed_job.0"), "environ");
  EXPECT_THAT(environment, HasSubstr(std::string("SECRET=a $HOME `b` \"c\" d\\e %h") + '\0'));
  EXPECT_THAT(run({"systemctl", "show", "*"}).out, Not(HasSubstr("SECRET")));
}

TEST_F(UnderSystemd, AForegroundProgramKeepsItsWordsAndComesBack) {
  write_file(app_.root() / "bin" / "feed", "#!/bin/sh\necho \"$1\"\nexec sleep 1000\n");
  fs::permissions(app_.root() / "bin" / "feed", fs::owner_all);
  configure(
      "workers: [{name: feed, start: [bin/feed, '$HOME ${PATH} 100%'], foreground: true,\n"
      "  process_title: sleep 1000, pid_file: tmp/pids/feed.pid}]\n");
  good_pass();
  const auto pid = app_.pid_of("feed");
  ASSERT_TRUE(pid);
  EXPECT_NE(in_proc(*pid, "cgroup"), own_cgroup());
  EXPECT_EQ(read_file(app_.root() / "log" / "feed.start.log"), "$HOME ${PATH} 100%\n");
  kill_and_wait(*pid, SIGKILL);
  good_pass();
  EXPECT_NE(app_.pid_of("feed"), pid);
  EXPECT_TRUE(is_alive(app_.pid_of("feed").value_or(0)));
}

TEST_F(UnderSystemd, AStartThatFailsIsToldWithItsLastWords) {
  configure(
      "workers: [{name: feed, start: [sh, -c, 'echo no feed today; exit 3'], pid_file: "
      "tmp/feed.pid}]\n");
  const auto finished = pass();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("no feed today"));
}

TEST_F(UnderSystemd, WorkersRunAsTheirUserWithItsGroups) {
  run({"chown", "-R", "daemon:daemon", app_.root().parent_path().native()});
  fs::permissions(app_.root().parent_path(), fs::owner_all);
  configure("workers: [{preset: delayed_job, count: 3}]\nuser: daemon\n");
  good_pass();
  const auto pid = only("delayed_job.1");
  EXPECT_THAT(in_proc(pid, "status"), HasSubstr("Uid:\t1\t1\t1\t1\n"));
  EXPECT_THAT(in_proc(pid, "status"), HasSubstr("Gid:\t1\t1\t1\t1\n"));
  EXPECT_EQ(run({"stat", "-c", "%U", (app_.root() / "log" / "delayed_job.start.log").native()}).out,
            "daemon\n");
  EXPECT_EQ(pass({"restart"}).status, 0);
  EXPECT_NE(only("delayed_job.1"), pid);
}

}  // namespace
}  // namespace bootcheck::test
