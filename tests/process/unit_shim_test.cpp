// The shell line by which a transient unit becomes its program.
#include "launch/unit_order.h"
#include "support/files.h"
#include "support/run.h"
#include "support/temp_dir.h"

#include <algorithm>

#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace bootcheck {
namespace {

class UnitShim : public testing::Test {
 protected:
  /// Runs what systemd would, which finds nothing to expand in it.
  test::Finished run_as_systemd_does(const UnitOrder& order) const {
    const auto command = transient_unit_command(
        order, {.environment = {}, .input = {}, .uid = ::getuid(), .gid = ::getgid()});
    return test::run({std::ranges::find(command, "--") + 1, command.end()});
  }

  static constexpr const char* kOdd = "a  b $c `d` 'e' \"f\" \\g \\044 %s%% ; * \n \x1b é \xff";

  UnitOrder order(const Path& pid_file) const {
    UnitOrder order;
    order.argv = {"/bin/sh", "-c", "printf '%s\\n' \"$$ $*\"", "x", kOdd};
    order.working_directory = folder_.path();
    order.output = folder_.path() / "out";
    order.pid_file = pid_file;
    return order;
  }

  std::string output() const { return test::read_file(folder_.path() / "out"); }

  test::TempDir folder_;
};

TEST_F(UnitShim, WritesThePidOfTheProgramThatItBecomes) {
  const auto file = folder_.path() / "tmp/pids of it/x.pid";
  const auto finished = run_as_systemd_does(order(file));
  const auto pid = test::read_file(file);
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(output(), pid.substr(0, pid.find('\n')) + " " + kOdd + "\n");
  EXPECT_TRUE(boost::filesystem::is_regular_file(file));
}

TEST_F(UnitShim, BecomesNoProgramWhosePidFileItCannotWrite) {
  const auto finished = run_as_systemd_does(order("/proc/no/x.pid"));
  EXPECT_NE(finished.status, 0);
  EXPECT_EQ(output().find("a  b"), std::string::npos) << output();
}

TEST_F(UnitShim, WithoutAPidFileIsTheProgramAndNothingElse) {
  EXPECT_EQ(run_as_systemd_does(order({})).status, 0);
  EXPECT_THAT(output(), testing::HasSubstr(kOdd));
}

}  // namespace
}  // namespace bootcheck
