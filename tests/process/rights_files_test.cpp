// Who else may read, hold or forge the files of a pass.
#include "process/rights_test.h"

#include <csignal>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::HasSubstr;
using testing::Not;

class RightsFiles : public RightsTest {
 protected:
  fs::path lock() const { return app_.root() / "tmp/pids/bootcheck.lock"; }
  fs::path state() const { return app_.root() / "tmp/pids/bootcheck.state"; }
};

TEST_F(RightsFiles, NobodyElseCanHoldTheLock) {
  if (!is_root_or_rerun()) return;
  app_.configure(kFeedOnly);
  ASSERT_EQ(app_.bootcheck().status, 0);
  const auto held = as("daemon", {"flock", "-n", lock().native(), "true"});
  EXPECT_NE(held.status, 0);
  EXPECT_THAT(held.err, HasSubstr("denied"));
}

TEST_F(RightsFiles, AnOldLockThatAllMayReadIsClosedToThem) {
  if (!is_root_or_rerun()) return;
  app_.configure(kFeedOnly);
  write_file(lock(), "");
  fs::permissions(lock(), fs::perms(0644));
  ASSERT_EQ(app_.bootcheck().status, 0);
  EXPECT_EQ(owner_and_mode(lock()), "root 600");
}

TEST_F(RightsFiles, AForgedStateMakesNoStrangerAWorker) {
  if (!is_root_or_rerun()) return;
  app_.script("bin/noted", "trap 'echo TERM >> \"$1\"' TERM\nwhile :; do sleep 0.1; done");
  const TempDir notes;
  Background roots(
      {"/bin/sh", (app_.root() / "bin/noted").native(), (notes.path() / "terms").native()});
  app_.configure(kFeedOnly);
  give_to("daemon");
  ASSERT_EQ(app_.bootcheck().status, 0);
  // The record of the worker becomes that of root's process: its pid and its start time.
  auto text = read_file(state());
  const auto swap = [&text](const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << from << " in " << text;
    text.replace(at, from.size(), to);
  };
  const auto start_time = [](pid_t pid) {
    return shell("sed 's/.*) //' /proc/" + std::to_string(pid) +
                 "/stat | cut -d' ' -f20 | tr -d '\\n'")
        .out;
  };
  const auto own = feed();
  swap(std::to_string(own), std::to_string(roots.pid()));
  swap(start_time(own), start_time(roots.pid()));
  ASSERT_TRUE(kill_and_wait(own));
  write_file(state(), text);
  write_file(app_.pid_file("feed"), std::to_string(roots.pid()) + "\n");
  give_to("daemon");
  app_.bootcheck({"restart"});
  app_.bootcheck();
  EXPECT_EQ(read_file(notes.path() / "terms"), "");
  EXPECT_FALSE(roots.has_ended());
}

// Whoever signals first and then cannot write is left with a worker down.
TEST_F(RightsFiles, APidFolderOfRootsIsToldBeforeAnySignal) {
  if (!is_root_or_rerun()) return;
  app_.configure(kFeedOnly);
  give_to("daemon");
  ASSERT_EQ(app_.bootcheck().status, 0);
  const auto before = feed();
  const auto folder = (app_.root() / "tmp/pids").native();
  ASSERT_EQ(shell("chown root: " + folder).status, 0);
  for (const std::string command : {"restart", "stop"}) {
    const auto refused = as("daemon", {bootcheck_binary(), "-C", app_.root().native(), command});
    EXPECT_EQ(refused.status, 4) << refused.out;
    EXPECT_THAT(refused.err, HasSubstr("belongs to root: sudo chown daemon: " + folder + "\n"));
  }
  EXPECT_EQ(feed(), before);
}

TEST_F(RightsFiles, StatusWithoutTheStateSaysWhatItDoesNotKnow) {
  if (!is_root_or_rerun()) return;
  app_.configure(kFeedOnly);
  give_to("daemon");
  ASSERT_EQ(app_.bootcheck().status, 0);
  const auto status = as("bin", {bootcheck_binary(), "-C", app_.root().native(), "status"});
  EXPECT_EQ(status.status, 1) << status.out;  // a foreground program without its record: not proved
  EXPECT_THAT(status.out, HasSubstr("feed"));
  EXPECT_THAT(status.err, HasSubstr("holds and back-offs are not known"));
  EXPECT_EQ(lines_of(status.err).size(), 1U) << status.err;
}

}  // namespace
}  // namespace bootcheck::test
