// What is written down after something was done, and what of it is known already.
#include "model/outcomes.h"

#include "model/record.h"
#include "unit/model_fixture.h"

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;

class Outcomes : public testing::Test {
 protected:
  World world_;
  Facts& facts_ = world_.facts;
  WorkerRecord record_;
};

TEST_F(Outcomes, OfWhatNobodyIntendedNothingIsNoted) {
  remember_asked(record_, {100, 5000}, 7);
  remember_commanded(record_, true, 7);
  remember_hand_back(record_, {.worker = 0, .pid = 100, .host = {}, .trouble = "locked"}, facts_,
                     7);
  EXPECT_EQ(record_, WorkerRecord{});
}

TEST_F(Outcomes, AStartIsKnownByWhenItBegan) {
  facts_.seen.emplace_back();
  remember_started(record_, living(100), "/srv/shop/releases/2", facts_, 0, 1);
  EXPECT_EQ(record_.process->begun, 0U);
  record_.start = BegunStart{.since = 4000, .pid_before = 0};
  remember_started(record_, living(200), "/srv/shop/releases/2", facts_, 0, 1);
  EXPECT_EQ(record_.process->begun, 4000U);
  EXPECT_FALSE(record_.start);
}

TEST_F(Outcomes, FailedBootsAreCountedAnewForAnotherReleaseOrRestartFile) {
  State state;
  const auto fail = [&](std::optional<std::int64_t> restart_file_mtime) {
    remember_boot_failed(state, worker("2"), {}, restart_file_mtime, facts_, 0);
    return state.failed_boots.count;
  };
  EXPECT_EQ(fail(5), 1);
  EXPECT_EQ(fail(5), 2);
  EXPECT_EQ(fail(6), 1) << "the restart file was touched";
  EXPECT_EQ(fail(6), 2);
  facts_.app.release = "/srv/shop/releases/3";
  EXPECT_EQ(fail(6), 1) << "another release";
}

TEST_F(Outcomes, OfADeadProcessThatIsKnownOnlyWhatIsNewIsNoted) {
  facts_.wall = 1000;
  const auto add = [this](const DeadProcess& dead) {
    add_unrecovered(record_, dead, facts_);
    return record_.unrecovered.back();
  };
  EXPECT_EQ(add({.pid = 7, .host = {}, .asked = true, .gone = 900}).gone, 900);
  EXPECT_TRUE(add({.pid = 7, .host = {}, .asked = true}).asked);
  EXPECT_FALSE(add({.pid = 7, .host = {}, .asked = false}).asked);
  EXPECT_FALSE(add({.pid = 7, .host = {}, .asked = true}).asked) << "it has left a job once";
  EXPECT_EQ(record_.unrecovered.back().gone, 900);
  EXPECT_EQ(add({.pid = 7, .host = {}, .born = 901}).gone, 1000) << "another one under its pid";
  record_.unrecovered.back().gone = 0;
  EXPECT_EQ(add({.pid = 7, .host = {}, .born = 0}).gone, 1000) << "it was not known";
  EXPECT_EQ(record_.unrecovered.size(), 1U);
}

TEST_F(Outcomes, ThoseBesideTheWorkerAreBounded) {
  for (pid_t pid = 100; pid < 200; ++pid)
    take_place(record_, known(pid));
  EXPECT_EQ(record_.process->id.pid, 199);
  EXPECT_EQ(record_.beside.size(), 16U);
  EXPECT_EQ(record_.beside.back().id.pid, 198) << "the latest are kept";
}

}  // namespace
}  // namespace bootcheck
