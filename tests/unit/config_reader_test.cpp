// config/bootcheck.yml, see bootcheck.yml(5): text in, configuration out.
#include "config/writer.h"
#include "unit/config_fixture.h"

#include <csignal>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;
using namespace std::chrono_literals;
using Variables = std::map<std::string, std::string>;

constexpr const char* kLeast = "workers: [{preset: delayed_job, count: 2}]\n";

TEST(ConfigReader, ReadsWhatTheExampleOfTheContractSaysOfTheApp) {
  const auto config = config_of(kExample);
  EXPECT_EQ(config.file, Path("/srv/shop/current/config/bootcheck.yml"));
  EXPECT_EQ(config.app, "shop");
  EXPECT_EQ(config.root, "/srv/shop/current");
  EXPECT_EQ(config.environment, "production");
  EXPECT_EQ(config.user, "deploy");
  EXPECT_EQ(config.env, (Variables{{"MALLOC_ARENA_MAX", "2"}}));
  EXPECT_EQ(config.path, std::vector<Path>{"/home/deploy/.rbenv/shims"});
  EXPECT_EQ(config.env_file, Path("/srv/shop/shared/env"));
  EXPECT_EQ(config.parallel_starts, 2);
  EXPECT_EQ(config.backoff.first, 1min);
  EXPECT_EQ(config.backoff.max, 30min);
  EXPECT_EQ(config.orphans, Orphans::warn);
  EXPECT_TRUE(config.recover_jobs);
  EXPECT_EQ(config.launcher, Launcher::automatic);
  EXPECT_EQ(config.lock_file, "/srv/shop/current/tmp/pids/bootcheck.lock");
  EXPECT_EQ(config.state_file, "/srv/shop/current/tmp/pids/bootcheck.state");
  EXPECT_EQ(config.stuck_after, 10min);
  EXPECT_EQ(config.log.to, LogTarget::file);
  EXPECT_EQ(config.log.path, "/srv/shop/current/log/bootcheck.log");
  EXPECT_EQ(config.metrics_file, Path("/var/lib/prometheus/node-exporter/bootcheck_shop.prom"));
  EXPECT_EQ(config.notify, Argv{"bin/notify-ops"});
}

TEST(ConfigReader, ReadsTheWorkersOfTheExampleInTheirOrder) {
  const auto config = config_of(kExample);
  RestartPolicy by_default;
  by_default.restart_file = config.root / "tmp/restart.txt";
  std::vector<std::string> names;
  std::vector<std::size_t> entries;
  for (const auto& worker : config.workers) {
    names.push_back(worker.name);
    entries.push_back(worker.entry);
    EXPECT_EQ(worker.pid_file, config.root / "tmp/pids" / (worker.name + ".pid"));
    EXPECT_EQ(worker.working_directory, config.root);
    EXPECT_EQ(worker.start_timeout, 5min);
    EXPECT_EQ(worker.stop_signal, SIGTERM);
    EXPECT_EQ(worker.limits, (Limits{600ULL << 20U, 24h}));
    EXPECT_EQ(worker.restart, by_default);
    EXPECT_FALSE(worker.kill_after) << "nothing but an explicit kill_after";
    EXPECT_TRUE(worker.enabled);
  }
  EXPECT_EQ(names, (std::vector<std::string>{"delayed_job.1", "delayed_job.2", "delayed_job.3",
                                             "delayed_job.reports", "feed-eu", "feed-us"}));
  EXPECT_EQ(entries, (std::vector<std::size_t>{0, 0, 0, 1, 2, 2}));
}

TEST(ConfigReader, ReadsADelayedJobWorkerOfTheExample) {
  const auto worker = config_of(kExample).workers.at(3);
  EXPECT_EQ(worker.preset, "delayed_job");
  EXPECT_EQ(worker.identifier, "reports");
  EXPECT_EQ(worker.process_title, "delayed_job.reports");
  EXPECT_EQ(worker.start, (Argv{"bin/delayed_job", "--identifier=reports", "--queue=reports",
                                "--min-priority=10", "start"}));
  EXPECT_FALSE(worker.foreground);
  EXPECT_TRUE(worker.preload);
}

