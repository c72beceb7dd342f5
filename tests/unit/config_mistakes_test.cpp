// What is wrong with a configuration is said with its place, and all of it at once.
#include "unit/config_fixture.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;

struct Mistake {
  std::string yaml;
  std::string place;    // LINE:COLUMN
  std::string message;  // a part of it
};

/// The file has this one mistake and no other.
void expect_only(const Mistake& mistake) {
  const auto errors = errors_of(mistake.yaml);
  ASSERT_EQ(errors.size(), 1U) << mistake.yaml << "\n" << text_of(errors);
  EXPECT_EQ(fmt::format("{}:{}", errors[0].line, errors[0].column), mistake.place) << mistake.yaml;
  EXPECT_NE(errors[0].message.find(mistake.message), std::string::npos) << mistake.yaml << "\n"
                                                                        << errors[0].message;
}

TEST(ConfigMistakes, AnUnknownKeyIsNamedWithTheNearestKnownOne) {
  const Mistake rows[] = {
      {kWorkers + "lock_fil: x", "2:1", "unknown key `lock_fil`: did you mean `lock_file`?"},
      {kWorkers + "Workers: []", "2:1", "did you mean `workers`?"},
      {kWorkers + "orphasn: warn", "2:1", "did you mean `orphans`?"},
      {kWorkers + "memory_limit: 1G", "2:1", "unknown key `memory_limit`"},
      {kWorkers + "backoff: {frist: 1m}", "2:11", "did you mean `first`?"},
      {kWorkers + "log: {two: file}", "2:7", "did you mean `to`?"},
      {kWorkers + "limits: {memroy: 1G}", "2:10", "did you mean `memory`?"},
      {kWorkers + "restart: {max_surg: 1}", "2:11", "did you mean `max_surge`?"},
      {"workers:\n  - preset: delayed_job\n    count: 1\n    stop_singal: TERM", "4:5",
       "did you mean `stop_signal`?"},
      {"workers: [{preset: delayed_job, count: 1, queues: [a]}]", "1:43",
       "unknown key `queues`; write `args: [--queues=default,mailers]`"},
      {"workers: [{preset: delayed_job, count: 1, restart: {mod: drain}}]", "1:53",
       "did you mean `mode`?"},
  };
  for (const auto& row : rows)
    expect_only(row);
  EXPECT_EQ(errors_of(kWorkers + "xyzzy: 1").at(0).message.find("did you mean"), std::string::npos)
      << "nothing is near";
}

TEST(ConfigMistakes, AValueOfAWrongTypeIsOne) {
  const Mistake rows[] = {
      {"workers: yes", "1:10", "`workers`: expected a list of workers"},
      {"workers: [delayed_job]", "1:11", "expected a mapping (key: value), found"},
      {kWorkers + "root: [a]", "2:7", "expected a single value, found a list"},
      {kWorkers + "env: [A]", "2:6", "expected a mapping such as"},
      {kWorkers + "env: {A: [1]}", "2:10", "`A`: expected a single value, found a list"},
      {kWorkers + "path: /usr/local/bin", "2:7", "expected a list such as [one, two], found `"},
      {kWorkers + "path: [[a]]", "2:8", "expected a single value, found a list"},
      {kWorkers + "recover_jobs: 1", "2:15", "`recover_jobs`: expected true or false, found `"},
      {kWorkers + "recover_jobs: 'true'", "2:15",
       "`recover_jobs`: expected true or false, found `"},
      {kWorkers + "parallel_starts: many", "2:18", "a whole number from 1 to 1000"},
      {kWorkers + "parallel_starts: 1.5", "2:18", "a whole number from 1 to 1000"},
      {kWorkers + "log: file", "2:6", "expected a mapping (key: value), found"},
      {kWorkers + "restart: drain", "2:10", "expected a mapping (key: value), found"},
      {kWorkers + "restart: {on: release}", "2:15", "expected a list such as [one, two], found `"},
      {kWorkers + "backoff: 30s", "2:10", "`backoff`: expected 0, or a mapping such as {first: "},
      {kWorkers + "limits: 600M", "2:9", "expected a mapping (key: value), found"},
      {kWorkers + "stuck_after: {m: 10}", "2:14", "`stuck_after`: expected a duration such as 45s"},
      {kWorkers + "[a]: b", "2:1", "a key has to be a word"},
      {"workers: [{preset: delayed_job, identifiers: 3}]", "1:46",
       "expected a list such as [one, two], found `"},
      {"workers: [{preset: delayed_job, count: 1, args: --x}]", "1:49",
       "expected a list such as [one, two], found `"},
      {"workers: [{name: a, start: []}]", "1:28", "`start`: expected a command"},
      {"workers: [{name: a, start: ''}]", "1:28", "`start`: expected a command"},
      {"workers: [{name: a, start: ['']}]", "1:28", "`start`: expected a command"},
      {"workers: [{name: a, start: \"x\\0y\"}]", "1:28", "`start`: expected a command"},
  };
  for (const auto& row : rows) {
    const auto errors = errors_of(row.yaml);
    ASSERT_FALSE(errors.empty()) << row.yaml;
    EXPECT_EQ(fmt::format("{}:{}", errors.back().line, errors.back().column), row.place)
        << text_of(errors);
    EXPECT_NE(text_of(errors).find(row.message), std::string::npos) << text_of(errors);
  }
}

