// The lock between real processes.
#include "process/forked.h"
#include "support/temp_dir.h"
#include "system/clock.h"
#include "system/lock.h"
#include "system/replace_file.h"

#include <atomic>
#include <cstdlib>
#include <string>
#include <system_error>

#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck {
namespace {

namespace fs = boost::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

bool is_lock(const std::variant<Lock, LockHolder>& taken) {
  return std::holds_alternative<Lock>(taken);
}

class LockTest : public testing::Test {
 protected:
  /// A child that holds the lock until it is ended.
  int hold(const Forked::Ready& ready) const {
    const auto lock = take_lock(file, 0ms);
    if (!is_lock(lock)) return 1;
    ready.say();
    wait_for_signal();
  }

  test::TempDir folder;
  Path file = folder.path() / "tmp/pids/bootcheck.lock";
};

TEST_F(LockTest, BringsItsFolderAndKnowsNoPassBefore) {
  const auto taken = take_lock(file, 0ms);
  ASSERT_TRUE(is_lock(taken));
  EXPECT_FALSE(std::get<Lock>(taken).last_touched());
  EXPECT_TRUE(fs::is_regular_file(file));
}

TEST_F(LockTest, KnowsWhenThePassBeforeWas) {
  static_cast<void>(take_lock(file, 0ms));
  fs::last_write_time(file, 1'700'000'000);
  const auto taken = take_lock(file, 0ms);
  ASSERT_TRUE(is_lock(taken));
  EXPECT_EQ(std::get<Lock>(taken).last_touched(), 1'700'000'000);
  EXPECT_EQ(fs::last_write_time(file), 1'700'000'000);
  std::get<Lock>(taken).touch();
  EXPECT_GE(fs::last_write_time(file), wall_now() - 60);
}

TEST_F(LockTest, NamesItsHolder) {
  const Forked child([this](const auto& ready) { return hold(ready); });
  const auto taken = take_lock(file, 0ms);
  ASSERT_FALSE(is_lock(taken));
  EXPECT_EQ(std::get<LockHolder>(taken).pid, child.pid());
  EXPECT_LT(std::get<LockHolder>(taken).held_for, 1h);
}

TEST_F(LockTest, IsNotHeldLongerThanItsHolderLives) {
  const Forked child([this](const auto& ready) { return hold(ready); });
  fs::last_write_time(file, wall_now() - 7200);
  const auto taken = take_lock(file, 0ms);
  ASSERT_FALSE(is_lock(taken));
  EXPECT_LT(std::get<LockHolder>(taken).held_for, 1h);
  fs::last_write_time(file, wall_now() + 7200);
  EXPECT_EQ(std::get<LockHolder>(take_lock(file, 0ms)).held_for, 0ms);
}

TEST_F(LockTest, IsFreeOnceItsHolderIsKilled) {
  {
    const Forked child([this](const auto& ready) { return hold(ready); });
    EXPECT_FALSE(is_lock(take_lock(file, 0ms)));
  }
  EXPECT_TRUE(is_lock(take_lock(file, 0ms)));
}

TEST_F(LockTest, IsWaitedFor) {
  const Forked child([this](const auto& ready) {
    const auto lock = take_lock(file, 0ms);
    ready.say();
    ::usleep(300'000);  // the parent waits meanwhile, or, if it is slow, finds the lock free
    return 0;
  });
  EXPECT_TRUE(is_lock(take_lock(file, test::kHang)));
}

TEST_F(LockTest, IsWaitedForNoLongerThanAsked) {
  const Forked child([this](const auto& ready) { return hold(ready); });
  const auto before = std::chrono::steady_clock::now();
  EXPECT_FALSE(is_lock(take_lock(file, 200ms)));
  EXPECT_GE(std::chrono::steady_clock::now() - before, 200ms);
}

TEST_F(LockTest, IsNotInheritedByWhatIsExecd) {  // a daemon would hold it for ever
  Forked child([this](const Forked::Ready& ready) {
    const auto lock = take_lock(file, 0ms);
    if (!is_lock(lock)) return 1;
    const pid_t daemon = ::fork();
    if (daemon == 0) {
      ::execl("/bin/sleep", "sleep", "1000", nullptr);
      ::_exit(127);
    }
    replace_file(folder.path() / "daemon", std::to_string(daemon), Durability::renamed);
    ready.say();
    wait_for_signal();
  });
  ASSERT_FALSE(is_lock(take_lock(file, 0ms)));
  ::kill(child.pid(), SIGTERM);
  child.wait();
  EXPECT_TRUE(test::wait_until([this] { return is_lock(take_lock(file, 0ms)); }));
  // The daemon is an orphan by now; its pid is known from its parent, and it still sleeps.
  const int fd = ::open((folder.path() / "daemon").c_str(), O_RDONLY | O_CLOEXEC);
  char text[32] = {};
  ASSERT_GT(::read(fd, &text[0], sizeof text - 1), 0);
  ::close(fd);
  EXPECT_EQ(::kill(static_cast<pid_t>(std::strtol(&text[0], nullptr, 10)), SIGKILL), 0);
}

TEST_F(LockTest, LetsOnlyOneAtATimeIn) {
  constexpr int processes = 4;
  constexpr int rounds = 100;
  // inside[0] is how many are inside, inside[1] whether there ever were two, inside[2] the rounds.
  void* shared = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(shared, MAP_FAILED);
  auto* inside = static_cast<std::atomic<int>*>(shared);
  const auto race = [&](const Forked::Ready& ready) {
    ready.say();
    for (int round = 0; round < rounds;) {
      const auto lock = take_lock(file, 0ms);
      if (!is_lock(lock)) continue;
      if (inside[0].fetch_add(1) != 0) inside[1] = 1;
      inside[0].fetch_sub(1);
      ++inside[2];
      ++round;
    }
    return 0;
  };
  {
    Forked first(race);
    Forked second(race);
    Forked third(race);
    Forked fourth(race);
    for (auto* child : {&first, &second, &third, &fourth})
      EXPECT_EQ(child->wait(), 0);
  }
  EXPECT_EQ(inside[1], 0);
  EXPECT_EQ(inside[2], processes * rounds);
  ::munmap(shared, 4096);
}

TEST_F(LockTest, OnAnUnlinkedFileIsNotTaken) {
  const Forked child([this](const auto& ready) { return hold(ready); });
  fs::remove(file);
  // Nobody can know of the child's lock any more, but ours is on the file that others will find.
  const auto taken = take_lock(file, 0ms);
  ASSERT_TRUE(is_lock(taken));
  EXPECT_TRUE(fs::exists(file));
  EXPECT_FALSE(is_lock(take_lock(file, 0ms)));
}

TEST_F(LockTest, RefusesWhatIsNoFile) {
  const auto message = [this] {
    try {
      static_cast<void>(take_lock(file, 0ms));
    } catch (const std::system_error& error) {
      return std::string(error.what());
    }
    return std::string("taken");
  };
  fs::create_directories(file.parent_path());
  replace_file(folder.path() / "precious", "text", Durability::renamed);
  fs::create_symlink(folder.path() / "precious", file);
  EXPECT_THAT(message(), HasSubstr(file.native()));
  fs::remove(file);
  fs::create_directory(file);
  EXPECT_THAT(message(), HasSubstr(file.native()));
  fs::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_THAT(message(), HasSubstr(file.native()));
  file = "/dev/null";
  EXPECT_THAT(message(), HasSubstr("/dev/null"));
  file = folder.path() / "precious/bootcheck.lock";
  EXPECT_THAT(message(), HasSubstr("precious"));
}

}  // namespace
}  // namespace bootcheck
