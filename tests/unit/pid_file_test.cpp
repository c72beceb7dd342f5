// What may stand in place of a pid file, and what must happen to it.
#include "system/pid_file.h"

#include "support/temp_dir.h"
#include "system/replace_file.h"
#include "util/unique_fd.h"

#include <string>
#include <system_error>

#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace bootcheck {
namespace {

namespace fs = boost::filesystem;
using testing::HasSubstr;
using namespace std::string_literals;

/// `pid 123`, `garbage: empty`, `unreadable: ...` or `none`.
std::string text_of(const PidFile& file) {
  if (const auto* named = std::get_if<PidInFile>(&file)) return "pid " + std::to_string(named->pid);
  if (const auto* garbage = std::get_if<GarbagePidFile>(&file)) return "garbage: " + garbage->what;
  if (const auto* hidden = std::get_if<UnreadablePidFile>(&file))
    return "unreadable: " + hidden->why;
  return "none";
}

struct ParseCase {
  std::string text;
  std::string expected;
};

class ParsePidFile : public testing::TestWithParam<ParseCase> {};

TEST_P(ParsePidFile, SaysWhatItHolds) {
  EXPECT_EQ(text_of(parse_pid_file(GetParam().text)), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, ParsePidFile,
    testing::Values(
        ParseCase{"123\n", "pid 123"}, ParseCase{"123", "pid 123"},
        ParseCase{" \t123\r\n\n", "pid 123"}, ParseCase{"007\n", "pid 7"}, ParseCase{"2", "pid 2"},
        ParseCase{"4194304", "pid 4194304"}, ParseCase{"", "garbage: empty"},
        ParseCase{" \n", "garbage: empty"}, ParseCase{"0", "garbage: 0 is no worker's pid"},
        ParseCase{"1\n", "garbage: 1 is no worker's pid"},
        ParseCase{"4194305", "garbage: 4194305 is greater than any pid"},
        ParseCase{"99999999999999999999", "garbage: 99999999999999999999 is greater than any pid"},
        ParseCase{"-5", "garbage: not a number: `-5`"},
        ParseCase{"+5", "garbage: not a number: `+5`"},
        ParseCase{"12 34", "garbage: not a number: `12 34`"},
        ParseCase{"0x1f", "garbage: not a number: `0x1f`"},
        ParseCase{"123abc", "garbage: not a number: `123abc`"},
        ParseCase{"1e3", "garbage: not a number: `1e3`"},
        ParseCase{"12\0"s, "garbage: not a number: `12\\x00`"},
        ParseCase{"\x1b[2J", "garbage: not a number: `\\x1b[2J`"},
        ParseCase{"\xd9\xa3", "garbage: not a number: `\\xd9\\xa3`"},
        ParseCase{std::string(64, '7'), "garbage: not a number: `777777777777777777777777...`"}));

class PidFileTest : public testing::Test {
 protected:
  void write(std::string_view text) { replace_file(file, text, Durability::renamed); }
  std::string read() const { return text_of(read_pid_file(file)); }
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(file.parent_path()), fs::directory_iterator()));
  }

  test::TempDir folder;
  Path file = folder.path() / "delayed_job.2.pid";
};

TEST_F(PidFileTest, ThatIsAbsentNamesNothing) {
  EXPECT_EQ(read(), "none");
  file = folder.path() / "no/such/folder/delayed_job.2.pid";
  EXPECT_EQ(read(), "none");
}

TEST_F(PidFileTest, IsRead) {
  write("4711\n");
  EXPECT_EQ(read(), "pid 4711");
}

TEST_F(PidFileTest, OfAnySizeIsReadInPart) {
  write(std::string(5'000'000, '1'));
  EXPECT_THAT(read(), HasSubstr("garbage: not a number"));
  write("4711" + std::string(1000, ' '));
  EXPECT_THAT(read(), HasSubstr("garbage"));
}

TEST_F(PidFileTest, ThatIsAnEmptyDirectoryIsGarbage) {
  fs::create_directory(file);
  EXPECT_EQ(read(), "garbage: a directory");
  EXPECT_TRUE(remove_pid_file(file, 0));
  EXPECT_EQ(read(), "none");
}

TEST_F(PidFileTest, ThatIsAFullDirectoryIsLeftAlone) {
  fs::create_directories(file / "precious");
  EXPECT_EQ(read(), "garbage: a directory");
  EXPECT_THROW(remove_pid_file(file, 0), std::system_error);
  EXPECT_TRUE(fs::is_directory(file / "precious"));
}

TEST_F(PidFileTest, ThatIsAFifoDoesNotHang) {
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_EQ(read(), "garbage: a FIFO");
  EXPECT_TRUE(remove_pid_file(file, 0));
  EXPECT_EQ(read(), "none");
}

TEST_F(PidFileTest, ThatIsASocketIsGarbage) {
  const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  file.native().copy(&address.sun_path[0], sizeof address.sun_path - 1);
  // The socket API takes one address type for all families.
  const auto* any = static_cast<const sockaddr*>(static_cast<const void*>(&address));
  ASSERT_EQ(::bind(listener.get(), any, sizeof address), 0);
  EXPECT_EQ(read(), "garbage: a socket");
}