TEST(ConfigMistakes, AnImpossibleValueIsOne) {
  const Mistake rows[] = {
      {kWorkers + "parallel_starts: 0", "2:18", "a whole number from 1 to 1000"},
      {kWorkers + "orphans: kill", "2:10",
       "`orphans`: expected one of drain, warn, ignore, found `kill`"},
      {kWorkers + "launcher: upstart", "2:11",
       "`launcher`: expected one of direct, systemd, auto, found `upstart`"},
      {kWorkers + "stuck_after: -1s", "2:14", "`stuck_after`: expected a duration such as 45s"},
      {kWorkers + "stuck_after: 10 minutes", "2:14",
       "`stuck_after`: expected a duration such as 45s"},
      {kWorkers + "stuck_after: 0", "2:14", "longer than 0"},
      {kWorkers + "start_timeout: 0", "2:16", "longer than 0"},
      {kWorkers + "limits: {memory: 0}", "2:18", "`memory`: expected a size such as 512M"},
      {kWorkers + "limits: {memory: 600MB}", "2:18", "`memory`: expected a size such as 512M"},
      {kWorkers + "limits: {memory: 600}", "2:18",
       "`memory`: expected at least 16M, such as 600M, found `600`"},
      {kWorkers + "unit: {MemoryMax: 600}", "2:19",
       "`MemoryMax`: expected a size of at least 16M, a percentage or `infinity`, found `600`"},
      {kWorkers + "unit: {Nice: -5}", "2:14", "`Nice`: expected a number from 0 to 19"},
      {kWorkers + "unit: {MemroyMax: 1G}", "2:8", "MemoryMax"},
      {kWorkers + "unit: {User: root}", "2:8", "`User`"},
      {kWorkers + "unit: 1G", "2:7", ""},
      {kWorkers + "limits: {age: 0s}", "2:15", "longer than 0"},
      {kWorkers + "restart: {max_surge: 0}", "2:22", "a number of workers"},
      {kWorkers + "restart: {max_surge: 101%}", "2:22", "a number of workers"},
      {kWorkers + "restart: {max_unavailable: some}", "2:28", "a number of workers"},
      {kWorkers + "restart: {mode: kill}", "2:17",
       "`mode`: expected one of drain, surge, found `kill`"},
      {kWorkers + "restart: {on: [deploy]}", "2:15",
       "`on`: expected release or restart_file, found `deploy`"},
      {kWorkers + "backoff: {first: 1h, max: 1m}", "2:10", "`max` is shorter than `first`"},
      {kWorkers + "log: {level: loud}", "2:14",
       "`level`: expected one of debug, info, warn, error, found `loud`"},
      {kWorkers + "env: {A=B: c}", "2:7", "no name of a variable"},
      {kWorkers + "env: {'': c}", "2:7", "no name of a variable"},
      {"workers: [{preset: delayed_job, count: 0}]", "1:40", "a whole number from 1 to"},
      {"workers: [{preset: delayed_job, count: 10001}]", "1:40", "a whole number from 1 to"},
      {"workers: [{preset: delayed_job, identifiers: []}]", "1:46", "there is no identifier"},
      {"workers: [{name: a, start: a, stop: b}]", "1:37", "`stop` is for a worker that a `status`"},
      {"workers: [{name: a, start: a, status: c, stop: b, kill_after: 1h}]", "1:63",
       "`kill_after` is for a worker whose process is known"},
      {"workers: [{name: a, start: a, status: c, stop: b, foreground: true}]", "1:48",
       "`stop` is not for a program in the foreground"},
      {"workers: [{preset: delayed_job, count: 1, kill_after: 0}]", "1:55", "longer than 0"},
      {"workers: [{preset: cron, count: 1}]", "1:20",
       "`preset`: expected one of delayed_job, resque"},
      {"workers: [{name: a b, start: [x]}]", "1:18", "`a b` is no name"},
      {"workers: [{name: a/b, start: [x]}]", "1:18", "`a/b` is no name"},
  };
  for (const auto& row : rows)
    expect_only(row);
}

