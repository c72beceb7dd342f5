// The state file, whole and damaged.
#include "system/state_file.h"

#include "launch/host.h"
#include "support/temp_dir.h"
#include "system/replace_file.h"

#include <limits>
#include <random>
#include <string>
#include <system_error>

#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace bootcheck {
namespace {

namespace fs = boost::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

WorkerRecord full_record() {
  WorkerRecord record;
  record.process = {.id = {.pid = 4711, .start_time = std::numeric_limits<std::uint64_t>::max()},
                    .session = 4711,
                    .release = "/srv/app/releases/7",
                    .host = "web1"};
  record.last = {.id = {.pid = 4709, .start_time = 5}, .session = 0, .release = {}, .host = {}};
  record.beside = {
      {.id = {.pid = 4707, .start_time = 4}, .session = 4707, .release = {}, .host = "web0"}};
  record.start = {.since = 118'000, .pid_before = 4709};
  record.drained_at = 77;
  record.not_ready_since = 78;
  record.former_pid = 4000;
  record.started_at = 123'456;
  record.restart_file_mtime = 1'795'415'101'123'456'789;
  record.to_replace = {.pid = 4711, .start_time = 118'337};
  record.stops = {
      {.process = {.pid = 4710, .start_time = 7},
       .at = 9,
       .asked_at = 8,
       .suspended = 7000,
       .reason = StopReason::release,
       .asked = true},
      {.process = {.pid = 4708, .start_time = 6}, .asked = false, .aside = true, .session = 4700}};
  record.by_command = StopRequest{
      .process = {}, .at = 9, .asked_at = 8, .reason = StopReason::stop, .told_slow = true};
  record.replace_by_command = true;
  record.dead_sessions = {4700, 4701};
  record.left_overs = {{.pid = 4705, .start_time = 3}};
  record.unrecovered = {{.pid = 5,
                         .host = "web0",
                         .asked = true,
                         .born = 11,
                         .gone = 12,
                         .failures = 13,
                         .trouble = "locked"},
                        {.pid = 6, .host = {}, .asked = false}};
  record.next_recovery = 123'456;
  record.failures = {.count = 3,
                     .next_try = 99,
                     .last_error = {.cause = Exited{1},
                                    .output_tail = "line 1\nline \"2\" \x1b[31m",
                                    .output = "/srv/app/log/a.start.log"},
                     .release = "/srv/app/releases/\xff",
                     .command = "bin/delayed_job start",
                     .restart_file_mtime = 1'795'415'101'000'000'000};
  return record;
}

std::vector<pid_t> pids(const std::vector<DeadProcess>& dead) {
  std::vector<pid_t> numbers;
  for (const auto& each : dead)
    numbers.push_back(each.pid);
  return numbers;
}

/// Why files were unusable, in one text; empty: they were not.
std::string problems_of(const LoadedState& loaded) {
  std::string text;
  for (const auto& problem : loaded.problems)
    text += problem.thing + problem.reason;
  return text;
}

Stamp here(const std::string& boot_id) {
  return {.boot_id = boot_id, .host = {}, .pid_namespace = 0};
}

State full_state() {
  State state;
  state.stamp.boot_id = "b1";
  state.workers["delayed_job.1"] = full_record();
  state.workers["app/delayed_job.\xc3\xa9"] = {};
  state.holds["delayed_job.1"] = {.by = "ann", .reason = "upgrade", .since = 1, .until = 2};
  state.holds["delayed_job.2"] = {.by = "bob", .reason = {}, .since = -1, .until = {}};
  state.orphans = {{.name = "feed", .process = {.pid = 9, .start_time = 10}, .stop = std::nullopt},
                   {.name = "aside",
                    .process = {.pid = 8, .start_time = 10},
                    .stop = StopRequest{.process = {.pid = 8, .start_time = 10}, .aside = true}}};
  state.oom = {.kills = 3, .at = 1'795'415'101};
  state.failed_boots = {
      .count = 2,
      .next_try = 120'000,
      .last_error = {.cause = NotSeen{.within = Duration{90'000}}, .output_tail = {}, .output = {}},
      .release = "/srv/shop/releases/1",
      .command = "bin/delayed_job start",
      .restart_file_mtime = 0};
  state.told["delayed_job.1: it does not stay up"] = {.at = 1'795'415'101};
  return state;
}

TEST(StateText, ComesBackAsItWas) {
  EXPECT_EQ(parse_state(format_state(full_state()), here("b1")), full_state());
  State empty;
  empty.stamp.boot_id = "b1";
  EXPECT_EQ(parse_state(format_state(empty), here("b1")), empty);
}

TEST(StateText, OfAnotherBootRemembersNoProcess) {
  const auto state = parse_state(format_state(full_state()), here("b2"));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->stamp.boot_id, "b2");
  const auto& record = state->workers.at("delayed_job.1");
  EXPECT_FALSE(record.process);
  EXPECT_EQ(record.former_pid, 4711);
  EXPECT_FALSE(record.to_replace);
  EXPECT_THAT(record.stops, IsEmpty());
  EXPECT_FALSE(state->oom);
  EXPECT_EQ(state->failed_boots, Failures{}) << "its next try counts from that boot";
  EXPECT_FALSE(record.by_command);
  EXPECT_FALSE(record.replace_by_command);
  EXPECT_EQ(record.started_at, 0);
  EXPECT_EQ(record.failures, Failures{});
  EXPECT_THAT(pids(record.unrecovered), ElementsAre(5, 6, 4711, 4707, 4710, 4708))
      << "whoever ran or drained may have left jobs";
  EXPECT_FALSE(record.last);
  EXPECT_THAT(record.beside, IsEmpty());
  EXPECT_TRUE(record.dead_sessions.empty());
  EXPECT_TRUE(record.left_overs.empty());
  EXPECT_FALSE(record.start);
  EXPECT_FALSE(record.drained_at);
  EXPECT_FALSE(record.not_ready_since);
  ASSERT_EQ(state->orphans.size(), 1U) << "of whom a file may be left";
  EXPECT_EQ(state->orphans.front().name, "aside");
  EXPECT_EQ(state->orphans.front().process.start_time, 0U) << "which is no process of this boot";
  EXPECT_EQ(state->holds, full_state().holds);
  EXPECT_EQ(state->told, full_state().told);
}

TEST(StateText, KeepsTheFormerPidOfAWorkerThatNeverCameBack) {
  State state;
  state.stamp.boot_id = "b1";
  state.workers["w"].former_pid = 4000;
  EXPECT_EQ(parse_state(format_state(state), here("b2"))->workers.at("w").former_pid, 4000);
}

TEST(StateText, WithoutABootIdIsOfAnotherBoot) {
  const auto state = parse_state(
      R"({"schema":1,"workers":{"w":{"process":{"pid":5,"start_time":6}}}})", here("b1"));
  ASSERT_TRUE(state);
  EXPECT_FALSE(state->workers.at("w").process);
  EXPECT_EQ(state->workers.at("w").former_pid, 5);
}

TEST(StateText, OfALaterVersionMayHaveMoreFields) {
  const auto state = parse_state(
      R"({"new":[1],"schema":1,"boot_id":"b1","workers":{"w":{"new":{},"started_at":5}}})",
      here("b1"));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->workers.at("w").started_at, 5);
}

TEST(StateText, OfAnotherSchemaIsNotUsed) {
  EXPECT_FALSE(parse_state(R"({"schema":2,"boot_id":"b1"})", here("b1")));
  EXPECT_FALSE(parse_state(R"({"schema":"1","boot_id":"b1"})", here("b1")));
  EXPECT_FALSE(parse_state(R"({"boot_id":"b1"})", here("b1")));
  EXPECT_FALSE(parse_state("[]", here("b1")));
  EXPECT_FALSE(parse_state("", here("b1")));
}

TEST(StateText, RemembersEveryCauseOfAFailedStart) {
  const StartCause causes[] = {InWords{"x"},       Exited{0},
                               Exited{255},        KilledBySignal{9},
                               NotStarted{""},     NotSeen{Duration{300'000}},
                               DiedEarly{},        CameAndWent{7, Duration{300}},
                               NotStarted{"bin/x"}};
  for (const auto& cause : causes) {
    State state;
    state.stamp.boot_id = "b1";
    state.workers["w"].failures.last_error.cause = cause;
    state.workers["w"].failures.count = 1;
    EXPECT_EQ(parse_state(format_state(state), here("b1")), state) << cause.index();
  }
}

TEST(StateText, OfAnEarlierVersionSaysInWordsWhyAStartFailed) {
  const auto state = parse_state(
      R"({"schema":1,"boot_id":"b1","workers":{"w":{"failures":{"count":1,"last_error":"no"}}}})",
      here("b1"));
  ASSERT_TRUE(state);
  EXPECT_EQ(state->workers.at("w").failures.last_error, (StartFailure{InWords{"no"}, {}, {}}));
}

TEST(StateText, LosesOnlyTheValuesThatAreDamaged) {
  const auto state = parse_state(R"({"schema":1,"boot_id":"b1","workers":{
      "bad": {"process":{"pid":-5,"start_time":6},"former_pid":"x","started_at":1e99,
              "stops":[1,{"pid":7},{"pid":8,"start_time":9,"reason":5}],"unrecovered":[0,1,"2",3],
              "failures":{"count":-4,"last_error":[]}},
      "worse": 5,
      "good": {"process":{"pid":5,"start_time":6}}},
      "holds": {"bad": [], "good": {"by":"ann","since":99999999999999999999}}, "told": 7})",
                                 here("b1"));
  ASSERT_TRUE(state);
  const auto& bad = state->workers.at("bad");
  EXPECT_FALSE(bad.process);
  EXPECT_FALSE(bad.former_pid);
  EXPECT_EQ(bad.started_at, 0);
  ASSERT_EQ(bad.stops.size(), 1U);
  EXPECT_EQ(bad.stops[0].process.pid, 8);
  EXPECT_THAT(pids(bad.unrecovered), ElementsAre(3));
  EXPECT_EQ(bad.failures, Failures{});
  EXPECT_EQ(state->workers.count("worse"), 0U);
  EXPECT_EQ(state->workers.at("good").process->id.pid, 5);
  EXPECT_EQ(state->holds.size(), 1U);
  EXPECT_EQ(state->holds.at("good").by, "ann");
  EXPECT_THAT(state->told, IsEmpty());
}

TEST(StateText, CutShortAnywhereIsNotUsed) {
  auto text = format_state(full_state());
  text.pop_back();  // the newline at its end says nothing
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(parse_state(text.substr(0, length), here("b1"))) << length;
}

TEST(StateText, WithAnyByteChangedIsReadOrNot) {
  const auto text = format_state(full_state());
  std::mt19937 random(4711);
  std::uniform_int_distribution<int> byte(0, 255);
  for (int round = 0; round < 20'000; ++round) {
    auto damaged = text;
    for (int changes = 0; changes <= round % 4; ++changes)
      damaged[random() % damaged.size()] = static_cast<char>(byte(random));
    const auto state = parse_state(damaged, here("b1"));
    if (!state) continue;
    EXPECT_EQ(parse_state(format_state(*state), here("b1")), state);
  }
}

TEST(StateText, NestedWithoutEndIsNotUsed) {
  EXPECT_FALSE(parse_state(std::string(1'000'000, '['), here("b1")));
  EXPECT_FALSE(parse_state(
      R"({"schema":1,"x":)" + std::string(100, '[') + std::string(100, ']') + "}", here("b1")));
}

class StateFileTest : public testing::Test {
 protected:
  Host machine;
  test::TempDir folder;
  Path file = folder.path() / "tmp/pids/bootcheck.state";
};

TEST_F(StateFileTest, ThatIsAbsentIsNoProblem) {
  const auto loaded = load_state(machine, file, here("b1"));
  EXPECT_EQ(problems_of(loaded), "");
  State empty;
  empty.stamp.boot_id = "b1";
  EXPECT_EQ(loaded.state, empty);
}

TEST_F(StateFileTest, IsSavedAndLoaded) {
  save_state(machine, file, full_state());
  save_state(machine, file, full_state());
  const auto loaded = load_state(machine, file, here("b1"));
  EXPECT_EQ(problems_of(loaded), "");
  EXPECT_EQ(loaded.state, full_state());
  EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), fs::directory_iterator()), 1);
}

TEST_F(StateFileTest, ThatIsUnusableIsAProblemAndIsReplaced) {
  for (const std::string text : {"", "{", "null", "{\"schema\":99}", "\xff\xfe"}) {
    replace_file(file, text, Durability::renamed);
    const auto loaded = load_state(machine, file, here("b1"));
    EXPECT_THAT(problems_of(loaded), HasSubstr(file.native())) << text;
    EXPECT_EQ(loaded.state.stamp.boot_id, "b1");
    EXPECT_THAT(loaded.state.workers, IsEmpty());
    save_state(machine, file, full_state());
    EXPECT_EQ(problems_of(load_state(machine, file, here("b1"))), "");
  }
}

TEST_F(StateFileTest, OfAnotherSchemaSaysSo) {
  replace_file(file, R"({"schema":2})", Durability::renamed);
  EXPECT_THAT(problems_of(load_state(machine, file, here("b1"))), HasSubstr("its schema is 2"));
}

TEST_F(StateFileTest, ThatIsNoFileIsAProblemAndDoesNotHang) {
  fs::create_directories(file);
  EXPECT_THAT(problems_of(load_state(machine, file, here("b1"))), HasSubstr("it is a directory"));
  EXPECT_THROW(save_state(machine, file, full_state()), std::system_error);
  fs::remove(file);
  ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
  EXPECT_THAT(problems_of(load_state(machine, file, here("b1"))), HasSubstr("it is a FIFO"));
  fs::remove(file);
  fs::create_symlink("elsewhere", file);
  EXPECT_THAT(problems_of(load_state(machine, file, here("b1"))), HasSubstr("it is a link"));
  save_state(machine, file, full_state());
  EXPECT_EQ(load_state(machine, file, here("b1")).state, full_state());
}

TEST_F(StateFileTest, ThatIsHugeIsNotRead) {
  fs::create_directories(file.parent_path());
  replace_file(file, "", Durability::renamed);
  fs::resize_file(file, 1'000'000'000);
  EXPECT_THAT(problems_of(load_state(machine, file, here("b1"))), HasSubstr("too long"));
}

TEST_F(StateFileTest, ThatCannotBeWrittenIsNamed) {
  replace_file(folder.path() / "tmp", "a file in the way", Durability::renamed);
  try {
    save_state(machine, file, full_state());
    FAIL() << "wrote below a file";
  } catch (const std::system_error& error) {
    EXPECT_THAT(error.what(), HasSubstr("tmp/pids"));
  }
}

// --- the first version ---------------------------------------------------------------------------

constexpr const char* kFirstVersion = R"({"schema":1,"boot_id":"b1","workers":{"w":{
    "process":{"pid":5,"start_time":6},
    "stops":[{"pid":5,"start_time":6,"at":1,"asked_at":2,"reason":"restart"}],
    "unrecovered":[3,4]}},
    "holds":{"w":{"by":"ann","reason":"","since":1}},
    "orphans":[{"pid":7,"start_time":8,"at":1,"asked_at":2,"reason":"orphan"}]})";

