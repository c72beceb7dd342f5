// The effective configuration, written and read again.
#include "config/writer.h"
#include "unit/config_fixture.h"

#include <csignal>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;

void expect_same_worker(const Worker& one, const Worker& other) {
  EXPECT_EQ(one.name, other.name);
  EXPECT_EQ(one.identifier, other.identifier);
  EXPECT_EQ(one.preset, other.preset);
  EXPECT_EQ(one.pid_file, other.pid_file);
  EXPECT_EQ(one.process_title, other.process_title);
  EXPECT_EQ(one.start, other.start);
  EXPECT_EQ(one.status, other.status);
  EXPECT_EQ(one.working_directory, other.working_directory);
  EXPECT_EQ(one.env, other.env);
  EXPECT_EQ(one.foreground, other.foreground);
  EXPECT_EQ(one.preload, other.preload);
  EXPECT_EQ(one.enabled, other.enabled);
  EXPECT_EQ(one.stop_signal, other.stop_signal);
  EXPECT_EQ(one.start_timeout, other.start_timeout);
  EXPECT_EQ(one.kill_after, other.kill_after);
  EXPECT_EQ(one.restart, other.restart);
  EXPECT_EQ(one.limits, other.limits);
}

void expect_same_settings(const Config& one, const Config& other) {
  EXPECT_EQ(one.app, other.app);
  EXPECT_EQ(one.root, other.root);
  EXPECT_EQ(one.environment, other.environment);
  EXPECT_EQ(one.user, other.user);
  EXPECT_EQ(one.env, other.env);
  EXPECT_EQ(one.path, other.path);
  EXPECT_EQ(one.env_file, other.env_file);
  EXPECT_EQ(one.parallel_starts, other.parallel_starts);
  EXPECT_EQ(one.backoff.first, other.backoff.first);
  EXPECT_EQ(one.backoff.max, other.backoff.max);
  EXPECT_EQ(one.orphans, other.orphans);
  EXPECT_EQ(one.recover_jobs, other.recover_jobs);
  EXPECT_EQ(one.launcher, other.launcher);
  EXPECT_EQ(one.lock_file, other.lock_file);
  EXPECT_EQ(one.state_file, other.state_file);
  EXPECT_EQ(one.stuck_after, other.stuck_after);
  EXPECT_EQ(one.log.to, other.log.to);
  EXPECT_EQ(one.log.level, other.log.level);
  EXPECT_EQ(one.log.format, other.log.format);
  EXPECT_EQ(one.log.path, other.log.path);
  EXPECT_EQ(one.metrics_file, other.metrics_file);
  EXPECT_EQ(one.notify, other.notify);
}

/// Read on another machine by another user it still says the same.
Config written_and_read(const Config& config) {
  ConfigContext elsewhere;
  elsewhere.root = "/elsewhere";
  elsewhere.environment_default = "test";
  return config_of(format_config(config), elsewhere);
}

void expect_round_trip(std::string_view yaml) {
  const auto config = config_of(yaml);
  const auto again = written_and_read(config);
  expect_same_settings(config, again);
  ASSERT_EQ(config.workers.size(), again.workers.size());
  for (std::size_t at = 0; at < config.workers.size(); ++at)
    expect_same_worker(config.workers[at], again.workers[at]);
  EXPECT_EQ(format_config(again), format_config(config));
}

TEST(ConfigWriter, WritesTheExampleOfTheContractSoThatItReadsTheSame) {
  expect_round_trip(kExample);
}

TEST(ConfigWriter, WritesDefaultsSoThatTheyReadTheSame) {
  expect_round_trip("workers: [{preset: delayed_job, count: 3}]");
}

TEST(ConfigWriter, WritesEverySettingSoThatItReadsTheSame) {
  expect_round_trip(R"yaml(
app: "the \"shop\""
root: /srv/a b
environment: staging
user: deploy
env: {A: "", B: "x=y: z", "C D": "#"}
path: [bin, "/opt/ruby's/bin"]
env_file: .env
parallel_starts: 7
backoff: {first: 0, max: 90s}
orphans: drain
recover_jobs: false
launcher: systemd
lock_file: l
state_file: s
stuck_after: 1500ms
log: {to: syslog, level: error, format: json, path: p}
metrics_file: m.prom
notify: bin/notify "$(hostname)" \n
restart: {mode: surge, boot: after, on: [restart_file], max_surge: 3, max_unavailable: 25%, settle: 1.5s, preloader_wait: 9s}
limits: {memory: 123456789, age: 36h}
workers:
  - {preset: delayed_job, identifiers: [a], enabled: false, preload: false, stop_signal: QUIT}
)yaml");
}

