// Signals reach exactly the process that is meant, or nobody.
#include "process/as_root.h"
#include "process/forked.h"
#include "system/signal.h"

#include <atomic>
#include <system_error>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck {
namespace {

using testing::HasSubstr;

class SignalTest : public testing::Test {
 protected:
  ProcessId id_of(pid_t pid) const {
    const auto look = proc.look(pid);
    const auto* process = std::get_if<Process>(&look);
    return process == nullptr ? ProcessId{} : process->id;
  }

  ProcFs proc;
};

TEST_F(SignalTest, ReachesTheProcess) {
  Forked child(sleep_on);
  EXPECT_TRUE(send_signal(proc, id_of(child.pid()), SIGTERM));
  const int status = child.wait();
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

TEST_F(SignalTest, ReachesAProcessThatIsStopped) {
  Forked child(sleep_on);
  ASSERT_EQ(::kill(child.pid(), SIGSTOP), 0);
  int stopped = 0;
  ASSERT_EQ(::waitpid(child.pid(), &stopped, WUNTRACED), child.pid());
  EXPECT_TRUE(send_signal(proc, id_of(child.pid()), SIGTERM));
  const int status = child.wait();
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

TEST_F(SignalTest, DoesNotReachAStrangerOfTheSamePid) {
  const Forked child(sleep_on);
  auto other = id_of(child.pid());
  ++other.start_time;
  EXPECT_FALSE(send_signal(proc, other, SIGKILL));
  EXPECT_FALSE(open_pidfd(proc, other));
  EXPECT_TRUE(std::holds_alternative<Process>(proc.look(child.pid())));
}

TEST_F(SignalTest, DoesNotReachAZombieOrTheDead) {
  Forked child([](const Forked::Ready& ready) { return ready.say(), 0; });
  const auto id = id_of(child.pid());
  child.wait_for_zombie();
  EXPECT_FALSE(send_signal(proc, {.pid = child.pid(), .start_time = id.start_time}, SIGTERM));
  const pid_t pid = child.pid();
  child.wait();
  EXPECT_FALSE(send_signal(proc, {.pid = pid, .start_time = id.start_time}, SIGTERM));
}

TEST_F(SignalTest, DoesNotReachAThreadsProcess) {
  std::atomic<pid_t> id = 0;
  std::atomic<bool> may_end = false;
  std::thread thread([&] {
    id = static_cast<pid_t>(::syscall(SYS_gettid));
    id.notify_all();
    may_end.wait(false);
  });
  id.wait(0);
  EXPECT_FALSE(send_signal(proc, {.pid = id, .start_time = id_of(::getpid()).start_time}, SIGKILL));
  may_end = true;
  may_end.notify_all();
  thread.join();
}

TEST_F(SignalTest, IsRefusedForInitAndGroups) {
  for (const pid_t pid : {1, 0, -1, -4711}) {
    try {
      send_signal(proc, {.pid = pid, .start_time = 1}, 0);
      ADD_FAILURE() << pid << " was signalled";
    } catch (const std::system_error& error) {
      EXPECT_EQ(error.code(), std::errc::invalid_argument);
      EXPECT_THAT(error.what(), HasSubstr("pid " + std::to_string(pid)));
    }
  }
}

TEST_F(SignalTest, ThatIsNotPermittedNamesThePid) {
  if (!is_root_or_rerun()) return;
  const Forked child(sleep_on);
  const auto id = id_of(child.pid());
  const WithRightsOf nobody(65534);
  // kill(2) asks the real user id as well, which is still root's: a child that gave it up asks.
  Forked stranger([&](const Forked::Ready& ready) {
    ready.say();
    if (::seteuid(0) != 0 || ::setresuid(65534, 65534, 65534) != 0) return 1;
    try {
      send_signal(proc, id, SIGTERM);
    } catch (const std::system_error& error) {
      const bool named =
          std::string(error.what()).find(std::to_string(id.pid)) != std::string::npos;
      return error.code() == std::errc::operation_not_permitted && named ? 0 : 2;
    }
    return 3;
  });
  EXPECT_EQ(stranger.wait(), 0);
  EXPECT_EQ(id_of(child.pid()), id);
}

TEST_F(SignalTest, PidfdTellsTheExit) {
  const Forked child(sleep_on);
  const auto fd = open_pidfd(proc, id_of(child.pid()));
  ASSERT_TRUE(fd);
  EXPECT_NE(::fcntl(fd->get(), F_GETFD) & FD_CLOEXEC, 0);
  pollfd exited{.fd = fd->get(), .events = POLLIN, .revents = 0};
  EXPECT_EQ(::poll(&exited, 1, 0), 0);
  EXPECT_TRUE(send_signal(proc, id_of(child.pid()), SIGTERM));
  EXPECT_EQ(::poll(&exited, 1, kPatience), 1);
}

}  // namespace
}  // namespace bootcheck
