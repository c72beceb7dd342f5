// What the tests of system/launch share.
#pragma once

#include "launch/host.h"
#include "launch/run_commands.h"
#include "support/demo_app.h"
#include "support/files.h"
#include "support/temp_dir.h"
#include "support/wait_until.h"
#include "system/identity.h"
#include "util/unique_fd.h"

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <string>
#include <vector>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

namespace bootcheck {

/// `exited 3`, `signal 9`, `not started: WHY`...
inline std::string words(const LaunchOutcome& outcome) {
  if (const auto* exited = std::get_if<Exited>(&outcome))
    return "exited " + std::to_string(exited->code);
  if (const auto* killed = std::get_if<KilledBySignal>(&outcome))
    return "signal " + std::to_string(killed->signal);
  if (const auto* failed = std::get_if<NotStarted>(&outcome)) return "not started: " + failed->why;
  return std::holds_alternative<TimedOut>(outcome) ? "timed out" : "left running";
}

/// The children of this process, living or not yet reaped.
inline std::string children() {
  return test::read_file("/proc/thread-self/children");
}

inline std::vector<int> descriptors_of(pid_t pid) {
  std::vector<int> all;
  boost::system::error_code gone;
  boost::filesystem::directory_iterator each("/proc/" + std::to_string(pid) + "/fd", gone);
  for (; !gone && each != boost::filesystem::directory_iterator(); each.increment(gone))
    all.push_back(std::stoi(each->path().filename().native()));
  std::ranges::sort(all);
  return all;
}

/// A line of /proc/PID/status such as `SigIgn:	0000000000001000`.
inline std::uint64_t signal_set(pid_t pid, const std::string& name) {
  for (const auto& line :
       test::lines_of(test::read_file("/proc/" + std::to_string(pid) + "/status"))) {
    if (line.starts_with(name + ":")) return std::stoull(line.substr(name.size() + 1), nullptr, 16);
  }
  throw std::runtime_error("no " + name + " of " + std::to_string(pid));
}

/// Ends a process, of whomever it is the child, and waits until it is gone.
inline void end_process(pid_t pid) {
  if (pid <= 1) return;
  if (test::is_alive(pid)) ::kill(pid, SIGKILL);
  EXPECT_TRUE(test::wait_until([pid] {
    const pid_t reaped = ::waitpid(pid, nullptr, WNOHANG);
    return reaped == pid || (reaped < 0 && !test::is_alive(pid));  // not a child of ours
  }));
}

/// A command that was started and is still at work.
class LeftAlone {
 public:
  explicit LeftAlone(const LaunchRequest& request) {
    const auto launched = Host().launches()->start(request);
    if (const auto* pid = std::get_if<pid_t>(&launched)) pid_ = *pid;
    if (pid_ == 0) throw std::runtime_error("not started: " + request.argv.front());
  }
  LeftAlone(const LeftAlone&) = delete;
  LeftAlone& operator=(const LeftAlone&) = delete;
  ~LeftAlone() { end_process(pid_); }

  pid_t pid() const { return pid_; }

 private:
  pid_t pid_ = 0;
};

class LaunchTest : public testing::Test {
 protected:
  LaunchTest() { expect_children_as(Identity::of_this_process()); }

  const Path& folder() const { return folder_.path(); }

  LaunchRequest request(const Argv& argv) const {
    LaunchRequest request;
    request.argv = argv;
    request.working_directory = folder();
    request.env = {{"PATH", "/usr/bin:/bin"}};
    request.output = folder() / "log/out";
    return request;
  }
  LaunchRequest shell(const std::string& line) const { return request({"/bin/sh", "-c", line}); }

  static LaunchOutcome launch(const LaunchRequest& request) {
    Host machine;
    return run_commands(machine, {request}).front();
  }

  void script(const std::string& name, const std::string& body) const {
    test::write_file(folder() / name, "#!/bin/sh\n" + body + "\n");
    boost::filesystem::permissions(folder() / name, boost::filesystem::owner_all);
  }

  std::string output() const { return test::read_file(folder() / "log/out"); }

  Host machine_;
  const std::string children_before_ = children();

  /// The pid that the command has printed as its first line.
  pid_t printed_pid() const {
    test::wait_until([this] { return output().find('\n') != std::string::npos; });
    return std::stoi(output());
  }

 private:
  test::TempDir folder_;
};

}  // namespace bootcheck
