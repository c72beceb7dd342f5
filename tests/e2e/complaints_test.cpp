// What users of delayed_job complain about, named after what they saw. tests/README.md has the
// table of all.
#include "e2e/real_workers.h"

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::HasSubstr;
using testing::Not;

class Complaints : public RealWorkers {};

// delayed_job 1172, 798
TEST_F(Complaints, StatusAndStopThatFindNothing) {
  good_pass();
  const auto pids = all();
  for (const auto& name : names())
    fs::remove(app_.pid_file(name));
  const auto status = pass({"status"});
  EXPECT_EQ(status.status, 0) << status.out;
  EXPECT_THAT(status.out, Not(HasSubstr("missing")));
  for (const auto& [name, pid] : pids)
    EXPECT_THAT(status.out, HasSubstr(std::to_string(pid))) << name;
  EXPECT_EQ(pass({"stop", "--wait"}).status, 0);
  for (const auto& [name, pid] : pids)
    EXPECT_FALSE(is_alive(pid)) << name;
}

}  // namespace
}  // namespace bootcheck::test
