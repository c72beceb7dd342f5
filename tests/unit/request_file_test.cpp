// What operators ask for waits in a file of its own until a pass takes it up.
#include "system/request_file.h"

#include "support/memory_machine.h"

#include <system_error>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class RequestFile : public testing::Test {
 protected:
  RequestFile() { machine_.add_folder("/srv"); }

  void post(const std::vector<Request>& requests) { post_requests(machine_, state_, requests); }
  PostedRequests read() { return read_requests(machine_, state_); }

  MemoryMachine machine_;
  const Path state_ = "/srv/bootcheck.state";
  const Path file_ = requests_path(state_);
};

std::vector<Request> one_of_each() {
  return {{"a", AskForRoll{"boot", {.at = 5, .mode = {}}}},
          {"a", AskForRoll{"boot", {.at = 6, .mode = RestartMode::surge}}},
          {"a", AskForRoll{"boot", {.at = 7, .mode = RestartMode::drain}}},
          {"b\n", AskForHold{{.by = "ann", .reason = "why\"", .since = 1, .until = 2}}},
          {"b\n", AskForHold{{.by = "ann", .reason = {}, .since = 1, .until = {}}}},
          {"a", AskForRelease{}}};
}

TEST_F(RequestFile, GivesThemBackInTheirOrder) {
  post(one_of_each());
  post({{"c", AskForRelease{}}});
  auto expected = one_of_each();
  expected.push_back({"c", AskForRelease{}});
  EXPECT_EQ(read().requests, expected);
  EXPECT_THAT(read().problems, IsEmpty());
}

TEST_F(RequestFile, OfNobodyIsNotThere) {
  EXPECT_THAT(read().requests, IsEmpty());
  EXPECT_THAT(read().problems, IsEmpty());
  drop_requests(machine_, state_, read());
  EXPECT_FALSE(machine_.text_of(file_));
}

TEST_F(RequestFile, GoesWhenAllOfItIsTakenUp) {
  post(one_of_each());
  drop_requests(machine_, state_, read());
  EXPECT_FALSE(machine_.text_of(file_));
}

TEST_F(RequestFile, KeepsWhatWasPostedMeanwhile) {
  post(one_of_each());
  const auto taken = read();
  post({{"c", AskForRelease{}}});
  drop_requests(machine_, state_, taken);
  EXPECT_EQ(read().requests, (std::vector<Request>{{"c", AskForRelease{}}}));
}

TEST_F(RequestFile, LosesNoRequestToADamagedLine) {
  machine_.put_file(file_, "{\n[]\n{\"worker\":1}\n{\"worker\":\"a\",\"roll\":{}}\n");
  post({{"c", AskForRelease{}}});
  EXPECT_THAT(read().requests, SizeIs(1));
  EXPECT_THAT(read().problems, SizeIs(4));
  drop_requests(machine_, state_, read());
  EXPECT_FALSE(machine_.text_of(file_)) << "what is damaged goes with what was taken up";
}

TEST_F(RequestFile, HasAnEnd) {
  const std::vector<Request> many(1000, {"a", AskForRelease{}});
  post(many);
  EXPECT_THROW(post({{"a", AskForRelease{}}}), std::system_error);
  EXPECT_THAT(read().requests, SizeIs(1000));
}

TEST_F(RequestFile, SaysWhyItCannotBeRead) {
  machine_.add_folder(file_);
  ASSERT_THAT(read().problems, SizeIs(1));
  EXPECT_THAT(read().problems.front().thing, HasSubstr("it is a directory"));
}

// --- what they mean ------------------------------------------------------------------------------

class Requested : public testing::Test {
 protected:
  Requested() {
    workers_.resize(1);
    workers_.front().name = "a";
    state_.stamp.boot_id = "boot";
    state_.workers["a"].failures.count = 3;
  }

  void ask(const std::vector<Request>& requests) { remember_requests(state_, requests, workers_); }

  std::vector<Worker> workers_;
  State state_;
  const Hold hold_{.by = "ann", .reason = {}, .since = 1, .until = {}};
};

TEST_F(Requested, AHoldCountsUntilItIsReleased) {
  ask({{"a", AskForHold{hold_}}});
  EXPECT_EQ(state_.holds.at("a"), hold_);
  EXPECT_EQ(state_.workers["a"].failures.count, 3);
  ask({{"a", AskForRelease{}}});
  EXPECT_THAT(state_.holds, IsEmpty());
}

TEST_F(Requested, StartAndRestartEndABackOff) {
  ask({{"a", AskForRelease{}}});
  EXPECT_EQ(state_.workers["a"].failures, Failures{});
  state_.workers["a"].failures.count = 3;
  ask({{"a", AskForRoll{"boot", {.at = 5, .mode = {}}}}});
  EXPECT_EQ(state_.workers["a"].failures, Failures{});
  EXPECT_EQ(state_.workers["a"].roll, (RollAsked{.at = 5, .mode = {}}));
}

TEST_F(Requested, AReleaseOfAWorkerThatWasNeverThereChangesNothing) {
  workers_.front().name = "b";
  const auto before = state_;
  ask({});
  ask({{"b", AskForRelease{}}});
  EXPECT_EQ(state_, before);
}

TEST_F(Requested, ARestartInAnotherBootMeansNoProcessOfThisOne) {
  ask({{"a", AskForRoll{"before", {.at = 5, .mode = {}}}}});
  EXPECT_FALSE(state_.workers["a"].roll);
}

TEST_F(Requested, OfNoWorkerIsForgotten) {
  ask({{"x", AskForHold{hold_}}, {"x", AskForRoll{"boot", {.at = 5, .mode = {}}}}});
  EXPECT_THAT(state_.holds, IsEmpty());
  EXPECT_FALSE(state_.workers.contains("x"));
}

}  // namespace
}  // namespace bootcheck
