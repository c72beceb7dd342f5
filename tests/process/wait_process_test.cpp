// Waiting for the exit of more processes than there can be descriptors.
#include "process/forked.h"
#include "system/exit_watch.h"
#include "system/proc_fs.h"
#include "system/wait.h"

#include <memory>
#include <vector>

#include <gtest/gtest.h>

#include <sys/resource.h>

namespace bootcheck {
namespace {

class MoreThanDescriptors : public testing::Test {
 protected:
  MoreThanDescriptors() {
    for (int count = 0; count < 100; ++count) {
      children.push_back(std::make_unique<Forked>(sleep_on));
      const auto look = proc.look(children.back()->pid());
      processes.push_back(std::get<Process>(look).id);
    }
  }

  static void limit_descriptors(rlim_t soft, rlim_t hard) {
    const rlimit limit{.rlim_cur = soft, .rlim_max = hard};
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) throw_errno("setrlimit");
  }

  /// In a process with these limits.
  bool has_one_ended_with(rlim_t soft, rlim_t hard) const {
    Forked watcher([&](const Forked::Ready& ready) {
      limit_descriptors(soft, hard);
      ready.say();
      return wait_for_exit(proc, processes, Duration{0}) ? 1 : 0;
    });
    const int status = watcher.wait();
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) <= 1) << "it could not wait";
    return WEXITSTATUS(status) == 1;
  }

  static constexpr rlim_t kFew = 50;

  ProcFs proc;
  std::vector<std::unique_ptr<Forked>> children;
  std::vector<ProcessId> processes;
};

TEST_F(MoreThanDescriptors, AreAllLookedAtBeforeTheTimeIsOver) {
  EXPECT_FALSE(has_one_ended_with(kFew, kFew));
  EXPECT_EQ(::kill(processes[80].pid, SIGKILL), 0);
  children[80]->wait_for_zombie();
  EXPECT_TRUE(has_one_ended_with(kFew, kFew));
}

TEST_F(MoreThanDescriptors, AreLookedAtOnceWhereTheSoftLimitCanBeRaised) {
  EXPECT_FALSE(has_one_ended_with(kFew, 1000));
}

TEST_F(MoreThanDescriptors, EndTheWaitAsSoonAsOneOfThemExits) {
  Forked watcher([this](const Forked::Ready& ready) {
    limit_descriptors(kFew, kFew);
    ready.say();
    return wait_for_exit(proc, processes, std::chrono::minutes{5}) ? 0 : 1;
  });
  EXPECT_EQ(::kill(processes[99].pid, SIGKILL), 0);
  EXPECT_EQ(watcher.wait(), 0);
}

#ifndef __SANITIZE_ADDRESS__  // the sanitizer itself needs descriptors
TEST_F(MoreThanDescriptors, AreWatchedOnceTheHostHasOneAgain) {
  Forked watcher([this](const Forked::Ready& ready) {
    ready.say();
    ExitWatch watch(proc);
    watch.add(processes[0]);
    limit_descriptors(3, 1000);
    if (!watch.begin().empty() || watch.watches_all()) return 1;
    limit_descriptors(1000, 1000);
    return watch.begin().empty() && watch.watches_all() ? 0 : 2;
  });
  EXPECT_EQ(watcher.wait(), 0);
}
#endif

}  // namespace
}  // namespace bootcheck
