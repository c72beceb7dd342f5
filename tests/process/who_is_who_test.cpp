// Whose a process is: the real program over small workers and over processes that resemble them.
#include "process/rights_test.h"

#include <algorithm>
#include <csignal>
#include <memory>
#include <set>

#include <boost/json.hpp>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::HasSubstr;
using testing::Not;

/// Leaves a daemon with the title of its argument in the folder of the script's application, and
/// its pid in tmp/pids.
constexpr const char* kDaemon = R"(cd "$(dirname "$0")/.." && mkdir -p tmp/pids
[ -p tmp/wait ] || mkfifo tmp/wait
setsid bash -c 'echo $$ > tmp/pids/$1.pid; exec -a "$1" cat' _ "$1" 0<>tmp/wait >/dev/null 2>&1 &)";

class WhoIsWho : public SmallAppTest {
 protected:
  bool says(const std::string& worker, const std::string& text) const {
    return wait_until([&] { return app_.output(worker) == text; });
  }

  /// The processes of the application with these words in their command line, zombies left out.
  std::vector<pid_t> copies(const std::string& words) const {
    std::vector<pid_t> found;
    for (const pid_t pid : processes_in(app_.root())) {
      if (command_line(pid).find(words) != std::string::npos) found.push_back(pid);
    }
    return found;
  }

  fs::path state_file() const { return app_.root() / "tmp/pids/bootcheck.state"; }

  /// Changes what is remembered of a worker.
  void edit_state(const std::function<void(boost::json::object&)>& edit) const {
    auto state = boost::json::parse(read_file(state_file())).as_object();
    edit(state);
    write_file(state_file(), boost::json::serialize(state));
  }

  void forget_state() const {
    fs::remove(state_file());
    fs::remove(app_.root() / "tmp/pids/bootcheck.holds");
  }
};

TEST_F(WhoIsWho, WorkersOfOneCommandLineNeverShareAProcess) {
  app_.configure(R"(
workers:
  - {name: "feed-%{id}", count: 2, start: [bin/feed, same], foreground: true}
)");
  good_pass();
  const pid_t kept = app_.living("feed-0");
  ASSERT_TRUE(kill_and_wait(app_.living("feed-1")));
  fs::remove(app_.pid_file("feed-1"));
  forget_state();
  EXPECT_EQ(app_.bootcheck().status, 0) << story();
  EXPECT_EQ(app_.living("feed-0"), kept);
  EXPECT_NE(app_.living("feed-1"), 0) << story();
  EXPECT_NE(app_.living("feed-1"), kept) << "one process is one worker's only";
}

TEST_F(WhoIsWho, AChildThatOutlivesItsWorkerDoesNotPassForIt) {
  app_.script("bin/master", "(while :; do sleep 1; done) &\necho ready\nwait");
  app_.configure(R"(
workers: [{name: master, start: [bin/master], foreground: true}]
)");
  good_pass();
  ASSERT_TRUE(says("master", "ready\n"));
  const pid_t master = app_.living("master");
  ASSERT_TRUE(kill_and_wait(master));
  const auto children = copies("bin/master");
  ASSERT_FALSE(children.empty());
  EXPECT_EQ(app_.bootcheck().status, 0) << story();
  const pid_t now = app_.living("master");
  EXPECT_NE(now, 0) << story();
  EXPECT_EQ(std::ranges::count(children, now), 0) << story();
  EXPECT_THAT(app_.log(), HasSubstr("left_over"));
}

TEST_F(WhoIsWho, AnotherApplicationsWorkerBesideUsIsNotOurs) {
  app_.script("srv/blog/bin/daemon", kDaemon, "/bin/bash");
  app_.script("srv/releases/shop-7/bin/daemon", kDaemon, "/bin/bash");
  fs::create_symlink("releases/shop-7", app_.root() / "srv/shop");
  write_file(app_.root() / "srv/releases/shop-7/config/bootcheck.yml", R"(
launcher: direct
workers: [{name: w.0, start: [bin/daemon, w.0], process_title: w.0}]
)");
  ASSERT_EQ(run({(app_.root() / "srv/blog/bin/daemon").native(), "w.0"}).status, 0);
  const auto blogs = [this] { return read_file(app_.root() / "srv/blog/tmp/pids/w.0.pid"); };
  ASSERT_TRUE(wait_until([&] { return copies("w.0").size() == 1 && !blogs().empty(); }));
  const auto shop = (app_.root() / "srv/shop").native();
  EXPECT_EQ(run({bootcheck_binary(), "-C", shop}).status, 0);
  EXPECT_NE(read_file(app_.root() / "srv/shop/tmp/pids/w.0.pid"), blogs());
  EXPECT_EQ(copies("w.0").size(), 2U) << "each application has its own";
}

