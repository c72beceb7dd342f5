// Runs inside a real systemd, as a unit: see ../real_systemd_test.cpp.
#include "e2e/real_workers.h"
#include "util/unique_fd.h"

#include <array>
#include <csignal>
#include <string>
#include <thread>

#include <poll.h>
#include <sys/inotify.h>
#include <sys/resource.h>

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
  /// Writes bin/feed.
  void feed_is(const std::string& script) const {
    const auto file = app_.root() / "bin" / "feed";
    write_file(file, script);
    fs::permissions(file, fs::owner_all);
  }
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

TEST_F(UnderSystemd, TheJobsOfAHostThatIsGoneAreHandedBackFromAUnitThatEnds) {
  configure("workers: [{preset: delayed_job, count: 3}]\n");
  app_.enqueue("sleep", 1, 0, {{"RETRY_AFTER", "36000"}});
  app_.sql(
      "UPDATE delayed_jobs SET locked_at = '2020-01-01 00:00:00', "
      "locked_by = 'delayed_job.1 host:web2 pid:77'");
  const auto finished = app_.bootcheck({"recover", "--host", "web2", "--yes"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(app_.jobs().front().at("attempts").as_int64(), 1);
  EXPECT_TRUE(wait_until([this] { return processes_in(app_.root()).empty(); }));
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
  feed_is("#!/bin/sh\necho \"$1\"\nexec sleep 1000\n");
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

// What it has written of a unit it reads at each reload.
TEST_F(UnderSystemd, SystemdHasNothingToSayOfTheUnits) {
  feed_is("#!/bin/sh\nexec sleep 1000\n");
  configure(
      "workers: [{preset: delayed_job, count: 1}, {name: feed, start: [bin/feed, '$5', ';'],\n"
      "  foreground: true, pid_file: tmp/pids/feed.pid}]\n");
  good_pass();
  EXPECT_EQ(run({"systemctl", "daemon-reload"}).status, 0);
  EXPECT_EQ(run({"journalctl", "--sync"}).status, 0);
  const auto journal = run({"journalctl", "--boot", "--no-pager", "--output=cat"}).out;
  EXPECT_THAT(journal, HasSubstr("Reloading"));
  EXPECT_THAT(journal, Not(HasSubstr("unknown escape sequences")));
}

TEST_F(UnderSystemd, OneBootInAUnitOfItsOwnReplacesAllWorkers) {
  configure("workers: [{preset: delayed_job, count: 3}]\nrestart: {settle: 1h}\nbackoff: 0\n");
  good_pass();
  const auto before = all();
  const auto finished = pass({"restart"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_TRUE(are_all_new(before)) << story();
  EXPECT_EQ(app_.boots(), 2U);
  for (const auto& [name, pid] : all())
    EXPECT_NE(in_proc(pid, "cgroup"), own_cgroup()) << name;
  EXPECT_TRUE(wait_until([this] {
    return story().find("bootcheck preloader") == std::string::npos;
  })) << story();
}

TEST_F(UnderSystemd, ABootThatFailsTakesNobodyDown) {
  good_pass();
  const auto before = all();
  const auto file = app_.root() / "config" / "environment.rb";
  write_file(file, "raise 'no such gem'\n" + read_file(file));
  const auto finished = pass({"restart"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("no such gem"));
  EXPECT_EQ(all(), before);
}

// Its child has written its own pid: whatever it is called by then.
TEST_F(UnderSystemd, AForegroundProgramMayChangeItsCommandLine) {
  feed_is("#!/bin/sh\necho up >> up\nexec sleep 1000\n");
  configure(
      "workers: [{name: feed, start: [bin/feed], foreground: true, pid_file: tmp/feed.pid}]\n");
  for (int passes = 0; passes < 3; ++passes)
    good_pass();
  EXPECT_EQ(read_file(app_.root() / "up"), "up\n");
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
  EXPECT_EQ(pass({"restart", "--wait"}).status, 0);
  EXPECT_NE(only("delayed_job.1"), pid);
  EXPECT_EQ(app_.boots(), 2U);
}

/// Puts a link in the place of a file when it has been opened a second time, as its owner could:
/// the first time bootcheck tries whether it can be written, and then it begins the start.
class Swapper {
 public:
  Swapper(fs::path file, const fs::path& target) : file_(std::move(file)) {
    fs::create_symlink(target, link_);
    watch_ = UniqueFd(::inotify_init1(IN_CLOEXEC));
    ::inotify_add_watch(watch_.get(), file_.c_str(), IN_OPEN);
    thread_ = std::thread([this] { wait_and_swap(); });
  }
  Swapper(const Swapper&) = delete;
  Swapper& operator=(const Swapper&) = delete;
  ~Swapper() { thread_.join(); }

 private:
  void wait_and_swap() const {
    for (int opened = 0; opened < 2;) {
      pollfd readable{.fd = watch_.get(), .events = POLLIN, .revents = 0};
      if (::poll(&readable, 1, 60'000) != 1) return;
      alignas(inotify_event) std::array<char, 4096> events{};
      const auto size = ::read(watch_.get(), events.data(), events.size());
      opened += static_cast<int>(size / static_cast<ssize_t>(sizeof(inotify_event)));
    }
    fs::rename(link_, file_);
  }

  const fs::path file_;
  const fs::path link_ = fs::path(file_.native() + ".link");
  UniqueFd watch_;
  std::thread thread_;
};

TEST_F(UnderSystemd, AStartLogSwappedForALinkGetsNothingIntoRootsFiles) {
  write_file(app_.root() / "bin" / "feed",
             "#!/bin/sh\necho '* * * * * root id'\nexec sleep 1000\n");
  fs::permissions(app_.root() / "bin" / "feed", fs::perms(0755));
  configure(
      "workers: [{name: feed, start: [bin/feed], foreground: true, process_title: sleep 1000,\n"
      "  pid_file: tmp/pids/feed.pid}]\nuser: daemon\nlauncher: systemd\n");
  const fs::path victim = "/etc/cron.d/victim";
  const auto log = app_.root() / "log" / "feed.start.log";
  write_file(victim, "# root's\n");
  write_file(log, "");
  run({"chown", "-R", "daemon:daemon", app_.root().parent_path().native()});
  fs::permissions(app_.root().parent_path(), fs::owner_all);
  {
    const Swapper swapper(log, victim);
    pass();
  }
  EXPECT_TRUE(fs::is_symlink(log));
  EXPECT_EQ(read_file(victim), "# root's\n");
}

/// What systemd says of the unit that a process is in.
std::string shown_of(pid_t pid, const char* properties) {
  const auto cgroup = in_proc(pid, "cgroup");
  const auto unit = cgroup.substr(cgroup.rfind('/') + 1);
  return run({"systemctl", "show", "-p", properties, unit.substr(0, unit.find('\n'))}).out;
}

// That systemd has taken them over is seen here; that the kernel keeps to them is not: where the
// host's control groups are of version 1, the container has no memory controller.
TEST_F(UnderSystemd, AUnitHasTheLimitsOfTheConfiguration) {
  configure(
      "unit: {MemoryMax: 1G, TasksMax: 100}\nworkers:\n  - {preset: delayed_job, count: 2}\n"
      "  - {preset: delayed_job, identifiers: [big],\n"
      "     unit: {MemoryMax: 2G, MemoryHigh: 80%, MemorySwapMax: 0, CPUQuota: 150%, CPUWeight: "
      "20,\n"
      "            IOWeight: 30, TasksMax: 10%, Nice: 5, OOMScoreAdjust: 500, LimitNOFILE: "
      "4096}}\n");
  good_pass();
  // Of a unit without one systemctl shows the niceness of systemd itself.
  EXPECT_EQ(shown_of(only("delayed_job.0"), "MemoryMax,TasksMax,Nice"),
            "MemoryMax=1073741824\nTasksMax=100\nNice=" +
                std::to_string(::getpriority(PRIO_PROCESS, 1)) + "\n");
  EXPECT_EQ(in_proc(only("delayed_job.0"), "cgroup"), in_proc(only("delayed_job.1"), "cgroup"));
  const auto big = only("delayed_job.big");
  EXPECT_EQ(shown_of(big, "MemoryMax,MemorySwapMax,CPUQuotaPerSecUSec,CPUWeight,IOWeight"),
            "CPUWeight=20\nCPUQuotaPerSecUSec=1.500000s\nIOWeight=30\nMemoryMax=2147483648\n"
            "MemorySwapMax=0\n");
  EXPECT_EQ(in_proc(big, "oom_score_adj"), "500\n");
  EXPECT_THAT(in_proc(big, "limits"), HasSubstr("4096                 4096                 files"));
  EXPECT_EQ(app_.boots(), 2U) << "a boot for each unit";
}

TEST_F(UnderSystemd, AUsersOwnConfigurationIsRunInUnitsOfThatUser) {
  write_file(app_.root() / "bin" / "feed", "#!/bin/sh\npwd\nexec sleep 1000\n");
  fs::permissions(app_.root() / "bin" / "feed", fs::perms(0755));
  configure(
      "workers: [{name: feed, start: [bin/feed], foreground: true, process_title: sleep 1000,\n"
      "  pid_file: tmp/pids/feed.pid, unit: {MemoryMax: 512M}}]\n");
  run({"chown", "-R", "daemon:daemon", app_.root().parent_path().native()});
  fs::permissions(app_.root().parent_path(), fs::owner_all);
  good_pass();
  const auto pid = app_.pid_of("feed").value_or(0);
  EXPECT_THAT(in_proc(pid, "status"), HasSubstr("Uid:\t1\t1\t1\t1\n"));
  EXPECT_THAT(in_proc(pid, "status"), HasSubstr("Gid:\t1\t1\t1\t1\n"));
  EXPECT_NE(in_proc(pid, "cgroup"), own_cgroup());
  EXPECT_EQ(shown_of(pid, "MemoryMax"), "MemoryMax=536870912\n");
  EXPECT_EQ(read_file(app_.root() / "log" / "feed.start.log"), app_.root().native() + "\n");
  // Who asked systemd has gone with the pass.
  EXPECT_TRUE(wait_until([] { return run({"pidof", "bootcheck"}).status != 0; }));
}

}  // namespace
}  // namespace bootcheck::test
