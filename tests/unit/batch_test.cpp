// Which workers are started by which command.
#include "act/batch.h"

#include "delayed_job/preloader.h"
#include "support/memory_machine.h"
#include "unit/config_fixture.h"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

DeadOwner dead(pid_t pid) {
  return {.dead = {.pid = pid, .host = {}, .asked = false}, .pid_taken = 0};
}

using namespace fixture;
using namespace std::chrono_literals;
using Groups = std::vector<std::vector<std::size_t>>;

/// An order to start each worker.
std::vector<StartOrder> orders_for(const Config& config) {
  std::vector<StartOrder> orders;
  for (std::size_t at = 0; at < config.workers.size(); ++at)
    orders.push_back({.worker = at, .start = true, .recover = {}});
  return orders;
}

Groups groups_of(const Config& config, const std::vector<StartOrder>& orders) {
  Groups groups;
  for (const auto& batch : make_batches(config, orders)) {
    auto& group = groups.emplace_back();
    for (const auto& order : batch)
      group.push_back(order.worker);
  }
  return groups;
}
Groups groups_of(const std::string& yaml) {
  const auto config = config_of(yaml);
  return groups_of(config, orders_for(config));
}

TEST(Batches, AllDelayedJobWorkersShareOneBoot) {
  EXPECT_EQ(groups_of(R"(
workers:
  - {preset: delayed_job, count: 2}
  - {preset: delayed_job, identifiers: [mail], args: [--queue=mail], start_timeout: 9m}
)"),
            (Groups{{0, 1, 2}}));
}

TEST(Batches, OtherProgramsAreStartedOneByOne) {
  EXPECT_EQ(groups_of(R"(
workers:
  - {name: feed, identifiers: [a, b], start: [x]}
  - {preset: delayed_job, count: 1}
  - {preset: resque, count: 2}
  - {preset: delayed_job, identifiers: [x]}
)"),
            (Groups{{0}, {1}, {2, 5}, {3}, {4}}));
}

// Their start command starts one of them, whatever they say.
TEST(Batches, OtherProgramsShareNoBootEvenIfTheyAskForIt) {
  EXPECT_EQ(groups_of("workers: [{name: feed, count: 2, start: [x], preload: true}]"),
            (Groups{{0}, {1}}));
  EXPECT_EQ(groups_of("workers: [{preset: resque, count: 2, preload: true}]"), (Groups{{0}, {1}}));
}

TEST(Batches, AWorkerThatWantsABootOfItsOwnGetsIt) {
  EXPECT_EQ(groups_of(R"(
workers:
  - {preset: delayed_job, identifiers: [a, b], preload: false}
  - {preset: delayed_job, identifiers: [c, d]}
)"),
            (Groups{{0}, {1}, {2, 3}}));
}

TEST(Batches, WorkersOfAnotherEnvironmentShareNoBoot) {
  EXPECT_EQ(groups_of(R"(
workers:
  - {preset: delayed_job, identifiers: [a], env: {X: "1"}}
  - {preset: delayed_job, identifiers: [b]}
  - {preset: delayed_job, identifiers: [c], env: {X: "1"}}
)"),
            (Groups{{0, 2}, {1}}));
}

// One boot is one unit.
TEST(Batches, WorkersOfAnotherUnitShareNoBoot) {
  EXPECT_EQ(groups_of(R"(
unit: {MemoryMax: 1G}
workers:
  - {preset: delayed_job, identifiers: [a], unit: {MemoryMax: 2G}}
  - {preset: delayed_job, identifiers: [b]}
  - {preset: delayed_job, identifiers: [c], unit: {MemoryMax: 1G}}
)"),
            (Groups{{0}, {1, 2}}));
}

TEST(Batches, AreMadeOfTheOrdersOnlyAndKeepTheirOrder) {
  const auto config = config_of("workers: [{preset: delayed_job, count: 5}]");
  const std::vector<StartOrder> orders = {{4, true, {}}, {1, false, {dead(77)}}, {2, true, {}}};
  EXPECT_EQ(groups_of(config, orders), (Groups{{4, 1, 2}}));
  EXPECT_TRUE(make_batches(config, {}).empty());
  const auto batch = make_batches(config, orders).front();
  ASSERT_EQ(batch.size(), 3U);
  EXPECT_FALSE(batch[1].start);
  EXPECT_EQ(batch[1].recover, std::vector{dead(77)});
}

