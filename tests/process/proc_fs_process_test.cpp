// ProcFs and real processes: the kinds that a pid file may name by mistake.
#include "process/as_root.h"
#include "process/forked.h"
#include "support/temp_dir.h"
#include "system/clock.h"
#include "system/proc_fs.h"
#include "system/read_file.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bootcheck {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::Not;

ProcessId id_of(pid_t pid) {
  const auto look = ProcFs().look(pid);
  const auto* process = std::get_if<Process>(&look);
  return process == nullptr ? ProcessId{} : process->id;
}

bool anything(const Argv& command_line) {
  return !command_line.empty();
}

std::vector<pid_t> scanned() {
  std::vector<pid_t> pids;
  ProcFs().scan(::geteuid(), anything, [&](Process&& process) { pids.push_back(process.id.pid); });
  return pids;
}

/// As setproctitle does: over the words that the kernel shows, with NULs behind.
bool set_title(std::string_view title) {
  std::array<char, 2048> buffer;
  auto text = read_below(AT_FDCWD, "/proc/self/stat", buffer).text;
  text.remove_prefix(text.rfind(')'));
  unsigned long begin = 0;  // fields 48 and 49, proc(5)
  unsigned long end = 0;
  std::string rest(text);
  std::size_t at = 0;
  for (int field = 3; field <= 48; ++field)
    at = rest.find(' ', at) + 1;
  if (std::sscanf(rest.c_str() + at, "%lu %lu", &begin, &end) != 2) return false;
  if (begin == 0 || begin + title.size() >= end) return false;
  char* words = reinterpret_cast<char*>(begin);
  std::fill(words, reinterpret_cast<char*>(end), '\0');
  std::copy(title.begin(), title.end(), words);
  return true;
}

TEST(RealProcess, IsThisOne) {
  const auto look = ProcFs().look(::getpid());
  const auto* self = std::get_if<Process>(&look);
  ASSERT_NE(self, nullptr);
  EXPECT_EQ(self->uid, ::geteuid());
  EXPECT_EQ(self->cwd, boost::filesystem::current_path());
  EXPECT_FALSE(self->argv->empty());
  EXPECT_GT(self->resident, 0U);
  EXPECT_LT(process_age(self->id.start_time), 1h);
}

TEST(RealProcess, ThatIsKnownIsTheSame) {
  const auto known = id_of(::getpid());
  const auto look = ProcFs().look(::getpid(), known);
  const auto* self = std::get_if<Process>(&look);
  ASSERT_NE(self, nullptr);
  EXPECT_EQ(self->id, known);
  EXPECT_FALSE(self->argv);
  EXPECT_EQ(self->uid, ::geteuid());
}

TEST(RealProcess, ThatWasReapedIsNone) {
  Forked child([](const Forked::Ready& ready) { return ready.say(), 0; });
  const pid_t pid = child.pid();
  const auto known = id_of(pid);
  child.wait();
  EXPECT_TRUE(std::holds_alternative<NoProcess>(ProcFs().look(pid)));
  EXPECT_TRUE(std::holds_alternative<NoProcess>(ProcFs().look(pid, known)));
}

TEST(RealProcess, ThatIsAZombieIsNoLivingProcess) {
  const Forked child([](const Forked::Ready& ready) { return ready.say(), 0; });
  child.wait_for_zombie();
  EXPECT_TRUE(std::holds_alternative<Zombie>(ProcFs().look(child.pid())));
  EXPECT_THAT(scanned(), Not(Contains(child.pid())));
}

TEST(RealProcess, IsNotOneOfItsThreads) {
  std::atomic<pid_t> id = 0;
  std::atomic<bool> may_end = false;
  std::thread thread([&] {
    id = static_cast<pid_t>(::syscall(SYS_gettid));
    id.notify_all();
    may_end.wait(false);
  });
  id.wait(0);
  const auto look = ProcFs().look(id);
  EXPECT_THAT(scanned(), Not(Contains(id.load())));
  may_end = true;
  may_end.notify_all();
  thread.join();
  ASSERT_TRUE(std::holds_alternative<ThreadOf>(look));
  EXPECT_EQ(std::get<ThreadOf>(look).leader, ::getpid());
}

TEST(RealProcess, LivesOnWhenItsFirstThreadHasEnded) {
  const Forked child([](const Forked::Ready& ready) {
    std::thread([&ready] { sleep_on(ready); }).detach();
    ::syscall(SYS_exit, 0);  // this thread only
    return 0;
  });
  const ProcFs proc;
  const auto is_dead_leader = [&] {
    Path path = "/proc/" + std::to_string(child.pid()) + "/cwd";
    boost::system::error_code error;
    boost::filesystem::read_symlink(path, error);
    return error == boost::system::errc::no_such_file_or_directory;
  };
  ASSERT_TRUE(test::wait_until(is_dead_leader));
  const auto look = proc.look(child.pid());
  const auto* process = std::get_if<Process>(&look);
  ASSERT_NE(process, nullptr);
  const auto self = proc.look(::getpid());
  EXPECT_EQ(process->argv, std::get<Process>(self).argv);
  EXPECT_EQ(process->cwd, boost::filesystem::current_path());
  EXPECT_TRUE(std::holds_alternative<Process>(proc.look(child.pid(), process->id)));
  EXPECT_THAT(scanned(), Contains(child.pid()));
}