// A comma ends an item of a YAML list, so delayed_job would get two words, and one queue only.
TEST(ConfigReader, ReadsTheQueuesOfTheExampleAsOneArgument) {
  EXPECT_EQ(config_of(kExample).workers.at(0).start,
            (Argv{"bin/delayed_job", "--identifier=1", "--queues=default,mailers", "start"}));
}

TEST(ConfigReader, ReadsAnyOtherProgramOfTheExample) {
  const auto worker = config_of(kExample).workers.at(5);
  EXPECT_EQ(worker.preset, "");
  EXPECT_EQ(worker.identifier, "us");
  EXPECT_EQ(worker.process_title, "");
  EXPECT_EQ(worker.start, (Argv{"bin/feed", "--region", "us"}));
  EXPECT_TRUE(worker.foreground);
  EXPECT_FALSE(worker.preload);
}

TEST(ConfigReader, FillsInWhatTheFileDoesNotSay) {
  const auto config = config_of(kLeast);
  EXPECT_EQ(config.app, "shop");
  EXPECT_EQ(config.root, "/srv/shop/current");
  EXPECT_EQ(config.environment, "production");
  EXPECT_EQ(config.user, "");
  EXPECT_TRUE(config.env.empty());
  EXPECT_TRUE(config.path.empty());
  EXPECT_FALSE(config.env_file);
  EXPECT_EQ(config.parallel_starts, 0) << "as many as there are processors";
  EXPECT_EQ(config.backoff.first, 1min);
  EXPECT_EQ(config.backoff.max, 5min);
  EXPECT_EQ(config.orphans, Orphans::warn);
  EXPECT_TRUE(config.recover_jobs);
  EXPECT_EQ(config.launcher, Launcher::automatic);
  EXPECT_EQ(config.lock_file, "/srv/shop/current/tmp/pids/bootcheck.lock");
  EXPECT_EQ(config.state_file, "/srv/shop/current/tmp/pids/bootcheck.state");
  EXPECT_EQ(config.stuck_after, 10min);
  EXPECT_EQ(config.log.to, LogTarget::file);
  EXPECT_EQ(config.log.level, LogLevel::info);
  EXPECT_EQ(config.log.format, LogFormat::text);
  EXPECT_EQ(config.log.path, "/srv/shop/current/log/bootcheck.log");
  EXPECT_FALSE(config.metrics_file);
  EXPECT_TRUE(config.notify.empty());
}

TEST(ConfigReader, FillsInWhatAnEntryDoesNotSay) {
  const auto config = config_of(kLeast);
  ASSERT_EQ(config.workers.size(), 2U);
  const auto& worker = config.workers[1];
  EXPECT_EQ(worker.name, "delayed_job.1") << "count: 2 means 0 and 1";
  EXPECT_EQ(worker.start, (Argv{"bin/delayed_job", "--identifier=1", "start"}));
  EXPECT_EQ(worker.start_timeout, 5min);
  EXPECT_TRUE(worker.status.empty());
  EXPECT_TRUE(worker.env.empty());
  EXPECT_EQ(worker.limits, Limits());
  EXPECT_EQ(worker.restart.mode, RestartMode::drain);
  EXPECT_TRUE(worker.restart.on_release && worker.restart.on_restart_file);
  EXPECT_EQ(worker.restart.restart_file, "/srv/shop/current/tmp/restart.txt");
  EXPECT_EQ(worker.restart.max_unavailable, (Share{100, true}));
  EXPECT_EQ(worker.restart.max_surge, (Share{100, true}));
  EXPECT_EQ(worker.restart.settle, 6s);
}

TEST(ConfigReader, AKeyWithoutAValueKeepsItsDefault) {
  const auto config = config_of(std::string(kLeast) + "lock_file:\nmetrics_file: ~\napp: null\n");
  EXPECT_EQ(config.lock_file, "/srv/shop/current/tmp/pids/bootcheck.lock");
  EXPECT_FALSE(config.metrics_file);
  EXPECT_EQ(config.app, "shop");
}