TEST(Batches, AProgramInTheForegroundIsStartedAndTheJobsOfItsDeadAreHandedBackBesideIt) {
  const auto config = config_of("workers: [{preset: jobs_work, count: 2}]");
  const std::vector<StartOrder> orders = {{0, true, {dead(77)}}, {1, true, {}}};
  const auto batches = make_batches(config, orders);
  ASSERT_EQ(batches.size(), 3U);
  EXPECT_TRUE(batches[0].front().start);
  EXPECT_TRUE(batches[0].front().recover.empty());
  EXPECT_EQ(batches[1].front().worker, 0U);
  EXPECT_FALSE(batches[1].front().start);
  EXPECT_EQ(batches[1].front().recover, std::vector{dead(77)});
  EXPECT_EQ(batches[2].front().worker, 1U);
}

/// An application in a folder of the test's own.
/// What Ruby is told first.
boost::json::value first_line_of(const LaunchRequest& request) {
  const auto before = std::string(delayed_job_preloader()) + "__END__\n";
  EXPECT_TRUE(request.input.starts_with(before));
  EXPECT_TRUE(request.input.ends_with('\n'));
  return boost::json::parse(request.input.substr(before.size()));
}

/// The list of dead processes that Ruby is given.
boost::json::value list_of(const LaunchRequest& request) {
  return first_line_of(request).at("hand_back");
}

class RequestOfABatch : public testing::Test {
 protected:
  LaunchRequest request_for(const std::string& yaml) {
    config_ = config_of("root: /srv/shop\n" + yaml);
    return make_request(machine_, config_, make_batches(config_, orders_for(config_)).front());
  }
  void have(const Path& file) { machine_.put_file(root_ / file, "\n"); }

  const Path root_ = "/srv/shop";
  MemoryMachine machine_;
  Config config_;
};

TEST_F(RequestOfABatch, OnePreloaderIsGivenTheArgumentsOfEveryWorker) {
  have("bin/delayed_job");
  const auto request = request_for(
      "workers: [{preset: delayed_job, count: 2}, "
      "{preset: delayed_job, identifiers: [m], args: [--queue=m, -p, x]}]");
  EXPECT_EQ(request.argv, (Argv{"ruby", "-", "bin/delayed_job", "--", "--identifier=0", "start",
                                "--", "--identifier=1", "start", "--", "--identifier=m",
                                "--queue=m", "-p", "x", "start"}));
  EXPECT_EQ(first_line_of(request), boost::json::parse(R"({"batch": 0, "hand_back": []})"));
  EXPECT_TRUE(request.converses);
  EXPECT_EQ(request.working_directory, root_);
  EXPECT_EQ(request.output, root_ / "log/delayed_job.start.log");
  EXPECT_EQ(request.pid_file, Path()) << "daemons writes it";
}

TEST_F(RequestOfABatch, OfOneWorkerGoesToItsOwnLog) {
  EXPECT_EQ(request_for("workers: [{preset: delayed_job, count: 1}]").output,
            root_ / "log/delayed_job.0.start.log");
  EXPECT_EQ(request_for("workers: [{name: feed, start: [x]}]").output,
            root_ / "log/feed.start.log");
}

TEST_F(RequestOfABatch, RunsInTheBundleWhereThereIsOne) {
  have("Gemfile");
  const auto argv = request_for("workers: [{preset: delayed_job, count: 1}]").argv;
  EXPECT_EQ(argv, (Argv{"bundle", "exec", "ruby", "-", "bin/delayed_job", "--", "--identifier=0",
                        "start"}));
}

TEST_F(RequestOfABatch, LoadsTheScriptOfAnOldApplicationWhereItIs) {
  have("script/delayed_job");
  EXPECT_EQ(request_for("workers: [{preset: delayed_job, count: 1}]").argv.at(2),
            "script/delayed_job");
  have("bin/delayed_job");
  EXPECT_EQ(request_for("workers: [{preset: delayed_job, count: 1}]").argv.at(2),
            "bin/delayed_job");
}

TEST_F(RequestOfABatch, NamesTheDeadWorkersWhoseJobsAreToBeHandedBack) {
  const auto config = config_of("workers: [{preset: delayed_job, count: 3}]");
  auto second = dead(12);
  second.dead.born = 5;
  second.dead.gone = 6;
  second.pid_taken = 7;
  const Batch batch = {{0, true, {dead(11), second}}, {1, false, {dead(13)}}, {2, true, {}}};
  const auto request = make_request(machine_, config, batch);
  EXPECT_EQ(request.argv, (Argv{"ruby", "-", "bin/delayed_job", "--", "--identifier=0", "start",
                                "--", "--identifier=2", "start"}))
      << "who only hands back jobs is not started";
  EXPECT_EQ(list_of(request),
            boost::json::parse(R"([{"worker": "delayed_job.0", "pid": 11, "host": ""},
                                   {"worker": "delayed_job.0", "pid": 12, "host": "",
                                    "born": 5, "gone": 6, "pid_taken": 7},
                                   {"worker": "delayed_job.1", "pid": 13, "host": ""}])"));
}

