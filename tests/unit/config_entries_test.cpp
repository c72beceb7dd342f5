// Entries of `workers:`: presets, values, placeholders, merge keys, and what an entry says for
// itself.
#include "unit/config_fixture.h"

#include <csignal>
#include <tuple>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;
using namespace std::chrono_literals;

TEST(Presets, StateTheirStartCommandStopSignalAndWhetherTheyStayInTheForeground) {
  struct Row {
    const char* preset;
    Argv start;
    int stop_signal;
    bool foreground;
    const char* title;
  };
  const Row rows[] = {
      {"delayed_job",
       {"bin/delayed_job", "--identifier=7", "-x", "y", "start"},
       SIGTERM,
       false,
       "delayed_job.7"},
      {"jobs_work", {"bundle", "exec", "rake", "-x", "y", "jobs:work"}, SIGTERM, true, ""},
      {"delayed", {"bundle", "exec", "rake", "-x", "y", "delayed:work"}, SIGTERM, true, ""},
      {"resque", {"bundle", "exec", "rake", "-x", "y", "resque:work"}, SIGQUIT, true, ""},
      {"good_job", {"bundle", "exec", "good_job", "start", "-x", "y"}, SIGTERM, true, ""},
      {"sidekiq", {"bundle", "exec", "sidekiq", "-e", "production", "-x", "y"}, SIGTERM, true, ""},
      {"solid_queue", {"bin/jobs", "-x", "y"}, SIGTERM, true, ""},
  };
  for (const auto& row : rows) {
    const auto worker =
        worker_of("preset: " + std::string(row.preset) + ", identifiers: [7], args: [-x, y]");
    EXPECT_EQ(worker.preset, row.preset);
    EXPECT_EQ(worker.name, std::string(row.preset) + ".7");
    EXPECT_EQ(worker.pid_file, "/srv/shop/current/tmp/pids/" + worker.name + ".pid");
    EXPECT_EQ(worker.start, row.start) << row.preset;
    EXPECT_EQ(worker.stop_signal, row.stop_signal) << row.preset;
    EXPECT_EQ(worker.foreground, row.foreground) << row.preset;
    EXPECT_EQ(worker.process_title, row.title) << row.preset;
  }
}

TEST(Presets, OtherThanDelayedJobLetAnEntryChooseNameCommandAndPidFile) {
  const auto worker = worker_of(
      "preset: resque, identifiers: [mail], name: 'q-%{id}', pid_file: 'run/%{name}.pid', "
      "start: [bin/resque], stop_signal: TERM, foreground: false");
  EXPECT_EQ(worker.name, "q-mail");
  EXPECT_EQ(worker.pid_file, "/srv/shop/current/run/q-mail.pid");
  EXPECT_EQ(worker.start, Argv{"bin/resque"});
  EXPECT_EQ(worker.stop_signal, SIGTERM);
  EXPECT_FALSE(worker.foreground);
}

TEST(Presets, AnArgumentMayNameThePidFileWhereItIsTheEntrysOwn) {
  EXPECT_EQ(worker_of("preset: solid_queue, identifiers: [a], args: ['-P', '%{pid_file}']").start,
            (Argv{"bin/jobs", "-P", "/srv/shop/current/tmp/pids/solid_queue.a.pid"}));
}

TEST(Presets, DelayedJobsPrefixAndPidFolderAreTakenFromItsArguments) {
  const auto worker =
      worker_of("preset: delayed_job, identifiers: [2], args: [-p, shop, --pid-dir=/run/shop]");
  EXPECT_EQ(worker.name, "delayed_job.2");
  EXPECT_EQ(worker.process_title, "shop/delayed_job.2");
  EXPECT_EQ(worker.pid_file, "/run/shop/delayed_job.2.pid");
}

TEST(Entry, AProgramOfWhichThereIsOneNeedsNoIdentifier) {
  const auto worker = worker_of("name: clock, start: bin/clock --now");
  EXPECT_EQ(worker.name, "clock");
  EXPECT_EQ(worker.identifier, "");
  EXPECT_EQ(worker.pid_file, "/srv/shop/current/tmp/pids/clock.pid");
  EXPECT_EQ(worker.start, (Argv{"/bin/sh", "-c", "bin/clock --now"})) << "a string is a shell line";
}

TEST(Entry, WorkersOfANameWithoutIdentifierAreToldApart) {
  const auto workers =
      config_of("workers: [{name: feed, identifiers: [a, b], start: [x]}]").workers;
  EXPECT_EQ(workers.at(0).name, "feed.a");
  EXPECT_EQ(workers.at(1).name, "feed.b");
}