TEST_F(PidFileTest, ThatIsADeviceIsGarbage) {
  EXPECT_EQ(text_of(read_pid_file("/dev/null")), "garbage: a device");
}

TEST_F(PidFileTest, ThatIsALinkIsNotFollowed) {
  const Path target = folder.path() / "target";
  replace_file(target, "4711\n", Durability::renamed);
  fs::create_symlink(target, file);
  EXPECT_EQ(read(), "garbage: a link");
  EXPECT_FALSE(remove_pid_file(file, 4711));
  EXPECT_TRUE(remove_pid_file(file, 0));
  EXPECT_FALSE(fs::is_symlink(file));
  EXPECT_EQ(text_of(read_pid_file(target)), "pid 4711");
}

TEST_F(PidFileTest, ThatIsADanglingLinkIsGarbage) {
  fs::create_symlink("/nowhere", file);
  EXPECT_EQ(read(), "garbage: a link");
}

TEST_F(PidFileTest, BelowALinkedFolderIsFollowed) {  // Capistrano links tmp/pids
  fs::create_directory(folder.path() / "shared");
  fs::create_symlink("shared", folder.path() / "pids");
  file = folder.path() / "pids" / "delayed_job.2.pid";
  write_pid_file(file, 4711);
  EXPECT_EQ(read(), "pid 4711");
}

TEST_F(PidFileTest, ThatCannotBeReachedIsUnreadable) {
  fs::create_symlink("loop", folder.path() / "loop");
  file = folder.path() / "loop" / "delayed_job.2.pid";
  EXPECT_THAT(read(), HasSubstr("unreadable: Too many levels of symbolic links"));
  replace_file(folder.path() / "plain", "", Durability::renamed);
  file = folder.path() / "plain" / "delayed_job.2.pid";
  EXPECT_EQ(read(), "unreadable: Not a directory");
}

TEST_F(PidFileTest, IsWrittenAtOnceAndLeavesNothingBehind) {
  write_pid_file(file, 4711);
  write_pid_file(file, 4712);
  EXPECT_EQ(read(), "pid 4712");
  EXPECT_EQ(entries(), 1U);
  EXPECT_EQ(fs::file_size(file), 5U);
}

TEST_F(PidFileTest, IsWrittenInPlaceOfALinkAndNotThroughIt) {
  const Path target = folder.path() / "target";
  replace_file(target, "precious", Durability::renamed);
  fs::create_symlink(target, file);
  write_pid_file(file, 4711);
  EXPECT_EQ(read(), "pid 4711");
  EXPECT_EQ(fs::file_size(target), 8U);
}

TEST_F(PidFileTest, IsWrittenAlthoughAKilledPassLeftItsTemporaryFile) {
  const auto left = ".delayed_job.2.pid.bootcheck." + std::to_string(::getpid());
  fs::create_symlink("/etc/passwd", folder.path() / left);
  write_pid_file(file, 4711);
  EXPECT_EQ(read(), "pid 4711");
  EXPECT_EQ(entries(), 1U);
}

TEST_F(PidFileTest, BringsItsFolder) {
  file = folder.path() / "tmp/pids/delayed_job.2.pid";
  write_pid_file(file, 4711);
  EXPECT_EQ(read(), "pid 4711");
}

TEST_F(PidFileTest, ThatCannotBeWrittenIsNamed) {
  fs::create_directories(file / "full");
  try {
    write_pid_file(file, 4711);
    FAIL() << "wrote over a directory";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr(file.native()));
  }
  EXPECT_EQ(entries(), 1U);
}

TEST_F(PidFileTest, IsOnlyRemovedWhileItSaysTheSame) {
  EXPECT_FALSE(remove_pid_file(file, 4711));
  write("4712\n");
  EXPECT_FALSE(remove_pid_file(file, 4711));
  EXPECT_FALSE(remove_pid_file(file, 0));
  EXPECT_EQ(read(), "pid 4712");
  EXPECT_TRUE(remove_pid_file(file, 4712));
  EXPECT_EQ(read(), "none");
  write("");
  EXPECT_FALSE(remove_pid_file(file, 4712));
  EXPECT_TRUE(remove_pid_file(file, 0));
  EXPECT_EQ(entries(), 0U);
}

TEST_F(PidFileTest, IsSetAside) {
  write_pid_file(file, 4711);
  set_aside_pid_file(file, 4711);
  EXPECT_EQ(read(), "none");
  EXPECT_EQ(set_aside_path(file, 4711).filename(), "delayed_job.2.pid.draining.4711");
  EXPECT_EQ(text_of(read_pid_file(set_aside_path(file, 4711))), "pid 4711");
}

TEST_F(PidFileTest, OfAnotherIsNotSetAside) {
  write_pid_file(file, 4712);
  EXPECT_THROW(set_aside_pid_file(file, 4711), std::system_error);
  EXPECT_EQ(read(), "pid 4712");
}

}  // namespace
}  // namespace bootcheck
