// Pid files that several processes use at once.
#include "process/forked.h"
#include "support/temp_dir.h"
#include "system/pid_file.h"

#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

namespace bootcheck {
namespace {

TEST(SharedPidFile, IsNeverSeenHalfWritten) {
  const test::TempDir folder;
  const Path file = folder.path() / "delayed_job.2.pid";
  write_pid_file(file, 1000);
  const auto write = [&file](const Forked::Ready& ready) {
    ready.say();
    for (int round = 0; round < 2000; ++round)
      write_pid_file(file, 1000 + round);
    return 0;
  };
  Forked first(write);
  Forked second(write);
  for (int round = 0; round < 5000; ++round) {
    const auto seen = read_pid_file(file);
    ASSERT_TRUE(std::holds_alternative<PidInFile>(seen));
    ASSERT_GE(std::get<PidInFile>(seen).pid, 1000);
  }
  EXPECT_EQ(first.wait(), 0);
  EXPECT_EQ(second.wait(), 0);
  EXPECT_EQ(std::distance(boost::filesystem::directory_iterator(folder.path()),
                          boost::filesystem::directory_iterator()),
            1);
}

TEST(SharedPidFile, OfAKilledWriterIsOldOrNew) {
  const test::TempDir folder;
  const Path file = folder.path() / "delayed_job.2.pid";
  const auto read = [&file] {
    const auto seen = read_pid_file(file);
    const auto* named = std::get_if<PidInFile>(&seen);
    return named == nullptr ? 0 : named->pid;
  };
  for (int round = 0; round < 100; ++round) {
    write_pid_file(file, 3'333'333);
    {
      const Forked writer([&file](const Forked::Ready& ready) {
        ready.say();
        for (;;) {
          write_pid_file(file, 1'111'111);
          write_pid_file(file, 2'222'222);
        }
        return 0;
      });
      ASSERT_TRUE(test::wait_until([&] { return read() != 3'333'333; }));
    }  // it is killed in the middle of its work
    EXPECT_THAT(read(), testing::AnyOf(1'111'111, 2'222'222));
  }
}

TEST(SharedPidFile, IsRemovedByOneOnly) {
  const test::TempDir folder;
  const Path file = folder.path() / "delayed_job.2.pid";
  for (int round = 0; round < 50; ++round) {
    write_pid_file(file, 4711);
    const auto remove = [&file](const Forked::Ready& ready) {
      ready.say();
      return remove_pid_file(file, 4711) ? 1 : 0;
    };
    Forked first(remove);
    Forked second(remove);
    EXPECT_EQ(WEXITSTATUS(first.wait()) + WEXITSTATUS(second.wait()), 1);
  }
}

}  // namespace
}  // namespace bootcheck
