// Tests that only root can do. Run by anybody else they are run once more through sudo, and fail
// where that is not allowed: they are never left out in silence.
#pragma once

#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <grp.h>
#include <limits.h>
#include <sys/types.h>
#include <unistd.h>

namespace bootcheck {

/// Has the effective rights of another user while it lives: for what a process of that user would
/// see.
class WithRightsOf {
 public:
  explicit WithRightsOf(uid_t uid) : groups_(static_cast<std::size_t>(::getgroups(0, nullptr))) {
    EXPECT_EQ(::getgroups(static_cast<int>(groups_.size()), groups_.data()),
              static_cast<int>(groups_.size()));
    EXPECT_TRUE(::setgroups(0, nullptr) == 0 && ::setegid(uid) == 0 && ::seteuid(uid) == 0);
  }
  WithRightsOf(const WithRightsOf&) = delete;
  WithRightsOf& operator=(const WithRightsOf&) = delete;
  ~WithRightsOf() {
    EXPECT_TRUE(::seteuid(0) == 0 && ::setegid(0) == 0 &&
                ::setgroups(groups_.size(), groups_.data()) == 0);
  }

 private:
  std::vector<gid_t> groups_;
};

/// Whether this is root. If not, the test has been run by sudo, and the failure, if any, is noted.
inline bool is_root_or_rerun() {
  if (::geteuid() == 0) return true;
  char program[PATH_MAX + 1] = {};
  if (::readlink("/proc/self/exe", &program[0], PATH_MAX) <= 0) {
    ADD_FAILURE() << "cannot find this test program";
    return false;
  }
  const auto* test = testing::UnitTest::GetInstance()->current_test_info();
  std::string command = "sudo -n env";
  for (const char* variable : {"TMPDIR", "BOOTCHECK_BINARY", "TESTS_SKIPPED", "TEST_DEADLINE"}) {
    const char* value = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe)
    if (value != nullptr) command += std::string(" ") + variable + "='" + value + "'";
  }
  command += std::string(" '") + &program[0] + "' --gtest_filter='" + test->test_suite_name() +
             "." + test->name() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0)
      << "this test needs root: run it as root, or allow `sudo -n`";
  return false;
}

}  // namespace bootcheck