TEST_F(StateFileTest, OfTheFirstVersionIsReadWithItsHolds) {
  replace_file(file, kFirstVersion, Durability::renamed);
  const auto loaded = load_state(machine, file, here("b1"));
  EXPECT_EQ(problems_of(loaded), "");
  EXPECT_TRUE(loaded.is_of_earlier_version);
  const auto& record = loaded.state.workers.at("w");
  EXPECT_EQ(record.process->id, (ProcessId{5, 6}));
  ASSERT_EQ(record.stops.size(), 1U);
  EXPECT_TRUE(record.stops.front().asked) << "it wrote down whom it had asked";
  EXPECT_THAT(pids(record.unrecovered), ElementsAre(3, 4));
  EXPECT_EQ(loaded.state.holds.at("w").by, "ann");
  ASSERT_EQ(loaded.state.orphans.size(), 1U);
  EXPECT_TRUE(loaded.state.orphans.front().stop->asked);
}

TEST_F(StateFileTest, OfTheFirstVersionMayListTheDeadWithoutEnd) {
  constexpr pid_t kLast = 120'000;
  std::string dead = "100000";
  for (pid_t pid = 100'001; pid <= kLast; ++pid)
    dead += "," + std::to_string(pid);
  const auto text = R"({"schema":1,"boot_id":"b1","workers":{"w":{"unrecovered":[)" + dead + "]}}}";
  replace_file(file, text, Durability::renamed);
  const auto read = load_state(machine, file, here("b1")).state.workers.at("w").unrecovered;
  EXPECT_EQ(read.size(), 1000U);
  EXPECT_EQ(read.back().pid, kLast) << "the latest";
}

TEST_F(StateFileTest, OfTheFirstVersionDecidesAboutHolds) {
  save_holds(machine, file, {{"other", {.by = "bob", .reason = {}, .since = 0, .until = {}}}});
  replace_file(file, kFirstVersion, Durability::renamed);
  EXPECT_EQ(load_state(machine, file, here("b1")).state.holds.size(), 1U);
  EXPECT_TRUE(load_state(machine, file, here("b1")).state.holds.contains("w"))
      << "it knows of no other place for them, so the file is older";
}

TEST_F(StateFileTest, HoldsHaveAFileOfTheirOwnAndOutliveTheState) {
  save_state(machine, file, full_state());
  save_holds(machine, file, full_state().holds);
  replace_file(file, "damaged", Durability::renamed);
  EXPECT_EQ(load_state(machine, file, here("b1")).state.holds, full_state().holds);
  fs::remove(file);
  EXPECT_EQ(load_state(machine, file, here("b1")).state.holds, full_state().holds);
}

TEST_F(StateFileTest, HoldsWithoutAUsableFileAreThoseOfTheState) {
  save_state(machine, file, full_state());
  replace_file(holds_path(file), "damaged", Durability::renamed);
  const auto loaded = load_state(machine, file, here("b1"));
  EXPECT_THAT(problems_of(loaded), HasSubstr("bootcheck.holds"));
  EXPECT_EQ(loaded.state.holds, full_state().holds);
}

TEST(HoldsText, ComesBackAsItWas) {
  EXPECT_EQ(parse_holds(format_holds(full_state().holds)), full_state().holds);
  EXPECT_EQ(parse_holds(format_holds({})), Holds{});
  for (const auto* text : {"", "{", "[]", "null", "{}"})
    EXPECT_FALSE(parse_holds(text)) << text;
}

}  // namespace
}  // namespace bootcheck
