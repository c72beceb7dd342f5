#include "cli/config_json.h"

#include <chrono>
#include <csignal>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace std::chrono_literals;

Worker feed_eu() {
  Worker worker;
  worker.name = "feed-eu";
  worker.identifier = "eu";
  worker.pid_file = "/srv/shop/tmp/pids/feed-eu.pid";
  worker.start = {"bin/feed", "--region", "eu"};
  worker.ready = {"pg_isready", "-q"};
  worker.working_directory = "/srv/shop";
  worker.env = {{"A", "1"}};
  worker.foreground = true;
  worker.stop_signal = SIGQUIT;
  worker.kill_after = 500ms;
  worker.restart.mode = RestartMode::surge;
  worker.restart.restart_file = "/srv/shop/tmp/restart.txt";
  worker.restart.max_surge = {.value = 2, .percent = false};
  worker.limits.memory = 629145600;
  worker.unit = {{"MemoryMax", "1G"}};
  return worker;
}

TEST(ConfigJson, IsTheWholeConfiguration) {
  Config config;
  config.file = "/srv/shop/config/bootcheck.yml";
  config.app = "shop";
  config.root = "/srv/shop";
  config.path = {"/opt/ruby/bin"};
  config.workers = {feed_eu()};
  config.parallel_starts = 2;
  config.lock_file = "/srv/shop/tmp/pids/bootcheck.lock";
  config.state_file = "/srv/shop/tmp/pids/bootcheck.state";
  config.log.path = "/srv/shop/log/bootcheck.log";
  config.notify = {"bin/notify-ops"};
  EXPECT_EQ(config_json(config), R"({
  "schema": 1,
  "file": "/srv/shop/config/bootcheck.yml",
  "app": "shop",
  "root": "/srv/shop",
  "environment": "production",
  "user": null,
  "env": {},
  "path": ["/opt/ruby/bin"],
  "env_file": null,
  "parallel_starts": 2,
  "backoff": {
    "first_seconds": 60,
    "max_seconds": 300
  },
  "orphans": "warn",
  "recover_jobs": true,
  "launcher": "auto",
  "lock_file": "/srv/shop/tmp/pids/bootcheck.lock",
  "state_file": "/srv/shop/tmp/pids/bootcheck.state",
  "stuck_after_seconds": 600,
  "log": {
    "to": "file",
    "level": "info",
    "format": "text",
    "path": "/srv/shop/log/bootcheck.log"
  },
  "metrics_file": null,
  "notify": ["bin/notify-ops"],
  "workers": [
    {
      "name": "feed-eu",
      "identifier": "eu",
      "preset": null,
      "enabled": true,
      "pid_file": "/srv/shop/tmp/pids/feed-eu.pid",
      "process_title": null,
      "start": ["bin/feed", "--region", "eu"],
      "status": [],
      "ready": ["pg_isready", "-q"],
      "stop": [],
      "working_directory": "/srv/shop",
      "env": {
        "A": "1"
      },
      "foreground": true,
      "preload": false,
      "stop_signal": "QUIT",
      "start_timeout_seconds": 300,
      "kill_after_seconds": 0.5,
      "restart": {
        "mode": "surge",
        "boot": "before",
        "on": ["release", "restart_file"],
        "restart_file": "/srv/shop/tmp/restart.txt",
        "max_unavailable": "100%",
        "max_surge": 2,
        "settle_seconds": 6,
        "preloader_wait_seconds": 120
      },
      "limits": {
        "memory_bytes": 629145600,
        "age_seconds": null
      },
      "unit": {
        "MemoryMax": "1G"
      }
    }
  ]
}
)");
}

}  // namespace
}  // namespace bootcheck