TEST(Entry, PlaceholdersExpandInEveryString) {
  const auto worker = worker_of(
      "name: 'f-%{id}', identifiers: [eu], start: ['%{root}/x', '%{environment}', '%{pid_file}'], "
      "status: 'check %{name} %{id}', ready: [up, '%{id}'], process_title: 'feed: %{id}', "
      "working_directory: '%{id}', env: {ID: '%{id}', P: '%{pid_file}'}, "
      "restart: {restart_file: 'tmp/%{name}.txt'}, pid_file: '%{environment}/%{name}.pid'");
  const std::string root = "/srv/shop/current";
  EXPECT_EQ(worker.pid_file, root + "/production/f-eu.pid");
  EXPECT_EQ(worker.start, (Argv{root + "/x", "production", root + "/production/f-eu.pid"}));
  EXPECT_EQ(worker.status, (Argv{"/bin/sh", "-c", "check f-eu eu"}));
  EXPECT_EQ(worker.ready, (Argv{"up", "eu"}));
  EXPECT_EQ(worker.process_title, "feed: eu");
  EXPECT_EQ(worker.working_directory, root + "/eu");
  EXPECT_EQ(worker.env.at("ID"), "eu");
  EXPECT_EQ(worker.env.at("P"), root + "/production/f-eu.pid");
  EXPECT_EQ(worker.restart.restart_file, root + "/tmp/f-eu.txt");
}

TEST(Entry, WhatIsAskedForAllIsAskedForEachInItsOwnWords) {
  const auto workers = config_of(R"(
ready: [up, "%{name}"]
workers:
  - {name: a, start: [x]}
  - {name: b, start: [x], ready: pg_isready -q}
  - {name: c, start: [x], ready: true}
)")
                           .workers;
  EXPECT_EQ(workers.at(0).ready, (Argv{"up", "a"}));
  EXPECT_EQ(workers.at(1).ready, (Argv{"/bin/sh", "-c", "pg_isready -q"}));
  EXPECT_EQ(workers.at(2).ready, (Argv{"/bin/sh", "-c", "true"})) << "the program of that name";
  EXPECT_EQ(config_of("workers: [{name: a, start: [x]}]").workers.at(0).ready, Argv{});
}

TEST(Entry, AddsToTheUnitOfTheWholeFile) {
  const auto workers = config_of(R"(
unit: {MemoryMax: 1G, CPUQuota: 50%, TasksMax: 100}
workers:
  - {name: a, start: [x]}
  - {name: b, start: [x], unit: {MemoryMax: infinity, Nice: 5}}
)")
                           .workers;
  EXPECT_EQ(workers.at(0).unit,
            (UnitProperties{{"MemoryMax", "1G"}, {"CPUQuota", "50%"}, {"TasksMax", "100"}}));
  EXPECT_EQ(
      workers.at(1).unit,
      (UnitProperties{
          {"MemoryMax", "infinity"}, {"CPUQuota", "50%"}, {"TasksMax", "100"}, {"Nice", "5"}}));
}

TEST(Entry, SpeaksForItselfBeforeTheWholeFileDoes) {
  const auto config = config_of(R"(
start_timeout: 1m
restart: {mode: surge, max_surge: 2, settle: 0}
limits: {memory: 1G, age: 2d}
workers:
  - preset: delayed_job
    count: 1
  - preset: delayed_job
    identifiers: [x]
    start_timeout: 90
    kill_after: 4h
    stop_signal: SIGINT
    restart: {mode: drain, max_unavailable: 50%, on: []}
    limits: {memory: 512M}
    env: {A: 1}
    enabled: no
    preload: false
    process_title: other
)");
  const auto& plain = config.workers.at(0);
  EXPECT_EQ(plain.start_timeout, 1min);
  EXPECT_EQ(plain.restart.mode, RestartMode::surge);
  EXPECT_EQ(plain.restart.max_surge, (Share{2, false}));
  EXPECT_EQ(plain.limits, (Limits{1ULL << 30U, 48h}));
  const auto& own = config.workers.at(1);
  EXPECT_EQ(own.start_timeout, 90s);
  EXPECT_EQ(own.kill_after, Duration(4h));
  EXPECT_EQ(own.stop_signal, SIGINT);
  EXPECT_EQ(own.restart.mode, RestartMode::drain);
  EXPECT_EQ(own.restart.max_unavailable, (Share{50, true}));
  EXPECT_EQ(own.restart.max_surge, (Share{2, false})) << "what it does not say stays";
  EXPECT_EQ(own.restart.settle, 0s);
  EXPECT_FALSE(own.restart.on_release || own.restart.on_restart_file);
  EXPECT_EQ(own.limits, (Limits{512ULL << 20U, 48h}));
  EXPECT_EQ(own.env.at("A"), "1");
  EXPECT_FALSE(own.enabled);
  EXPECT_FALSE(own.preload);
  EXPECT_EQ(own.process_title, "other");
}

