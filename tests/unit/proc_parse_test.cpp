// /proc's texts, the hostile ones included.
#include "system/proc_fs.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace bootcheck {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::string_literals;

const std::string kFields =
    " S 1 4711 4711 0 -1 4194624 9 0 0 0 3 1 0 0 20 0 2 0 118337 95948800 6120 "
    "18446744073709551615 "
    "1 1 0 0 0 0 0 4096 17642 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

TEST(ParseStat, FindsTheFields) {
  const auto stat = parse_stat("4711 (ruby)" + kFields);
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->state, 'S');
  EXPECT_EQ(stat->threads, 2U);
  EXPECT_EQ(stat->start_time, 118337U);
  EXPECT_EQ(stat->resident, 6120U * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
}

TEST(ParseStat, FindsWhereTheStackBegins) {
  EXPECT_EQ(parse_stat("1 (a) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 6 7 8 1 2 140736 0")->stack,
            140736U);
  EXPECT_EQ(parse_stat("4711 (ruby)" + kFields)->stack, 0U) << "not shown";
}

TEST(ParseStat, IsNotFooledByTheCommandName) {
  for (const std::string comm :
       {") R 1 1", "a b c", "(((", ")))", ") Z 1 1 1 0", "x\ny) Z", "", "\x1b[2J", "\xff\xfe"}) {
    const auto stat = parse_stat("4711 (" + comm + ")" + kFields);
    ASSERT_TRUE(stat) << comm;
    EXPECT_EQ(stat->state, 'S') << comm;
    EXPECT_EQ(stat->start_time, 118337U) << comm;
  }
}

TEST(ParseStat, RefusesWhatIsCutShort) {
  const auto whole = "4711 (ruby)" + kFields;
  const auto enough = whole.find("6120") + 4;
  for (std::size_t length = 0; length + 4 < enough; ++length)
    EXPECT_FALSE(parse_stat(whole.substr(0, length))) << length;
  for (std::size_t length = enough; length < whole.size(); ++length)
    EXPECT_TRUE(parse_stat(whole.substr(0, length))) << length;
}

TEST(ParseStat, RefusesWhatIsNoNumber) {
  EXPECT_FALSE(parse_stat("1 (a) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 x 0 5 5 5 0"));
  EXPECT_FALSE(parse_stat("1 (a) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 -5 5 5 0"));
  EXPECT_FALSE(
      parse_stat("1 (a) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 99999999999999999999 5 5 0"));
  EXPECT_FALSE(parse_stat(""));
  EXPECT_FALSE(parse_stat("no brackets at all"));
}

TEST(ParseStat, CountsNoNegativePages) {
  const auto stat = parse_stat("1 (a) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 5 5 -3 0");
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->resident, 0U);
}

TEST(ParseStat, TellsADeadLeaderFromADeadProcess) {
  EXPECT_TRUE((Stat{.state = 'Z', .threads = 1}.is_zombie()));
  EXPECT_TRUE((Stat{.state = 'Z', .threads = 0}.is_zombie()));
  EXPECT_FALSE((Stat{.state = 'Z', .threads = 2}.is_zombie()));
  EXPECT_FALSE((Stat{.state = 'S', .threads = 1}.is_zombie()));
  EXPECT_TRUE((Stat{.state = 'X'}.is_dead()));
  EXPECT_TRUE((Stat{.state = 'x'}.is_dead()));
}

TEST(ParseCmdline, SplitsAtNuls) {
  EXPECT_THAT(parse_cmdline("ruby\0bin/delayed_job\0--identifier=3\0start\0"s),
              ElementsAre("ruby", "bin/delayed_job", "--identifier=3", "start"));
  EXPECT_THAT(parse_cmdline("no final nul"), ElementsAre("no final nul"));
  EXPECT_THAT(parse_cmdline("a\0\0b\0"s), ElementsAre("a", "", "b"));
  EXPECT_THAT(parse_cmdline("\0a\0"s), ElementsAre("", "a"));
}

TEST(ParseCmdline, DropsWhatAChangedTitleLeaves) {
  EXPECT_THAT(parse_cmdline("delayed_job.3\0\0\0\0\0\0"s), ElementsAre("delayed_job.3"));
  EXPECT_THAT(parse_cmdline("app/delayed_job.3\0"s), ElementsAre("app/delayed_job.3"));
}

TEST(ParseCmdline, OfAKernelThreadIsEmpty) {
  EXPECT_THAT(parse_cmdline(""), IsEmpty());
  EXPECT_THAT(parse_cmdline("\0\0"s), IsEmpty());
}

TEST(ParseCmdline, KeepsStrangeCharacters) {
  EXPECT_THAT(parse_cmdline("a\nb\x1b[31m\0delayed_job.1 \0"s),
              ElementsAre("a\nb\x1b[31m", "delayed_job.1 "));
}

TEST(ParseStatus, TakesTheLeaderAndTheEffectiveUser) {
  const auto status = parse_status(
      "Name:\truby\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t4711\nNgid:\t0\nPid:\t4712\n"
      "Uid:\t1000\t1001\t1002\t1003\nGid:\t1000\t1000\t1000\t1000\n");
  ASSERT_TRUE(status);
  EXPECT_EQ(status->leader, 4711);
  EXPECT_EQ(status->uid, 1001U);
}

TEST(ParseStatus, IsNotFooledByTheName) {
  const auto status = parse_status("Name:\tTgid:\t1\\nTgid:\t1\nTgid:\t4711\nUid:\t5\t6\t7\t8\n");
  ASSERT_TRUE(status);
  EXPECT_EQ(status->leader, 4711);
}

TEST(ParseStatus, RefusesWhatIsCutShort) {
  EXPECT_FALSE(parse_status(""));
  EXPECT_FALSE(parse_status("Name:\truby\nTgid:\t4711\n"));
  EXPECT_FALSE(parse_status("Tgid:\t4711\nUid:\t1000"));
  EXPECT_FALSE(parse_status("Tgid:\tx\nUid:\t5\t6\n"));
}

TEST(ParseProportionalSize, IsInBytes) {
  EXPECT_EQ(
      parse_proportional_size("5581 [rollup]\nRss:  900 kB\nPss:   321 kB\nPss_Dirty:  1 kB\n"),
      321U * 1024U);
  EXPECT_FALSE(parse_proportional_size("Rss: 900 kB\nPss_Dirty: 1 kB\n"));
  EXPECT_FALSE(parse_proportional_size(""));
}

}  // namespace
}  // namespace bootcheck
