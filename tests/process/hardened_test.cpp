// The program that root runs every minute is linked as one that is attacked.
#include "support/places.h"
#include "support/run.h"

#include <cstdlib>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// A debug build is not; the binary that a test run is given is expected to be.
bool is_to_be_hardened() {
#ifdef BOOTCHECK_HARDENED
  return true;
#else
  return std::getenv("BOOTCHECK_BINARY") != nullptr;
#endif
}

TEST(Hardened, AddressesAreRandomRelocationsAreReadOnlyAndTheStackIsGuarded) {
  if (!is_to_be_hardened()) GTEST_SKIP() << "a debug build; the release build is tested";
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
  if (!is_to_be_hardened()) GTEST_SKIP() << "a debug build; the release build is tested";
  const auto code = run({"sh", "-c",
                         "objdump --disassemble --demangle '" + bootcheck_binary() +
                             "' | grep -A400 '<bootcheck::run_program(int, char\\*\\*)>:' |"
                             " grep -m1 __stack_chk_fail"});
  EXPECT_THAT(code.out, HasSubstr("__stack_chk_fail"));
}

}  // namespace
}  // namespace bootcheck::test