// `rake jobs:work` writes no name into `locked_by`.
TEST_F(RequestOfABatch, HandsBackTheJobsOfADeadRakeByItsHostAndPidAlone) {
  have("Gemfile");
  const auto config = config_of("root: /srv/shop\nworkers: [{preset: jobs_work, count: 1}]");
  const auto hand_back = make_request(machine_, config, {{0, false, {dead(11)}}});
  EXPECT_EQ(hand_back.argv, (Argv{"bundle", "exec", "ruby", "-", "bin/delayed_job"}));
  EXPECT_EQ(list_of(hand_back),
            boost::json::parse(
                R"json([{"worker": "", "shown": "jobs_work.0 (pid 11)", "pid": 11, "host": ""
}])json"));
  EXPECT_EQ(hand_back.pid_file, Path());
  const auto start = make_request(machine_, config, {{0, true, {}}});
  EXPECT_EQ(start.argv, (Argv{"bundle", "exec", "rake", "jobs:work"}));
  EXPECT_EQ(start.pid_file, root_ / "tmp/pids/jobs_work.0.pid");
  EXPECT_EQ(start.input, "");
}

TEST_F(RequestOfABatch, OfVeryManyDeadWorkersNamesAThousandAndLeavesTheEnvironmentAsItIs) {
  const auto config = config_of("workers: [{preset: delayed_job, count: 1}]");
  std::vector<StartOrder> orders = {{0, true, {}}};
  const auto before = make_request(machine_, config, orders);
  for (pid_t pid = 2; pid < 10'002; ++pid)
    orders.front().recover.push_back(dead(pid));
  const auto batch = make_batches(config, orders).front();
  EXPECT_EQ(batch.front().recover.size(), 1000U) << "nothing is expected of the others";
  const auto request = make_request(machine_, config, batch);
  EXPECT_EQ(list_of(request).as_array().size(), 1000U);
  EXPECT_EQ(request.env, before.env);
}

TEST_F(RequestOfABatch, OfAProgramThatStaysInTheForegroundHasItsPidFileWritten) {
  const auto request =
      request_for("workers: [{name: feed, start: [x], foreground: true, pid_file: run/f.pid}]");
  EXPECT_EQ(request.pid_file, root_ / "run/f.pid");
  EXPECT_EQ(request.time_limit, 0s) << "it is the worker itself";
}

TEST_F(RequestOfABatch, OfAnyOtherProgramIsItsStartCommand) {
  const auto request = request_for(
      "env: {A: '1'}\nworkers: [{name: feed, start: bin/feed --x, working_directory: sub, "
      "env: {B: '2'}, start_timeout: 7s}]");
  EXPECT_EQ(request.argv, (Argv{"/bin/sh", "-c", "bin/feed --x"}));
  EXPECT_EQ(request.input, "");
  EXPECT_EQ(request.working_directory, root_ / "sub");
  EXPECT_EQ(request.output, root_ / "log/feed.start.log");
  EXPECT_EQ(request.env.at("A"), "1");
  EXPECT_EQ(request.env.at("B"), "2");
  EXPECT_EQ(request.env.at("RAILS_ENV"), "production");
  EXPECT_EQ(request.time_limit, 7s);
}

TEST_F(RequestOfABatch, TheMostPatientWorkerOfABatchSaysHowLongItMayTake) {
  EXPECT_EQ(request_for("workers: [{preset: delayed_job, count: 1, start_timeout: 2m}, "
                        "{preset: delayed_job, identifiers: [b], start_timeout: 9m}, "
                        "{preset: delayed_job, identifiers: [c], start_timeout: 1m}]")
                .time_limit,
            9min);
}

// It is the worker itself, and no time limit may end it.
TEST_F(RequestOfABatch, OfAProgramInTheForegroundHasNoTimeLimit) {
  EXPECT_EQ(request_for("workers: [{name: a, start: [x], foreground: true, start_timeout: 1s}]")
                .time_limit,
            0s);
}

}  // namespace
}  // namespace bootcheck
