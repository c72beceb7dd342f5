// What tests of real delayed_job workers have in common.
#pragma once

#include "support/demo_app.h"
#include "support/files.h"
#include "support/wait_until.h"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck::test {

/// A demo application whose workers are delayed_job.0, delayed_job.1 and delayed_job.2.
class RealWorkers : public testing::Test {
 protected:
  explicit RealWorkers(Layout layout = Layout::plain, std::string database = {})
      : app_(layout, std::move(database)) {}

  static const std::vector<std::string>& names() {
    static const std::vector<std::string> kNames = {"delayed_job.0", "delayed_job.1",
                                                    "delayed_job.2"};
    return kNames;
  }

  /// Overwrites the default: three workers, no back-off.
  void configure(const std::string& yaml) const {
    write_file(app_.root() / "config" / "bootcheck.yml", yaml);
  }

  Finished pass(std::vector<std::string> arguments = {}) const {
    if (!boost::filesystem::exists(app_.root() / "config" / "bootcheck.yml"))
      configure("workers: [{preset: delayed_job, count: 3}]\nbackoff: 0\n");
    return app_.bootcheck(arguments);
  }

  /// A pass that has to end well and silently.
  void good_pass() const {
    const auto finished = pass();
    EXPECT_EQ(finished.status, 0);
    EXPECT_EQ(finished.out, "");
    EXPECT_EQ(finished.err, "");
  }

  /// The only process of a worker; 0, and a failure, if there is another number of them.
  pid_t only(const std::string& worker) const {
    const auto pids = app_.living(worker);
    EXPECT_EQ(pids.size(), 1U) << worker << "\n" << story();
    return pids.size() == 1 ? pids.front() : 0;
  }

  /// The three workers' pids, each running once.
  std::map<std::string, pid_t> all() const {
    std::map<std::string, pid_t> pids;
    for (const auto& name : names())
      pids[name] = only(name);
    return pids;
  }

  void kill_and_wait(pid_t pid, int signal) const {
    ASSERT_GT(pid, 1);
    ASSERT_EQ(::kill(pid, signal), 0);
    ASSERT_TRUE(wait_until([pid] { return !is_alive(pid); }));
  }

  /// Waits until `count` runs of jobs have begun (and not ended), and returns their workers' pids.
  std::vector<pid_t> busy(std::size_t count) const {
    std::vector<pid_t> pids;
    EXPECT_TRUE(wait_until([&] {
      pids.clear();
      for (const auto& run : app_.runs()) {
        if (run.at("finished_at").is_null())
          pids.push_back(static_cast<pid_t>(run.at("pid").as_int64()));
      }
      return pids.size() >= count;
    }));
    return pids;
  }

  std::string name_of(pid_t pid) const { return command_line(pid); }

  /// Passes as cron makes them, only more often, until it is so.
  void passes_until(const std::function<bool()>& condition) const {
    EXPECT_TRUE(wait_until([&] {
      pass();
      return condition();
    })) << story();
  }

  /// One worker gets a job that ends when `app_.let_jobs_end` is called; returns its pid.
  pid_t keep_one_busy() const {
    app_.enqueue("wait");
    const auto pids = busy(1);
    return pids.empty() ? 0 : pids.front();
  }

  /// Whether each of the three runs once, and none of them as the process that it was.
  bool are_all_new(const std::map<std::string, pid_t>& before) const {
    for (const auto& [name, pid] : before) {
      const auto pids = app_.living(name);
      if (pids.size() != 1 || pids.front() == pid) return false;
    }
    return true;
  }

  bool are_all_done() const { return app_.jobs().empty(); }

  /// How often each job ran to its end.
  std::map<std::string, int> finished_runs() const {
    std::map<std::string, int> counts;
    for (const auto& run : app_.runs()) {
      if (!run.at("finished_at").is_null()) ++counts[std::string(run.at("name").as_string())];
    }
    return counts;
  }

  /// What a failed test is understood by.
  std::string story() const {
    std::string text = log();
    for (const pid_t pid : processes_in(app_.root().parent_path()))
      text += std::to_string(pid) + " " + command_line(pid) + "\n";
    return text + app_.bootcheck({"status"}).out;
  }

  std::string log() const { return read_file(app_.root() / "log" / "bootcheck.log"); }

  DemoApp app_;
};

}  // namespace bootcheck::test