TEST(ConfigReader, TheAppIsCalledLikeItsFolderAndNotCurrent) {
  const std::pair<const char*, const char*> roots[] = {
      {"/srv/shop", "shop"}, {"/srv/shop/", "shop"}, {"/srv/shop/current/", "shop"},
      {"/", "app"},          {"/current", "app"},    {"/srv/current/shop", "shop"}};
  for (const auto& [root, app] : roots)
    EXPECT_EQ(config_of(kLeast + ("root: " + std::string(root))).app, app) << root;
}

TEST(ConfigReader, RelativePathsAreRelativeToTheRoot) {
  const auto config = config_of(R"(
root: /opt/x
path: [vendor/bin]
env_file: .env
lock_file: run/../lock
state_file: ./run//state
metrics_file: m.prom
log: {path: l.log}
restart: {restart_file: r.txt}
workers:
  - {name: a, start: [x], pid_file: run/a.pid, working_directory: sub}
  - {preset: delayed_job, identifiers: [b], args: [--pid-dir, run]}
)");
  EXPECT_EQ(config.path, std::vector<Path>{"/opt/x/vendor/bin"});
  EXPECT_EQ(config.env_file, Path("/opt/x/.env"));
  EXPECT_EQ(config.lock_file, "/opt/x/lock");
  EXPECT_EQ(config.state_file, "/opt/x/run/state");
  EXPECT_EQ(config.metrics_file, Path("/opt/x/m.prom"));
  EXPECT_EQ(config.log.path, "/opt/x/l.log");
  EXPECT_EQ(config.workers[0].pid_file, "/opt/x/run/a.pid");
  EXPECT_EQ(config.workers[0].working_directory, "/opt/x/sub");
  EXPECT_EQ(config.workers[0].restart.restart_file, "/opt/x/r.txt");
  EXPECT_EQ(config.workers[1].pid_file, "/opt/x/run/delayed_job.b.pid");
}

TEST(ConfigReader, TheCommandLineWinsOverTheFile) {
  auto given = context();
  given.root = "/home/me/shop";
  given.root_given = true;
  given.environment = "staging";
  const auto config = config_of(kExample, given);
  EXPECT_EQ(config.root, "/home/me/shop");
  EXPECT_EQ(config.environment, "staging");
  EXPECT_EQ(config.lock_file, "/home/me/shop/tmp/pids/bootcheck.lock");
}

TEST(ConfigReader, TheFileWinsOverTheMachine) {
  auto given = context();
  given.environment_default = "test";
  EXPECT_EQ(config_of(kExample, given).environment, "production");
  EXPECT_EQ(config_of(kLeast, given).environment, "test");
  EXPECT_EQ(config_of(std::string(kLeast) + "root: other", given).root, "/srv/shop/current/other");
}

TEST(ConfigReader, ZeroConfigurationIsDelayedJobWorkersAndDefaults) {
  auto given = context();
  given.file.clear();
  const auto parsed = zero_config({"0", "mail"}, given);
  const auto* config = std::get_if<Config>(&parsed);
  ASSERT_NE(config, nullptr);
  EXPECT_FALSE(config->file);
  EXPECT_EQ(config->app, "shop");
  ASSERT_EQ(config->workers.size(), 2U);
  EXPECT_EQ(config->workers[1].start, (Argv{"bin/delayed_job", "--identifier=mail", "start"}));
}

TEST(ConfigReader, ZeroConfigurationIsWhatAFileSaysThatNamesTheSameWorkers) {
  auto given = context();
  given.file.clear();
  const auto zero = zero_config({"0", "1", "2"}, given);
  const auto* config = std::get_if<Config>(&zero);
  ASSERT_NE(config, nullptr);
  EXPECT_EQ(format_config(*config),
            format_config(config_of("workers: [{preset: delayed_job, count: 3}]", given)));
}

TEST(ConfigReader, AMistakeInZeroConfigurationHasNoPlaceInATextThatNobodyWrote) {
  for (const std::vector<std::string>& ids :
       {std::vector<std::string>{"../x"}, {"a", "a"}, {"a\", \"b"}, {""}, {}}) {
    const auto parsed = zero_config(ids, context());
    const auto* errors = std::get_if<ConfigErrors>(&parsed);
    ASSERT_NE(errors, nullptr);
    ASSERT_FALSE(errors->empty());
    EXPECT_EQ(errors->front().text(), errors->front().message);
  }
}

}  // namespace
}  // namespace bootcheck
