// The program that root runs every minute is linked as one that is attacked.
#include "support/places.h"
#include "support/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

#ifdef BOOTCHECK_HARDENED  // a debug build is not

TEST(Hardened, AddressesAreRandomRelocationsAreReadOnlyAndTheStackIsGuarded) {
  const auto file = run(
      {"readelf", "--wide", "--file-header", "--program-headers", "--dynamic", bootcheck_binary()});
  ASSERT_EQ(file.status, 0) << file.err;
  EXPECT_THAT(file.out, ContainsRegex("Type: +DYN"));
  EXPECT_THAT(file.out, HasSubstr("GNU_RELRO"));
  EXPECT_THAT(file.out, ContainsRegex("BIND_NOW|FLAGS_1.*NOW"));
  EXPECT_THAT(file.out, ContainsRegex("GNU_STACK.*RW "));
  EXPECT_THAT(file.out, Not(ContainsRegex("GNU_STACK.*RWE")));
  EXPECT_THAT(file.out, Not(HasSubstr("(TEXTREL)")));
}

TEST(Hardened, OurOwnFunctionsGuardTheStack) {
  const auto code = run({"sh", "-c",
                         "objdump --disassemble --demangle '" + bootcheck_binary() +
                             "' | grep -A400 '<bootcheck::run_program(int, char\\*\\*)>:' |"
                             " grep -m1 __stack_chk_fail"});
  EXPECT_THAT(code.out, HasSubstr("__stack_chk_fail"));
}

#endif

}  // namespace
}  // namespace bootcheck::test