// The process that was started ends, and every pass would start one more.
TEST(ConfigMistakes, AProgramOfTheForegroundThatIsToldToDaemonizeIsOne) {
  const std::string good_job = "workers: [{preset: good_job, count: 2, ";
  const std::string resque = "workers: [{preset: resque, count: 2, ";
  const Mistake rows[] = {
      {good_job + "args: [--queues, mail, --daemonize]}]", "1:46",
       "`--daemonize` makes good_job leave the foreground"},
      {good_job + "start: [good_job, --daemonize]}]", "1:11", "`--daemonize`"},
      {resque + "args: [BACKGROUND=yes]}]", "1:44", "`BACKGROUND` makes resque leave"},
      {resque + "env: {QUEUE: mail, BACKGROUND: ''}}]", "1:43", "`BACKGROUND`"},
      {"env: {BACKGROUND: yes}\n" + resque + "args: [-s]}]", "2:11", "`BACKGROUND`"},
  };
  for (const auto& row : rows)
    expect_only(row);
  EXPECT_THAT(errors_of(good_job + "args: [--daemonize], foreground: false}]"), testing::IsEmpty());
  EXPECT_THAT(errors_of(resque + "env: {QUEUE: BACKGROUND}}]"), testing::IsEmpty());
  EXPECT_THAT(errors_of("env: {BACKGROUND: yes}\n" + kWorkers), testing::IsEmpty());
}

// Promise 3: nothing but kill_after sends SIGKILL, and no spelling of it is a way around.
TEST(ConfigMistakes, ASignalThatAsksNobodyToFinishItsJobIsOne) {
  for (const auto* signal : {"KILL", "SIGKILL", "9", "09", "009", "SIG9", "STOP", "19", "SEGV",
                             "11", "6", "0", "65", "-15", "term", "[TERM]", "''"}) {
    const auto errors =
        errors_of(fmt::format("workers: [{{name: a, start: [x], stop_signal: {}}}]", signal));
    ASSERT_EQ(errors.size(), 1U) << signal << text_of(errors);
    EXPECT_EQ(errors[0].column, 46) << signal;
  }
}

TEST(ConfigMistakes, AKeyGivenTwiceIsOne) {
  expect_only({kWorkers + "app: a\napp: a", "3:1", "`app` is given twice"});
  expect_only({kWorkers + "env: {A: 1, A: 2}", "2:13", "`A` is given twice"});
  expect_only(
      {"workers: [{preset: delayed_job, count: 1, count: 2}]", "1:43", "`count` is given twice"});
}