TEST(ConfigWriter, WritesEveryKindOfWorkerSoThatItReadsTheSame) {
  expect_round_trip(R"(
workers:
  - preset: delayed_job
    identifiers: [a, b.c, "1"]
    args: [--queues=x, -p, app, --pid-dir, /run/x, "--daemon-options=a b"]
    env: {Q: '%{id} of %{name}'}
    kill_after: 2h
  - {preset: resque, count: 2, args: [-q]}
  - {preset: sidekiq, identifiers: [x], name: "own-%{id}", pid_file: "p/%{id}"}
  - {preset: good_job, identifiers: [x], stop_signal: 34, process_title: "good %{id}"}
  - {preset: solid_queue, identifiers: [x], foreground: false, start: ./run it}
  - name: any
    start: while true; do echo "$HOME"; done
    status: [pgrep, any]
    ready: test -e "$HOME/up"
    working_directory: sub
    start_timeout: 1.001s
    restart: {on: [], restart_file: "tmp/%{name}"}
    limits: {memory: 30000K}
    unit: {MemoryMax: 80%, Nice: 5}
)");
}

TEST(ConfigWriter, WritesAnyStringSoThatItReadsTheSame) {
  for (const std::string& text :
       {std::string("it's"), std::string("say \"no\""), std::string("back\\slash\\n"),
        std::string("two\nlines\n"), std::string("\ttab\r"), std::string("100%"),
        std::string("%d %{ %"), std::string("größe ☃ 𝒳 \u0085 \u2028 \u00a0 \ufeff"),
        std::string("\x01\x1b[0m\x7f"), std::string("~"), std::string("null"),
        std::string("- a: b"), std::string("true"), std::string(" blanks "),
        std::string("a, [b] {c}"), std::string("*x"), std::string("#"),
        std::string("\xc2\x81\xee\x80\x80")}) {
    auto config = config_of("workers: [{name: a, start: [x]}, {preset: delayed_job, count: 1}]");
    config.app = text;
    config.env["KEY"] = text;
    config.notify = {"x", text};
    config.workers[0].start = {"x", text};
    config.workers[0].env = {{"KEY", text}};
    config.workers[1].start = {"bin/delayed_job", "--identifier=0", "--queue=" + text, "start"};
    const auto again = written_and_read(config);
    EXPECT_EQ(again.app, text);
    EXPECT_EQ(again.env, config.env);
    EXPECT_EQ(again.notify, config.notify);
    EXPECT_EQ(again.workers.at(0).start, config.workers[0].start);
    EXPECT_EQ(again.workers.at(0).env, config.workers[0].env);
    EXPECT_EQ(again.workers.at(1).start, config.workers[1].start);
  }
}

TEST(ConfigWriter, WritesEverySignalThatTheReaderTakesSoThatItReadsTheSame) {
  int taken = 0;
  for (int number = 1; number <= 64; ++number) {
    const auto parsed = parse_config(
        "workers: [{name: a, start: [x], stop_signal: " + std::to_string(number) + "}]", context());
    const auto* config = std::get_if<Config>(&parsed);
    if (config == nullptr) continue;
    ++taken;
    EXPECT_EQ(written_and_read(*config).workers.at(0).stop_signal, number);
  }
  EXPECT_GT(taken, 8);
}

TEST(ConfigWriter, ExpandsEveryWorkerIntoAnEntryOfItsOwn) {
  const auto yaml = format_config(config_of("workers: [{preset: delayed_job, count: 2}]"));
  EXPECT_NE(yaml.find("\nworkers:\n  - preset: delayed_job\n    identifiers: [\"0\"]\n"),
            std::string::npos)
      << yaml;
  EXPECT_NE(yaml.find("\n  - preset: delayed_job\n    identifiers: [\"1\"]\n"), std::string::npos);
  EXPECT_NE(yaml.find("start_timeout: 5m\n"), std::string::npos) << "as a person likes to read it";
}

TEST(YamlQuoted, IsADoubleQuotedScalar) {
  EXPECT_EQ(yaml_quoted("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(yaml_quoted("a\nb"), R"("a\x0ab")");
  EXPECT_EQ(yaml_quoted(""), R"("")");
}

}  // namespace
}  // namespace bootcheck
