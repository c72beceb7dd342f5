// Commands, started for real: what the child is given, and how its end is told.
#include "launch/launch.h"
#include "process/as_root.h"
#include "process/forked.h"
#include "process/launching.h"
#include "system/limits.h"

#include <csignal>
#include <cstdlib>
#include <fstream>

#include <boost/filesystem/operations.hpp>

#include <fcntl.h>
#include <sys/resource.h>

namespace bootcheck {
namespace {

namespace fs = boost::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class Launching : public LaunchTest {};

/// This process ignores some signals and blocks others while it lives.
class DeafToSignals {
 public:
  DeafToSignals() : pipe_(::signal(SIGPIPE, SIG_IGN)), hup_(::signal(SIGHUP, SIG_IGN)) {
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigaddset(&blocked, SIGUSR1);
    ::sigprocmask(SIG_BLOCK, &blocked, &mask_);
  }
  ~DeafToSignals() {
    ::signal(SIGPIPE, pipe_);
    ::signal(SIGHUP, hup_);
    ::sigprocmask(SIG_SETMASK, &mask_, nullptr);
  }
  DeafToSignals(const DeafToSignals&) = delete;
  DeafToSignals& operator=(const DeafToSignals&) = delete;

 private:
  sighandler_t pipe_;
  sighandler_t hup_;
  sigset_t mask_{};
};

TEST_F(Launching, TellsAnExitCodeFromASignalOfTheSameNumber) {
  EXPECT_EQ(words(launch(shell("exit 9"))), "exited 9");
  EXPECT_EQ(words(launch(shell("kill -9 $$"))), "signal 9");
  EXPECT_EQ(words(launch(shell("exit 0"))), "exited 0");
}

// What a command has said is found by its place in the file.
TEST_F(Launching, MovesALargeOutputAwayButNotWhileItIsWrittenTo) {
  constexpr std::uint64_t kLarge = std::uint64_t{11} << 20U;
  const auto file = folder() / "log/out";
  const auto moved = folder() / "log/out.1";
  Host machine;
  const auto launches = machine.launches();
  ASSERT_EQ(launches->make_output(file), "");
  fs::resize_file(file, kLarge);
  std::ofstream(file.native(), std::ios::app) << "it is broken\n";
  EXPECT_EQ(launches->make_output(file), "");
  EXPECT_FALSE(fs::exists(moved));
  EXPECT_EQ(tail(machine, file, kLarge, 1), "it is broken");
  EXPECT_EQ(machine.launches()->make_output(file), "");
  EXPECT_TRUE(fs::exists(moved));
  EXPECT_EQ(fs::file_size(file), 0U);
}

TEST_F(Launching, SaysAtOnceThatAProgramIsMissingAndLeavesNoZombie) {
  for (const char* program : {"bin/missing", "missing", "/no/such/program"}) {
    EXPECT_THAT(words(launch(request({program}))),
                AllOf(StartsWith("not started"), HasSubstr(program),
                      HasSubstr("No such file or directory")));
    EXPECT_EQ(children(), children_before_);
  }
}

TEST_F(Launching, SaysWhichFileCannotBeRunAndWhy) {
  test::write_file(folder() / "bin/plain", "#!/bin/sh\n");
  EXPECT_THAT(words(launch(request({"bin/plain"}))),
              AllOf(StartsWith("not started"), HasSubstr("bin/plain"), HasSubstr("denied")));
  test::write_file(folder() / "bin/noise", std::string("\x7f\0\1\2", 4));
  fs::permissions(folder() / "bin/noise", fs::owner_all);
  EXPECT_THAT(words(launch(request({"bin/noise"}))),
              AllOf(StartsWith("not started"), HasSubstr("bin/noise"), HasSubstr("xec format")));
  EXPECT_EQ(children(), children_before_);
}

std::string left_by_exit_handler;  // NOLINT: std::atexit takes a plain function

TEST_F(Launching, RunsNoExitHandlerOfOursInAChildThatCannotBecomeItsProgram) {
  left_by_exit_handler = (folder() / "exit handler ran").native();
  std::atexit([] {
    if (!left_by_exit_handler.empty()) test::write_file(left_by_exit_handler, "");
  });
  EXPECT_THAT(words(launch(request({"bin/missing"}))), StartsWith("not started"));
  EXPECT_EQ(children(), children_before_);
  EXPECT_FALSE(fs::exists(left_by_exit_handler));
  left_by_exit_handler.clear();
}

TEST_F(Launching, NamesAWorkingDirectoryThatIsMissing) {
  auto elsewhere = shell("true");
  elsewhere.working_directory = folder() / "gone";
  EXPECT_THAT(words(launch(elsewhere)), AllOf(StartsWith("not started"), HasSubstr("/gone")));
  EXPECT_EQ(children(), children_before_);
}

TEST_F(Launching, GivesTheChildNoDescriptorButThree) {
  const UniqueFd open(::open("/dev/zero", O_RDONLY));  // NOLINT(android-cloexec-open): the point
  const UniqueFd high(::fcntl(open.get(), F_DUPFD, 700));
  ASSERT_TRUE(open);
  ASSERT_TRUE(high);
  const LeftAlone child(request({"sleep", "1000"}));
  EXPECT_TRUE(test::wait_until([&] { return descriptors_of(child.pid()).size() == 3; }));
  EXPECT_THAT(descriptors_of(child.pid()), ElementsAre(0, 1, 2));
}

TEST_F(Launching, GivesTheChildASessionAndAGroupOfItsOwn) {
  const LeftAlone child(request({"sleep", "1000"}));
  EXPECT_NE(child.pid(), ::getpid());
  EXPECT_EQ(::getsid(child.pid()), child.pid());
  EXPECT_EQ(::getpgid(child.pid()), child.pid());
}

TEST_F(Launching, GivesTheChildAllSignalsWhateverItsParentIgnoresOrBlocks) {
  const DeafToSignals deaf;
  ASSERT_NE(signal_set(::getpid(), "SigIgn"), 0U);
  ASSERT_NE(signal_set(::getpid(), "SigBlk"), 0U);
  const LeftAlone child(request({"sleep", "1000"}));
  EXPECT_EQ(signal_set(child.pid(), "SigIgn"), 0U);
  EXPECT_EQ(signal_set(child.pid(), "SigBlk"), 0U);
}

TEST_F(Launching, GivesTheChildNothingToReadUnlessThereIsInput) {
  EXPECT_EQ(words(launch(shell("readlink /proc/self/fd/0; cat; echo end"))), "exited 0");
  EXPECT_EQ(output(), "/dev/null\nend\n");
}

TEST_F(Launching, GivesTheChildItsInputHoweverLongItIs) {
  const std::string line = "one line of it\n";
  auto cat = request({"cat"});
  for (int count = 0; count < 20'000; ++count)
    cat.input += line;
  EXPECT_EQ(words(launch(cat)), "exited 0");
  EXPECT_TRUE(output() == cat.input) << output().size() << " bytes";
}

TEST_F(Launching, AppendsBothOutputsToAFileWhoseFolderItMakes) {
  EXPECT_EQ(words(launch(shell("echo first; echo trouble >&2"))), "exited 0");
  EXPECT_EQ(words(launch(shell("echo second"))), "exited 0");
  EXPECT_EQ(output(), "first\ntrouble\nsecond\n");
}

TEST_F(Launching, StartsInTheWorkingDirectoryWithThisEnvironmentAndNoOther) {
  ::setenv("LEFT_OVER", "of the test", 1);
  auto env = request({"/usr/bin/env"});
  env.env = {{"ONE", "1"}, {"EMPTY", ""}};
  EXPECT_EQ(words(launch(env)), "exited 0");
  ::unsetenv("LEFT_OVER");
  EXPECT_EQ(output(), "EMPTY=\nONE=1\n");
  EXPECT_EQ(words(launch(request({"readlink", "/proc/self/cwd"}))), "exited 0");
  EXPECT_THAT(output(), testing::EndsWith(folder().native() + "\n"));
}

TEST_F(Launching, LooksForTheProgramInTheChildsPath) {
  script("tools/greet", "echo hello");
  auto greet = request({"greet"});
  EXPECT_THAT(words(launch(greet)), StartsWith("not started"));
  greet.env["PATH"] = "/nowhere:" + (folder() / "tools").native() + ":/usr/bin:/bin";
  EXPECT_EQ(words(launch(greet)), "exited 0");
  EXPECT_EQ(output(), "hello\n");
  auto sleep = request({"sleep", "0"});
  sleep.env["PATH"] = "/nowhere";
  EXPECT_THAT(words(launch(sleep)), AllOf(StartsWith("not started"), HasSubstr("/nowhere")));
}

TEST_F(Launching, PassesOverAFolderAndAnUnusableFileInThePath) {
  fs::create_directories(folder() / "a/greet");
  test::write_file(folder() / "b/greet", "no program");
  script("c/greet", "echo hello");
  auto greet = request({"greet"});
  greet.env["PATH"] = (folder() / "a").native() + ":" + (folder() / "b").native() + ":" +
                      (folder() / "c").native() + ":/bin";
  EXPECT_EQ(words(launch(greet)), "exited 0");
  EXPECT_EQ(output(), "hello\n");
}

TEST_F(Launching, AChildHasTheLimitThatWasThereBeforeItWasRaised) {
  Forked child([&](const Forked::Ready& ready) {
    ready.say();
    rlimit low{};
    ::getrlimit(RLIMIT_NOFILE, &low);
    low.rlim_cur = 777;
    if (::setrlimit(RLIMIT_NOFILE, &low) != 0) return 1;
    raise_descriptor_limit();
    rlimit now{};
    ::getrlimit(RLIMIT_NOFILE, &now);
    if (now.rlim_cur != low.rlim_max) return 2;
    return words(launch(shell("ulimit -n"))) == "exited 0" ? 0 : 3;
  });
  EXPECT_EQ(child.wait(), 0);
  EXPECT_EQ(output(), "777\n");
}

/// What a child of this test does after it has become somebody for good.
template <class Body>
int as_somebody(const Body& body) {
  Forked child([&](const Forked::Ready& ready) {
    ready.say();
    const Identity somebody(
        {.name = "somebody", .uid = 65534, .gid = 65533, .home = {}, .shell = {}}, {65000});
    become(somebody);
    expect_children_as(somebody);
    return body();
  });
  return child.wait();
}

TEST_F(Launching, AChildHasTheRightsThatItsParentHasTakenForGood) {
  if (!is_root_or_rerun()) return;
  auto id = shell("id -u; id -g; id -G; grep ^Uid /proc/self/status; cat /etc/shadow");
  id.working_directory = "/";
  ASSERT_EQ(::chmod(folder().c_str(), 0777), 0);
  EXPECT_EQ(as_somebody([&] { return words(launch(id)) == "exited 1" ? 0 : 1; }), 0);
  EXPECT_THAT(output(), StartsWith("65534\n65533\n65533 65000\n"
                                   "Uid:\t65534\t65534\t65534\t65534\n"));
  EXPECT_THAT(output(), HasSubstr("denied"));
}

TEST_F(Launching, AChildThatIsSomebodyElseBecomesNoProgram) {
  if (!is_root_or_rerun()) return;
  expect_children_as(
      Identity({.name = "somebody", .uid = 65534, .gid = 65533, .home = {}, .shell = {}}, {}));
  const auto how = words(launch(shell("echo ran")));
  expect_children_as(Identity::of_this_process());
  EXPECT_THAT(how, HasSubstr("Operation not permitted"));
  EXPECT_EQ(output(), "");
}

TEST_F(Launching, AChildWithRootStillAtHandBecomesNoProgram) {
  if (!is_root_or_rerun()) return;
  std::string how;
  const auto out = folder() / "theirs";
  test::write_file(out, "");
  ASSERT_EQ(::chown(out.c_str(), 65534, 65534), 0);
  {
    const WithRightsOf nobody(65534);
    expect_children_as(
        Identity({.name = "nobody", .uid = 65534, .gid = 65534, .home = {}, .shell = {}}, {}));
    auto request = shell("echo ran");
    request.output = out;
    how = words(launch(request));
  }
  expect_children_as(Identity::of_this_process());
  EXPECT_THAT(how, HasSubstr("Operation not permitted"));
  EXPECT_EQ(test::read_file(out), "");
}

}  // namespace
}  // namespace bootcheck