TEST(ConfigMistakes, TwoWorkersOfOneNameOrOnePidFileAreOne) {
  const Mistake rows[] = {
      {"workers:\n- {preset: delayed_job, count: 2}\n- {preset: delayed_job, identifiers: [1]}",
       "3:3", "worker `delayed_job.1` is there twice, see line 2"},
      {"workers: [{preset: delayed_job, identifiers: [1, 1]}]", "1:11", "is there twice"},
      {"workers: [{name: a, start: [x]}, {name: a, start: [y]}]", "1:34", "is there twice"},
      {"workers: [{name: a, identifiers: [1, 2], start: [x], pid_file: x.pid}]", "1:11",
       "`a.1` and `a.2` have one pid file, /srv/shop/current/x.pid"},
      {"workers: [{name: a, start: [x]}, {name: b, start: [y], pid_file: ./tmp//pids/a.pid}]",
       "1:34", "`a` and `b` have one pid file"},
  };
  for (const auto& row : rows)
    expect_only(row);
}

// The lock guards the state, and the state file is replaced by renaming: of one name, a pass would
// replace the file that it holds locked, and the next one could not see that lock.
TEST(ConfigMistakes, OneFileForTwoPurposesIsOne) {
  const Mistake rows[] = {
      {kWorkers + "lock_file: tmp/x\nstate_file: tmp/./x", "3:13", "`lock_file`"},
      {kWorkers + "metrics_file: tmp/pids/bootcheck.lock", "2:15", "`lock_file`"},
      {kWorkers + "metrics_file: tmp/pids/bootcheck.state", "2:15", "`state_file`"},
      {kWorkers + "log: {path: tmp/pids/bootcheck.state}", "2:6", "`state_file`"},
      {"lock_file: tmp/pids/delayed_job.0.pid\n" + kWorkers, "2:10", "pid file of `delayed_job.0`"},
      {"state_file: tmp/pids/delayed_job.0.pid\n" + kWorkers, "2:10",
       "pid file of `delayed_job.0`"},
  };
  for (const auto& row : rows)
    expect_only(row);
}

TEST(ConfigMistakes, AnIdentifierThatCouldLeaveThePidFolderIsOne) {
  for (const auto* identifier : {"../x", "a/b", "''", ".", "..", ".hidden", "-1", "/", "\"a\\0b\"",
                                 "a b", "'%{id}'", "\"a\\nb\"", "ä", "'*'"}) {
    const auto yaml =
        fmt::format("workers: [{{preset: delayed_job, identifiers: [1, {}]}}]", identifier);
    const auto errors = errors_of(yaml);
    ASSERT_FALSE(errors.empty()) << identifier;
    EXPECT_EQ(errors[0].line, 1);
  }
  expect_only({"workers: [{preset: delayed_job, identifiers: [../x]}]", "1:46",
               "`../x` is no identifier: letters, digits"});
}

TEST(ConfigMistakes, AnUnknownPlaceholderIsOne) {
  const Mistake rows[] = {
      {"workers: [{name: 'a-%{nr}', identifiers: [1], start: [x]}]", "1:18", "`%{nr}`"},
      {"workers: [{name: a, start: [x, '%{home}']}]", "1:28",
       "`%{home}` stands for nothing here; known: %{environment}, %{root}, %{name}, %{pid_file}"},
      {"workers: [{name: a, start: [x, '%{id}']}]", "1:28", "`%{id}`"},
      {"workers: [{name: a, start: [x], pid_file: '%{pid_file}'}]", "1:43", "`%{pid_file}`"},
      {"workers: [{name: a, start: [x], env: {A: '%{b}'}}]", "1:38", "`%{b}`"},
      {"workers: [{preset: delayed_job, count: 3, args: ['-x%{}']}]", "1:49", "`%{}`"},
  };
  for (const auto& row : rows)
    expect_only(row);
}

TEST(ConfigMistakes, DelayedJobHasItsOwnNamePidFileAndCommand) {
  for (const auto* key : {"name", "pid_file", "start"}) {
    expect_only({fmt::format("workers: [{{preset: delayed_job, count: 1, {}: x}}]", key),
                 fmt::format("1:{}", 45 + std::string(key).size()),
                 "is for other programs: delayed_job has its own"});
  }
  expect_only({"workers: [{preset: delayed_job, count: 1, args: [-n, '2']}]", "1:49",
               "`-n` cannot stand here"});
}

}  // namespace
}  // namespace bootcheck
