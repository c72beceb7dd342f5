// /proc/locks: who holds the lock of a pass.
#include "system/lock.h"

#include <string>

#include <gtest/gtest.h>

#include <sys/sysmacros.h>

namespace bootcheck {
namespace {

const dev_t kDevice = makedev(0xfe, 0x10);
const std::string kLocks =
    "1: FLOCK  ADVISORY  WRITE 4711 fe:10:247066 0 EOF\n"
    "1: -> FLOCK  ADVISORY  WRITE 4712 fe:10:247066 0 EOF\n"
    "2: POSIX  ADVISORY  WRITE 4713 fe:10:247067 0 EOF\n"
    "3: FLOCK  ADVISORY  READ  4714 fe:10:247068 0 EOF\n"
    "4: OFDLCK ADVISORY  WRITE -1 fe:10:247069 0 EOF\n"
    "5: FLOCK  ADVISORY  WRITE 4715 fe:11:5 0 EOF\n"
    "6: FLOCK  ADVISORY  WRITE 4716 fe:12:5 0 EOF\n"
    "7: LEASE  ACTIVE    READ  4717 fe:10:9 0 EOF\n"
    "8: FLOCK  ADVISORY  WRITE 0 fe:10:10 0 EOF\n";

TEST(ParseLocks, FindsTheHolderAndNotWhoWaits) {
  EXPECT_EQ(parse_locks(kLocks, kDevice, 247066), 4711);
}

TEST(ParseLocks, TakesOnlyExclusiveFlocks) {
  EXPECT_FALSE(parse_locks(kLocks, kDevice, 247067));
  EXPECT_FALSE(parse_locks(kLocks, kDevice, 247068));
  EXPECT_FALSE(parse_locks(kLocks, kDevice, 247069));
  EXPECT_FALSE(parse_locks(kLocks, kDevice, 9));
}

TEST(ParseLocks, TellsTheDevicesApart) {
  EXPECT_EQ(parse_locks(kLocks, makedev(0xfe, 0x11), 5), 4715);
  EXPECT_EQ(parse_locks(kLocks, makedev(0xfe, 0x12), 5), 4716);
}

TEST(ParseLocks, TrustsTheInodeAloneWhenOnlyOneFileHasIt) {
  EXPECT_EQ(parse_locks(kLocks, makedev(0, 0x2b), 247066), 4711);
  EXPECT_FALSE(parse_locks(kLocks, makedev(0, 0x2b), 5));
}

TEST(ParseLocks, NamesNobodyWhomItCannotSee) {
  EXPECT_FALSE(parse_locks(kLocks, kDevice, 10));  // a holder in another pid namespace
  EXPECT_FALSE(parse_locks("", kDevice, 10));
}

TEST(ParseLocks, SurvivesAnyTruncation) {
  for (std::size_t length = 0; length <= kLocks.size(); ++length) {
    const auto pid = parse_locks(kLocks.substr(0, length), kDevice, 247066);
    EXPECT_TRUE(!pid || *pid == 4711) << length;
  }
  EXPECT_FALSE(parse_locks("garbage\n\n: \n9: FLOCK\n", kDevice, 1));
}

}  // namespace
}  // namespace bootcheck
