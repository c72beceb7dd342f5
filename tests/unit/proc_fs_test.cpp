// ProcFs on a tree of our own: what cannot be had from the real one at will.
#include "system/proc_fs.h"

#include "support/temp_dir.h"
#include "system/replace_file.h"

#include <string>
#include <system_error>
#include <vector>

#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace bootcheck {
namespace {

namespace fs = boost::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using namespace std::string_literals;

struct Entry {
  pid_t pid = 0;
  char state = 'S';
  int threads = 1;
  std::uint64_t start_time = 1000;
  std::string cmdline = "delayed_job.2\0\0\0"s;
  std::string cwd = "/srv/app/releases/1";
  pid_t leader = 0;  // 0: itself
  uid_t uid = ::geteuid();
};

bool anything(const Argv& command_line) {
  return !command_line.empty();
}

class ProcFsTest : public testing::Test {
 protected:
  ProcFsTest() { fs::create_directory(root.path() / "1"); }

  void write(const Path& path, std::string_view text) {
    replace_file(root.path() / path, text, Durability::renamed);
  }

  void add(const Entry& entry) {
    const Path folder(std::to_string(entry.pid));
    write(folder / "stat",
          fmt::format("{} (ruby) {} 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 {} 0 {} 5000 3 0 0\n",
                      entry.pid, entry.state, entry.threads, entry.start_time));
    write(folder / "status", fmt::format("Name:\truby\nTgid:\t{}\nUid:\t0\t{}\t0\t0\n",
                                         entry.leader == 0 ? entry.pid : entry.leader, entry.uid));
    write(folder / "cmdline", entry.cmdline);
    fs::create_symlink(entry.cwd, root.path() / folder / "cwd");
  }

  std::vector<pid_t> scanned(uid_t uid = ::geteuid()) const {
    std::vector<pid_t> pids;
    ProcFs(root.path()).scan(uid, anything, [&](Process&& process) {
      pids.push_back(process.id.pid);
    });
    return pids;
  }

  ProcessLook look(pid_t pid) const { return ProcFs(root.path()).look(pid); }