TEST_F(WhoIsWho, AWorkerThatWorksInASharedFolderIsOfNoOtherRelease) {
  app_.script("srv/releases/1/bin/feed", "echo up\nsleep 1000 & wait");
  fs::create_directories(app_.root() / "srv/shared");
  fs::create_symlink("releases/1", app_.root() / "srv/current");
  write_file(app_.root() / "srv/releases/1/config/bootcheck.yml",
             "launcher: direct\nworkers: [{name: feed, start: [" +
                 (app_.root() / "srv/current/bin/feed").native() +
                 "], foreground: true, working_directory: " +
                 (app_.root() / "srv/shared").native() + "}]\n");
  const auto root = (app_.root() / "srv/current").native();
  const auto pass = [&] { return run({bootcheck_binary(), "-C", root}).status; };
  ASSERT_EQ(pass(), 0);
  const auto pid = read_file(app_.root() / "srv/current/tmp/pids/feed.pid");
  for (int again = 0; again < 3; ++again)
    EXPECT_EQ(pass(), 0);
  EXPECT_EQ(read_file(app_.root() / "srv/current/tmp/pids/feed.pid"), pid);
  EXPECT_THAT(read_file(app_.root() / "srv/current/log/bootcheck.log"),
              Not(HasSubstr("asked_to_stop")));
}

TEST_F(WhoIsWho, ADeployDuringAPassCountsForWhatIsStartedAfterIt) {
  const auto srv = app_.root() / "srv";
  const auto current = (srv / "current").native();
  for (const std::string release : {"1", "2"}) {
    const auto folder = "srv/releases/" + release;
    app_.script(folder + "/bin/daemon", kDaemon, "/bin/bash");
    app_.script(folder + "/bin/deploy",
                "ln -sfn releases/2 " + current + "; exec bin/daemon deploy");
    app_.script(folder + "/bin/feed", "sleep 1000 & wait");
    fs::create_directories(srv / "shared/pids");
    fs::create_directories(srv / "releases" / release / "tmp");
    fs::create_symlink(srv / "shared/pids", srv / "releases" / release / "tmp/pids");
    write_file(srv / "releases" / release / "config/bootcheck.yml", R"(
launcher: direct
parallel_starts: 1
workers:
  - {name: deploy, start: [bin/deploy], process_title: deploy}
  - {name: feed, start: [bin/feed], foreground: true}
)");
  }
  fs::create_symlink("releases/1", srv / "current");
  EXPECT_EQ(run({bootcheck_binary(), "-C", current}).status, 0);
  const auto state = read_file(srv / "shared/pids/bootcheck.state");
  EXPECT_THAT(state, testing::ContainsRegex("\"deploy\":[^}]*releases/1\""));
  EXPECT_THAT(state, testing::ContainsRegex("\"feed\":[^}]*releases/2\""));
}

TEST_F(WhoIsWho, AReusedPidKeepsNoWorkerWithoutATitleDown) {
  app_.script("bin/daemon", kDaemon, "/bin/bash");
  app_.configure(R"(
workers: [{name: noisy, start: [bin/daemon, noisy]}]
)");
  app_.bootcheck();
  const Background stranger({"sleep", "1000"});
  forget_state();
  app_.bootcheck();  // so that there is a state
  write_file(app_.pid_file("noisy"), std::to_string(stranger.pid()));
  edit_state([&](boost::json::object& state) {
    state["workers"] = {{"noisy", {{"process", {{"pid", stranger.pid()}, {"start_time", 1}}}}}};
  });
  app_.bootcheck();
  app_.bootcheck();
  EXPECT_NE(read_file(app_.pid_file("noisy")), std::to_string(stranger.pid())) << story();
  EXPECT_TRUE(is_alive(stranger.pid()));
}