TEST(RealProcess, MayNameItselfAsItLikes) {
  for (const char* name : {") R 1 1 (", "\n\n) Z 1", "a b) S", "\x1b[2J"}) {
    const Forked child([name](const Forked::Ready& ready) {
      ::prctl(PR_SET_NAME, name);
      return sleep_on(ready);
    });
    const auto known = id_of(child.pid());
    EXPECT_EQ(known.pid, child.pid()) << name;
    EXPECT_LT(process_age(known.start_time), test::kHang) << name;
    EXPECT_TRUE(std::holds_alternative<Process>(ProcFs().look(child.pid(), known))) << name;
  }
}

TEST(RealProcess, MayHaveAnyArguments) {
  const Forked child([](const Forked::Ready& ready) {
    ready.say();  // the pipe is closed by exec
    ::execl("/bin/sleep", "a\nb\x1b[31m", "1000", nullptr);
    return 1;
  });
  const auto argv = [&child] {
    const auto look = ProcFs().look(child.pid());
    const auto* process = std::get_if<Process>(&look);
    return process == nullptr || !process->argv ? Argv() : *process->argv;
  };
  const Argv expected{"a\nb\x1b[31m", "1000"};
  EXPECT_TRUE(test::wait_until([&] { return argv() == expected; }))
      << testing::PrintToString(argv());
}

TEST(RealProcess, ThatChangedItsTitleBearsThatAlone) {
  const Forked child([](const Forked::Ready& ready) {
    if (!set_title("dj.3")) return 1;
    return sleep_on(ready);
  });
  EXPECT_THAT(std::get<Process>(ProcFs().look(child.pid())).argv.value(), ElementsAre("dj.3"));
}

TEST(RealProcess, StaysInADirectoryThatWasRemoved) {
  const test::TempDir folder;
  const Path release = boost::filesystem::canonical(folder.path()) / "releases";
  boost::filesystem::create_directory(release);
  const Forked child([&release](const Forked::Ready& ready) {
    if (::chdir(release.c_str()) != 0) return 1;
    return sleep_on(ready);
  });
  boost::filesystem::remove(release);
  EXPECT_EQ(std::get<Process>(ProcFs().look(child.pid())).cwd, release);
}

TEST(RealProcess, IsFoundByAScan) {
  const Forked child(sleep_on);
  EXPECT_THAT(scanned(), Contains(child.pid()));
  EXPECT_THAT(scanned(), Contains(::getpid()));
}

TEST(RealProcess, ThatEndsDuringALookIsNeverAnError) {
  const ProcFs proc;
  for (int round = 0; round < 50; ++round) {
    Forked child([](const Forked::Ready& ready) { return ready.say(), 0; });
    const pid_t pid = child.pid();
    for (auto look = proc.look(pid); !std::holds_alternative<Zombie>(look); look = proc.look(pid))
      ASSERT_TRUE(std::holds_alternative<Process>(look));
    child.wait();
    EXPECT_TRUE(std::holds_alternative<NoProcess>(proc.look(pid)));
  }
}

TEST(RealProcess, ThatIsNotDumpableIsFoundByItsRealOwner) {
  if (!is_root_or_rerun()) return;
  const Forked child([](const Forked::Ready& ready) {
    if (::setresuid(65534, 65534, 65534) != 0) return 1;  // /proc/PID is root's from here on
    return sleep_on(ready);
  });
  std::vector<pid_t> pids;
  ProcFs().scan(65534, anything, [&](Process&& process) { pids.push_back(process.id.pid); });
  EXPECT_THAT(pids, Contains(child.pid()));
  EXPECT_THAT(scanned(), Not(Contains(child.pid())));
}

TEST(RealProcess, OfAnotherUserKeepsItsWorkingDirectoryToItself) {
  if (!is_root_or_rerun()) return;
  const Forked child(sleep_on);
  const WithRightsOf nobody(65534);
  const auto look = ProcFs().look(child.pid());
  const auto* process = std::get_if<Process>(&look);
  ASSERT_NE(process, nullptr);
  EXPECT_FALSE(process->cwd);
  EXPECT_TRUE(process->cwd_refused);
  EXPECT_EQ(process->uid, 0U);
}

TEST(RealProcess, KnowsItsProportionalSize) {
  const auto size = ProcFs().memory_of_tree(::getpid(), 0);
  ASSERT_TRUE(size);
  EXPECT_GT(*size, 100'000U);
  EXPECT_FALSE(ProcFs().memory_of_tree(4'194'304, 0).value_or(0));
}

TEST(RealProcess, CountsTheMemoryOfWhatItHasForked) {
  constexpr std::size_t kMuch = std::size_t{64} << 20U;
  const auto before = ProcFs().memory_of_tree(::getpid(), 0);
  const Forked child([](const Forked::Ready& ready) -> int {
    std::vector<char> all(kMuch, 'x');
    ready.say();
    wait_for_signal();
  });
  const auto with_child = ProcFs().memory_of_tree(::getpid(), 0);
  ASSERT_TRUE(before && with_child);
  EXPECT_GT(*with_child, *before + kMuch / 2);
  const auto bound = ProcFs().memory_of_tree(::getpid(), std::uint64_t{1} << 40U);
  EXPECT_GE(bound.value_or(0), *with_child) << "no more than resident";
}

TEST(RealProc, ShowsPid1AndTheBoot) {
  EXPECT_TRUE(ProcFs().shows_all());
  EXPECT_EQ(read_boot_id().size(), 36U);
  EXPECT_EQ(read_boot_id(), read_boot_id());
}

}  // namespace
}  // namespace bootcheck