  test::TempDir root;
};

TEST_F(ProcFsTest, LooksAtAProcess) {
  add({.pid = 4711});
  const auto seen = look(4711);
  const auto* process = std::get_if<Process>(&seen);
  ASSERT_NE(process, nullptr);
  EXPECT_EQ(process->id, (ProcessId{.pid = 4711, .start_time = 1000}));
  EXPECT_EQ(process->uid, ::geteuid());
  EXPECT_THAT(process->argv.value(), ElementsAre("delayed_job.2"));
  EXPECT_EQ(process->cwd, Path("/srv/app/releases/1"));
  EXPECT_EQ(process->resident, 3U * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
}

TEST_F(ProcFsTest, ReadsLittleOfAKnownProcess) {
  add({.pid = 4711});
  fs::remove(root.path() / "4711/cmdline");
  const ProcFs proc(root.path());
  const ProcessId known{.pid = 4711, .start_time = 1000};
  const auto seen = proc.look(4711, known);
  const auto* process = std::get_if<Process>(&seen);
  ASSERT_NE(process, nullptr);
  EXPECT_EQ(process->id, known);
  EXPECT_FALSE(process->cwd);
  EXPECT_FALSE(process->cwd_refused);
  EXPECT_FALSE(process->argv);
}

TEST_F(ProcFsTest, ReadsAllOfAnotherProcessOfTheKnownPid) {
  add({.pid = 4711, .cmdline = "stranger"});
  const auto seen = ProcFs(root.path()).look(4711, ProcessId{.pid = 4711, .start_time = 999});
  const auto* process = std::get_if<Process>(&seen);
  ASSERT_NE(process, nullptr);
  EXPECT_EQ(process->id.start_time, 1000U);
  EXPECT_THAT(process->argv.value(), ElementsAre("stranger"));
}

TEST_F(ProcFsTest, FindsNoProcess) {
  EXPECT_TRUE(std::holds_alternative<NoProcess>(look(4711)));
  EXPECT_TRUE(std::holds_alternative<NoProcess>(look(0)));
  EXPECT_TRUE(std::holds_alternative<NoProcess>(look(-1)));
  add({.pid = 4712, .state = 'X'});
  EXPECT_TRUE(std::holds_alternative<NoProcess>(look(4712)));
}

TEST_F(ProcFsTest, ProvesNoAbsenceWherePid1IsHidden) {
  fs::remove(root.path() / "1");
  EXPECT_FALSE(ProcFs(root.path()).shows_all());
  const auto seen = look(4711);
  ASSERT_TRUE(std::holds_alternative<Hidden>(seen));
  EXPECT_THAT(std::get<Hidden>(seen).why, HasSubstr("pid 1"));
}

TEST_F(ProcFsTest, CannotTellWhatItDoesNotUnderstand) {
  add({.pid = 4711});
  write("4711/stat", "something else");
  EXPECT_TRUE(std::holds_alternative<Hidden>(look(4711)));
  add({.pid = 4712});
  write("4712/status", "");
  EXPECT_TRUE(std::holds_alternative<Hidden>(look(4712)));
}

TEST_F(ProcFsTest, TellsAThreadFromAProcess) {
  add({.pid = 4712, .threads = 2, .leader = 4711});
  const auto seen = look(4712);
  ASSERT_TRUE(std::holds_alternative<ThreadOf>(seen));
  EXPECT_EQ(std::get<ThreadOf>(seen).leader, 4711);
}

TEST_F(ProcFsTest, KnowsAZombieAlsoByItsRecord) {
  add({.pid = 4711, .state = 'Z'});
  EXPECT_TRUE(std::holds_alternative<Zombie>(look(4711)));
  const ProcessId known{.pid = 4711, .start_time = 1000};
  EXPECT_TRUE(std::holds_alternative<Zombie>(ProcFs(root.path()).look(4711, known)));
}

TEST_F(ProcFsTest, AsksALivingThreadWhereTheLeaderHasEnded) {
  add({.pid = 4711, .state = 'Z', .threads = 2, .cmdline = ""});
  write("4711/task/4711/cmdline", "");
  write("4711/task/4712/cmdline", "feed-eu");
  fs::create_symlink("/srv/app", root.path() / "4711/task/4712/cwd");
  const auto seen = look(4711);
  const auto* process = std::get_if<Process>(&seen);
  ASSERT_NE(process, nullptr);
  EXPECT_THAT(process->argv.value(), ElementsAre("feed-eu"));
  EXPECT_EQ(process->cwd, Path("/srv/app"));
}

TEST_F(ProcFsTest, CutsOffThatTheWorkingDirectoryWasRemoved) {
  add({.pid = 4711, .cwd = "/srv/app/releases/1 (deleted)"});
  EXPECT_EQ(std::get<Process>(look(4711)).cwd, Path("/srv/app/releases/1"));
  add({.pid = 4712, .cwd = "(unreachable)/srv"});
  EXPECT_FALSE(std::get<Process>(look(4712)).cwd);
}

TEST_F(ProcFsTest, ReadsLongCommandLines) {
  add({.pid = 4711, .cmdline = "a\0"s + std::string(10'000, 'b')});
  EXPECT_EQ(std::get<Process>(look(4711)).argv->at(1).size(), 10'000U);
  add({.pid = 4712, .cmdline = "delayed_job.2" + std::string(20'000, '\0')});
  EXPECT_THAT(std::get<Process>(look(4712)).argv.value(), ElementsAre("delayed_job.2"));
  add({.pid = 4713, .cmdline = std::string(1'000'000, 'c')});
  EXPECT_EQ(std::get<Process>(look(4713)).argv->at(0).size(), 65'536U);
}

TEST_F(ProcFsTest, ScansTheLivingProcessesOfOneUser) {
  add({.pid = 10});
  add({.pid = 11, .uid = ::geteuid() + 1});
  add({.pid = 12, .state = 'Z'});
  add({.pid = 13, .cmdline = ""});
  add({.pid = 14, .threads = 3});
  write("self/stat", "");
  write("15x/stat", "");
  write("loadavg", "");
  EXPECT_THAT(scanned(), UnorderedElementsAre(10, 14));
  EXPECT_THAT(scanned(::geteuid() + 2), IsEmpty());
}

TEST_F(ProcFsTest, ScansOnlyForCandidates) {
  add({.pid = 10});
  add({.pid = 11, .cmdline = "nginx: worker\0"s});
  std::vector<pid_t> pids;
  ProcFs(root.path())
      .scan(
          ::geteuid(), [](const Argv& argv) { return argv.front() == "delayed_job.2"; },
          [&](Process&& process) { pids.push_back(process.id.pid); });
  EXPECT_EQ(pids, std::vector<pid_t>{10});
}

TEST_F(ProcFsTest, LeavesNoDescriptorOpen) {
  add({.pid = 10});
  add({.pid = 11, .state = 'Z', .threads = 2});
  const ProcFs proc(root.path());
  const int before = ::dup(0);
  ::close(before);
  for (int round = 0; round < 3; ++round) {
    for (const pid_t pid : {9, 10, 11})
      static_cast<void>(proc.look(pid));
    proc.scan(::geteuid(), anything, [](Process&&) {});
  }
  const int after = ::dup(0);
  ::close(after);
  EXPECT_EQ(before, after);
}

TEST_F(ProcFsTest, ReadsTheBootId) {
  write("sys/kernel/random/boot_id", "1b4e28ba-2fa1-11d2-883f-0016d3cca427\n");
  EXPECT_EQ(read_boot_id(root.path()), "1b4e28ba-2fa1-11d2-883f-0016d3cca427");
  write("sys/kernel/random/boot_id", "");
  EXPECT_THROW(read_boot_id(root.path()), std::system_error);
}

TEST_F(ProcFsTest, NamesWhatIsMissing) {
  try {
    const ProcFs proc(root.path() / "nothing");
    FAIL() << "opened nothing";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr((root.path() / "nothing").native()));
  }
  EXPECT_THROW(read_boot_id(root.path() / "nothing"), std::system_error);
}

}  // namespace
}  // namespace bootcheck
