// A pid folder that two hosts or containers share, and a host that gets another name, each in
// namespaces of its own.
#include "process/as_root.h"
#include "process/small_app_test.h"

namespace bootcheck::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class OtherHosts : public SmallAppTest {
 protected:
  /// A pass where pids mean something else.
  Finished pass_in_a_container() const {
    return run({own_mounts(), bootcheck_binary(), "-C", app_.root().native()});
  }

  void configure(const std::string& more) const {
    app_.configure("workers: [{name: feed, start: [bin/feed], foreground: true}]\n" + more);
  }
};

TEST_F(OtherHosts, ThatShareAPidFolderStartNoSecondCopyAndSaySo) {
  if (!is_root_or_rerun()) return;
  configure("");
  good_pass();
  ASSERT_TRUE(says("feed", "up\n"));
  const auto before = app_.listing();
  const auto finished = pass_in_a_container();
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, AllOf(HasSubstr("another container"), HasSubstr("tmp/pids"),
                                  HasSubstr("a pid folder of its own")));
  EXPECT_EQ(lines_of(finished.err).size(), 1U);
  auto after = app_.listing();
  for (const char* file : {"log/bootcheck.log"})  // it may say so
    after.erase((app_.root() / file).native());
  for (const auto& [file, text] : after)
    EXPECT_EQ(before.at(file), text) << file;
  EXPECT_TRUE(says("feed", "up\n")) << "neither started nor asked to stop";
  good_pass();
}

TEST_F(OtherHosts, ThatHaveGoneSilentAreSucceeded) {
  if (!is_root_or_rerun()) return;
  configure("stuck_after: 1s\n");
  good_pass();
  ASSERT_TRUE(says("feed", "up\n"));
  ASSERT_TRUE(kill_and_wait(app_.living("feed")));
  EXPECT_TRUE(wait_until([&] {
    return pass_in_a_container().status == 0 && app_.output("feed") == "up\nup\n";
  })) << app_.log();
}

TEST_F(OtherHosts, AnotherNameOfThisOneChangesNothing) {
  if (!is_root_or_rerun()) return;
  configure("");
  good_pass();
  const auto before = app_.living("feed");
  const auto finished =
      run({"unshare", "--uts", "sh", "-c", "hostname renamed && exec \"$0\" -C \"$1\"",
           bootcheck_binary(), app_.root().native()});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(app_.living("feed"), before);
}

}  // namespace
}  // namespace bootcheck::test