TEST(Entry, TakesSignalsByNameAndByNumber) {
  const std::pair<const char*, int> rows[] = {
      {"TERM", SIGTERM}, {"SIGQUIT", SIGQUIT}, {"15", SIGTERM}, {"USR1", SIGUSR1},
      {"TSTP", SIGTSTP}, {"INT", SIGINT},      {"'2'", SIGINT}, {"34", 34}};
  for (const auto& [text, signal] : rows) {
    EXPECT_EQ(worker_of("name: a, start: [x], stop_signal: " + std::string(text)).stop_signal,
              signal)
        << text;
  }
}

TEST(Entry, TakesTheWordsOfYamlForTrueAndFalse) {
  for (const auto* word : {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"})
    EXPECT_TRUE(worker_of("name: a, start: [x], foreground: " + std::string(word)).foreground);
  for (const auto* word : {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"})
    EXPECT_FALSE(worker_of("name: a, start: [x], enabled: " + std::string(word)).enabled) << word;
}

TEST(Entry, MergesAnotherAndOverridesIt) {
  const auto config = config_of(R"(
workers:
  - &base
    preset: delayed_job
    identifiers: [a]
    args: [--queue=a]
    start_timeout: 1m
    kill_after: 1h
  - identifiers: [b]
    <<: *base
    kill_after:
  - &third
    <<: *base
    identifiers: [c]
    args: []
  - <<: *third
    identifiers: [d]
)");
  ASSERT_EQ(config.workers.size(), 4U);
  const auto& merged = config.workers[1];
  EXPECT_EQ(merged.start, (Argv{"bin/delayed_job", "--identifier=b", "--queue=a", "start"}));
  EXPECT_EQ(merged.start_timeout, 1min);
  EXPECT_FALSE(merged.kill_after) << "nothing, said by the entry itself, wins over the other's";
  EXPECT_EQ(config.workers[2].start, (Argv{"bin/delayed_job", "--identifier=c", "start"}));
  EXPECT_EQ(config.workers[2].kill_after, Duration(1h));
  EXPECT_EQ(config.workers[3].start, (Argv{"bin/delayed_job", "--identifier=d", "start"}));
  EXPECT_EQ(config.workers[3].kill_after, Duration(1h)) << "what the other had merged itself";
}

TEST(Policies, TakeEveryWordOfTheContract) {
  const std::string workers = "\nworkers: [{preset: delayed_job, count: 1}]";
  EXPECT_EQ(config_of("orphans: drain" + workers).orphans, Orphans::drain);
  EXPECT_EQ(config_of("orphans: ignore" + workers).orphans, Orphans::ignore);
  EXPECT_EQ(config_of("launcher: direct" + workers).launcher, Launcher::direct);
  EXPECT_EQ(config_of("launcher: systemd" + workers).launcher, Launcher::systemd);
  EXPECT_EQ(config_of("backoff: 0" + workers).backoff.first, 0s) << "0 turns it off";
  EXPECT_EQ(config_of("backoff: {first: 0}" + workers).backoff.first, 0s);
  const auto log = config_of("log: {to: syslog, level: debug, format: json}" + workers).log;
  EXPECT_EQ(log.to, LogTarget::syslog);
  EXPECT_EQ(log.level, LogLevel::debug);
  EXPECT_EQ(log.format, LogFormat::json);
  EXPECT_EQ(config_of("log: {to: stderr}" + workers).log.to, LogTarget::standard_error);
  EXPECT_EQ(config_of("notify: mail -s x ops" + workers).notify,
            (Argv{"/bin/sh", "-c", "mail -s x ops"}));
  const auto on = config_of("restart: {on: [release]}" + workers).workers.at(0).restart;
  EXPECT_TRUE(on.on_release);
  EXPECT_FALSE(on.on_restart_file);
}

// A percentage is rounded down, and at least one may always roll.
TEST(Share, IsANumberOrAPercentageOfTheWorkers) {
  const std::tuple<Share, int, int> rows[] = {
      {{100, true}, 6, 6}, {{50, true}, 5, 2}, {{1, true}, 6, 1}, {{33, true}, 3, 1},
      {{2, false}, 6, 2},  {{1, false}, 6, 1}, {{50, true}, 1, 1}};
  for (const auto& [share, total, expected] : rows)
    EXPECT_EQ(share.of(total), expected) << share.value << (share.percent ? "%" : "") << total;
}

}  // namespace
}  // namespace bootcheck
