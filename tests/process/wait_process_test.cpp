// Waiting for the exit of more processes than there can be descriptors.
#include "process/forked.h"
#include "system/proc_fs.h"
#include "system/wait.h"

#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include <sys/resource.h>

namespace bootcheck {
namespace {

int sleep_on(const Forked::Ready& ready) {
  ready.say();
  wait_for_signal();
}

/// Few descriptors, while it lives.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t most) {
    EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
    const rlimit few{.rlim_cur = most, .rlim_max = before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  }
  FewDescriptors(const FewDescriptors&) = delete;
  FewDescriptors& operator=(const FewDescriptors&) = delete;
  ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

class MoreThanDescriptors : public testing::Test {
 protected:
  MoreThanDescriptors() {
    for (int count = 0; count < 100; ++count) {
      children.push_back(std::make_unique<Forked>(sleep_on));
      const auto look = proc.look(children.back()->pid());
      processes.push_back(std::get<Process>(look).id);
    }
  }

  ProcFs proc;
  std::vector<std::unique_ptr<Forked>> children;
  std::vector<ProcessId> processes;
};

TEST_F(MoreThanDescriptors, AreAllLookedAtBeforeTheTimeIsOver) {
  const FewDescriptors few(50);
  EXPECT_FALSE(wait_for_exit(proc, processes, Duration{0}));
  EXPECT_EQ(::kill(processes[80].pid, SIGKILL), 0);
  children[80]->wait_for_zombie();
  EXPECT_TRUE(wait_for_exit(proc, processes, Duration{0}));
}

TEST_F(MoreThanDescriptors, EndTheWaitAsSoonAsOneOfThemExits) {
  const FewDescriptors few(50);
  std::thread killer([this] { ::kill(processes[99].pid, SIGKILL); });
  EXPECT_TRUE(wait_for_exit(proc, processes, std::chrono::minutes{5}));
  killer.join();
}

}  // namespace
}  // namespace bootcheck
