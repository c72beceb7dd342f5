// Starts commands. The only code that includes Boost.Process.
#pragma once

#include "model/command_outcome.h"
#include "model/worker.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

namespace bootcheck {

/// One command to start, in a session of its own, with default signal dispositions, an empty signal
/// mask, and no descriptor but 0, 1 and 2, as the user that every child has to be
/// (expect_children_as); a child that is anybody else becomes no program.
struct LaunchRequest {
  Argv argv;  ///< argv[0] without a slash is looked up in env's PATH
  Path working_directory;
  std::map<std::string, std::string> env;  ///< the whole environment
  std::string input;                       ///< what it reads from stdin; empty: /dev/null
  int input_descriptor = -1;               ///< its stdin, in place of `input`; -1: none
  Path output;             ///< stdout and stderr are appended here; its folder is created
  Duration time_limit{0};  ///< after this the whole process group is ended; 0: none
};

/// Several start commands at a time, on one io_context. Children are never killed by its end: they
/// are detached.
class Launches {
 public:
  Launches();
  ~Launches();
  Launches(const Launches&) = delete;
  Launches& operator=(const Launches&) = delete;

  /// Starts a command. `done` is called once from run(), unless the command could not be started:
  /// then before this returns. Returns its pid (also its session and process group), or 0.
  pid_t start(const LaunchRequest& request, std::function<void(const LaunchOutcome&)> done);

  /// Calls `tick` (from run()) every `interval` until it returns false.
  void every(Duration interval, std::function<bool()> tick);

  /// Lets go of a started command: it lives on; its `done` is called with LeftRunning if it still
  /// runs.
  void detach(pid_t pid);

  /// Runs until every command has ended, was detached or timed out, and every tick has returned
  /// false.
  void run();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Makes a file for a command's output, and its folder. Returns why that cannot be done; empty: it
/// is there.
std::string make_output(const Path& file);

/// The last `lines` lines of a file from `offset` bytes on, at most 4 KB; empty when it cannot be
/// read.
std::string tail(const Path& file, std::uint64_t offset, int lines);

}  // namespace bootcheck
