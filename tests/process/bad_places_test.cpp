// Pid files, locks, logs and states as no program would write them: the worker comes up all the
// same.
#include "process/small_app_test.h"

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;

class BadPidFile : public SmallAppTest {
 protected:
  BadPidFile() {
    app_.configure("workers: [{name: feed, start: [bin/feed, eu], foreground: true}]\n");
    fs::create_directories(app_.root() / "tmp/pids");
  }

  const fs::path path_ = app_.pid_file("feed");

  /// The worker does not run, says `status`; a pass starts it, and all is well from then on.
  void expect_it_is_got_over() const {
    EXPECT_EQ(status_of("feed"), 3);
    good_pass();
    const auto pid = app_.living("feed");
    ASSERT_GT(pid, 0) << story();
    EXPECT_EQ(command_line(pid), "/bin/sh bin/feed eu");
    EXPECT_EQ(status_of("feed"), 0);
    good_pass();
    EXPECT_EQ(app_.living("feed"), pid);
    EXPECT_TRUE(says("feed", "up eu\n"));
  }
};

TEST_F(BadPidFile, ThatIsEmptyIsGotOver) {
  write_file(path_, "");
  expect_it_is_got_over();
}

TEST_F(BadPidFile, ThatHoldsAMegabyteOfNoiseIsGotOver) {
  std::string noise;
  for (unsigned index = 0; index < 1'000'000; ++index)
    noise += static_cast<char>((index * 7919U >> 3U) & 0xffU);
  write_file(path_, noise);
  expect_it_is_got_over();
}

TEST_F(BadPidFile, ThatNamesInitOrNoProcessIsGotOver) {
  for (const char* text : {"0", "1", "-1", "4194305", "99999999999999999999"}) {
    write_file(path_, text);
    EXPECT_EQ(status_of("feed"), 3) << text;
  }
  expect_it_is_got_over();
}

TEST_F(BadPidFile, ThatIsAFifoHoldsNobodyUp) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  expect_it_is_got_over();
}

TEST_F(BadPidFile, ThatIsADanglingLinkIsGotOver) {
  fs::create_symlink("nowhere", path_);
  expect_it_is_got_over();
  EXPECT_FALSE(fs::exists(path_.parent_path() / "nowhere"));
}

TEST_F(BadPidFile, ThatIsALinkIsNotFollowed) {
  const auto precious = app_.root() / "precious";
  write_file(precious, std::to_string(::getpid()) + "\n");
  fs::create_symlink(precious, path_);
  expect_it_is_got_over();
  EXPECT_EQ(read_file(precious), std::to_string(::getpid()) + "\n");
  EXPECT_EQ(fs::symlink_status(path_).type(), fs::regular_file);
}

TEST_F(BadPidFile, ThatIsAnEmptyFolderIsGotOver) {
  fs::create_directory(path_);
  expect_it_is_got_over();
}

// What is in it may be precious, and a worker without a pid file is soon started twice.
TEST_F(BadPidFile, ThatIsAFullFolderIsLeftAloneAndTold) {
  write_file(path_ / "precious", "kept");
  EXPECT_EQ(status_of("feed"), 3);
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("feed"), HasSubstr("cannot remove " + path_.native())));
  EXPECT_EQ(app_.output("feed"), "");
  EXPECT_EQ(read_file(path_ / "precious"), "kept");
  fs::remove_all(path_);
  expect_it_is_got_over();
}

TEST_F(BadPidFile, ThatNamesAThreadOfALivingProcessIsGotOver) {
  std::atomic<pid_t> id{0};
  std::atomic<bool> over{false};
  std::thread thread([&] {
    id = ::gettid();
    over.wait(false);
  });
  EXPECT_TRUE(wait_until([&] { return id != 0; }));
  write_file(path_, std::to_string(id) + "\n");
  expect_it_is_got_over();
  over = true;
  over.notify_all();
  thread.join();
}

TEST_F(BadPidFile, ThatNamesAStrangerIsGotOverAndTheStrangerLeftAlone) {
  Background stranger({"sleep", "1000"});
  write_file(path_, std::to_string(stranger.pid()) + "\n");
  expect_it_is_got_over();
  EXPECT_EQ(app_.bootcheck({"stop", "--wait"}).status, 0);
  EXPECT_FALSE(stranger.has_ended());
}

TEST_F(BadPidFile, ThatCameToNameAStrangerBringsItNoSignal) {
  good_pass();
  const auto pid = app_.living("feed");
  ASSERT_TRUE(kill_and_wait(pid));
  Background stranger({"sleep", "1000"});
  write_file(path_, std::to_string(stranger.pid()) + "\n");
  EXPECT_EQ(app_.bootcheck({"stop"}).status, 0);
  EXPECT_EQ(app_.bootcheck({"start"}).status, 0);
  EXPECT_EQ(app_.bootcheck({"restart", "--wait"}).status, 0);
  EXPECT_GT(app_.living("feed"), 0);
  EXPECT_NE(app_.living("feed"), stranger.pid());
  EXPECT_FALSE(stranger.has_ended());
}

TEST_F(BadPidFile, ThatNamesAZombieIsGotOver) {
  const pid_t zombie = ::fork();
  if (zombie == 0) ::_exit(0);
  ASSERT_GT(zombie, 0);
  siginfo_t info{};
  EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(zombie), &info, WEXITED | WNOWAIT), 0);
  write_file(path_, std::to_string(zombie) + "\n");
  expect_it_is_got_over();
  ::waitpid(zombie, nullptr, 0);
}

}  // namespace
}  // namespace bootcheck::test