TEST_F(WhoIsWho, AWorkerOfBeforeTheRebootIsNotAnotherApplicationsUnderItsPid) {
  app_.script("blog/bin/daemon", kDaemon, "/bin/bash");
  app_.script("shop/bin/daemon", kDaemon, "/bin/bash");
  write_file(app_.root() / "shop/config/bootcheck.yml", R"(
launcher: direct
workers: [{name: w.0, start: [bin/daemon, w.0], process_title: w.0}]
)");
  ASSERT_EQ(run({(app_.root() / "blog/bin/daemon").native(), "w.0"}).status, 0);
  const auto named = [this] { return read_file(app_.root() / "blog/tmp/pids/w.0.pid"); };
  ASSERT_TRUE(wait_until([&] { return copies("w.0").size() == 1 && !named().empty(); }));
  const pid_t blogs = std::stoi(named());
  const auto pid_file = app_.root() / "shop/tmp/pids/w.0.pid";
  write_file(pid_file, std::to_string(blogs));
  write_file(app_.root() / "shop/tmp/pids/bootcheck.state",
             boost::json::serialize(boost::json::object{
                 {"schema", 1},
                 {"boot_id", "another boot"},
                 {"workers", {{"w.0", {{"process", {{"pid", blogs}, {"start_time", 1}}}}}}}}));
  const auto shop = (app_.root() / "shop").native();
  EXPECT_EQ(run({bootcheck_binary(), "-C", shop}).status, 0);
  EXPECT_NE(read_file(pid_file), std::to_string(blogs) + "\n");
  EXPECT_EQ(copies("w.0").size(), 2U);
}

TEST_F(WhoIsWho, AnOldFileThatSaysSetAsideMakesNoSecondCopy) {
  app_.configure(R"(
workers: [{name: feed-0, start: [bin/feed, "0"], foreground: true}]
)");
  good_pass();
  const pid_t pid = app_.living("feed-0");
  write_file(app_.pid_file("feed-0").native() + ".draining." + std::to_string(pid),
             std::to_string(pid) + "\n");
  good_pass();
  EXPECT_EQ(app_.living("feed-0"), pid);
  EXPECT_EQ(copies("bin/feed 0").size(), 1U);
}

TEST_F(WhoIsWho, AProgramThatIsNoLongerConfiguredIsAnOrphan) {
  app_.configure(R"(
workers:
  - {name: "feed-%{id}", count: 2, start: [bin/feed, "%{id}"], foreground: true}
)");
  good_pass();
  const pid_t former = app_.living("feed-1");
  const std::string one = R"(
workers:
  - {name: "feed-%{id}", count: 1, start: [bin/feed, "%{id}"], foreground: true}
)";
  app_.configure(one);
  EXPECT_THAT(app_.bootcheck().err, HasSubstr("feed-1"));
  EXPECT_TRUE(is_alive(former));
  const auto by_name = app_.bootcheck({"stop", "feed-1"});
  EXPECT_EQ(by_name.status, 2);
  EXPECT_THAT(by_name.err, HasSubstr("kill -TERM " + std::to_string(former) + " ends it"));
  app_.configure(one + "orphans: drain\n");
  app_.bootcheck();
  EXPECT_TRUE(wait_until([&] { return !is_alive(former); })) << story();
}

class WhoCannotBeLookedAt : public RightsTest {};

// A program that its user may run but not read (execve(2), "not dumpable"; proc(5)): of such a
// process the kernel shows the working directory to root alone.
TEST_F(WhoCannotBeLookedAt, IsNotStartedASecondTimeWhateverIsForgotten) {
  if (!is_root_or_rerun()) return;
  const auto program = app_.root() / "bin/unreadable";
  fs::copy_file("/bin/sleep", program);
  app_.configure("workers: [{name: feed, start: [bin/unreadable, \"1000\"], foreground: true}]\n");
  give_to("daemon");
  ASSERT_EQ(::chown(program.c_str(), 0, 0), 0);
  ASSERT_EQ(::chmod(program.c_str(), 0711), 0);
  EXPECT_EQ(app_.bootcheck().status, 0);
  const pid_t pid = feed();
  ASSERT_NE(pid, 0) << app_.log();
  fs::remove(app_.pid_file("feed"));
  fs::remove(app_.root() / "tmp/pids/bootcheck.state");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("pid " + std::to_string(pid) + " looks like it, but"));
  EXPECT_EQ(feed(), 0) << "a second copy was started";
  EXPECT_TRUE(kill_and_wait(pid));
}

}  // namespace
}  // namespace bootcheck::test
