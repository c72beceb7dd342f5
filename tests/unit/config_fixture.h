// Configurations for the tests of the reader and the writer.
#pragma once

#include "config/reader.h"

#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

namespace bootcheck::fixture {

/// An example with a key of each kind.
inline constexpr std::string_view kExample = R"(
app: shop                      # in log lines, metrics, notifications; default: the root's folder name
root: /srv/shop/current         # resolved anew in every pass
environment: production
user: deploy                   # only when bootcheck is run by root: workers run as this user
env: {MALLOC_ARENA_MAX: "2"}   # added to a clean environment; `path:` is put before PATH (rbenv, asdf)
path: [/home/deploy/.rbenv/shims]
env_file: /srv/shop/shared/env # KEY=value lines

workers:
  - preset: delayed_job
    identifiers: [1, 2, 3]     # or `count: 3` for 0, 1, 2
    args: [--queues=default,mailers]
  - preset: delayed_job
    identifiers: [reports]
    args: [--queue=reports, --min-priority=10]
  - name: feed-%{id}           # any other program
    identifiers: [eu, us]
    start: [bin/feed, --region, "%{id}"]   # a list is exec'd as it is; a string goes through /bin/sh -c
    foreground: true           # it does not daemonize
    pid_file: tmp/pids/feed-%{id}.pid
    stop_signal: TERM

parallel_starts: 2             # default: the number of processors
start_timeout: 5m              # for the start command and for the worker to be seen running
restart: {mode: drain, on: [release, restart_file], restart_file: tmp/restart.txt, max_unavailable: 100%, max_surge: 100%}
limits: {memory: 600M, age: 1d}             # drain (never kill) a worker that outgrows one
backoff: {first: 1m, max: 30m}              # for a worker that does not stay up; 0 turns it off
orphans: warn                               # drain | warn | ignore
recover_jobs: true                          # of delayed_job workers that died
launcher: auto                              # direct | systemd | auto
lock_file: tmp/pids/bootcheck.lock
state_file: tmp/pids/bootcheck.state
stuck_after: 10m
log: {to: file, path: log/bootcheck.log}    # file | syslog | stderr; level; format: text | json
metrics_file: /var/lib/prometheus/node-exporter/bootcheck_shop.prom
notify: [bin/notify-ops]                    # section 7
)";

/// The least that is a configuration.
inline const std::string kWorkers = "workers: [{preset: delayed_job, count: 1}]\n";

/// What the command line and the machine say when nobody says anything special.
inline ConfigContext context() {
  ConfigContext context;
  context.file = "/srv/shop/current/config/bootcheck.yml";
  context.root = "/srv/shop/current";
  return context;
}

inline std::string text_of(const ConfigErrors& errors) {
  std::string text;
  for (const auto& error : errors)
    text += error.text() + "\n";
  return text;
}

/// A configuration that has to be right.
inline Config config_of(std::string_view yaml, const ConfigContext& given = context()) {
  auto parsed = parse_config(yaml, given);
  if (const auto* errors = std::get_if<ConfigErrors>(&parsed))
    throw std::runtime_error(text_of(*errors));
  return std::get<Config>(std::move(parsed));
}

/// A configuration that has to be wrong; empty: it is not.
inline ConfigErrors errors_of(std::string_view yaml, const ConfigContext& given = context()) {
  auto parsed = parse_config(yaml, given);
  if (auto* errors = std::get_if<ConfigErrors>(&parsed)) return std::move(*errors);
  return {};
}

/// The only worker of a configuration that says nothing but this entry, in flow style.
inline Worker worker_of(const std::string& entry) {
  return config_of("workers: [{" + entry + "}]").workers.at(0);
}

}  // namespace bootcheck::fixture
