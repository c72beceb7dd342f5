// Tests that only root can do. Run by anybody else they are run once more through sudo, and fail
// where that is not allowed: they are never left out in silence.
#pragma once

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include <limits.h>
#include <unistd.h>

namespace bootcheck {

/// Whether this is root. If not, the test has been run by sudo, and the failure, if any, is noted.
inline bool is_root_or_rerun() {
  if (::geteuid() == 0) return true;
  char program[PATH_MAX + 1] = {};
  if (::readlink("/proc/self/exe", &program[0], PATH_MAX) <= 0) {
    ADD_FAILURE() << "cannot find this test program";
    return false;
  }
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  const std::string command = std::string("sudo -n '") + &program[0] + "' --gtest_filter='" +
                              test->test_suite_name() + "." + test->name() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0)
      << "this test needs root: run it as root, or allow `sudo -n`";
  return false;
}

}  // namespace bootcheck
