// Commands that are started, and the waiting for what becomes of them: a part of the machine.
#pragma once

#include "model/command_outcome.h"
#include "model/observation.h"

#include <map>
#include <string>
#include <string_view>
#include <variant>
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
  bool converses =
      false;  ///< its stdin is a socket that begins with `input` and stays open: see tell()
  /// A socket that listens: the command converses, but not through its stdin. Something of it calls
  /// here once it itself has ended well, and is the command from then on; -1: none.
  int listening_descriptor = -1;
  Path output;  ///< stdout and stderr are appended here; its folder is created
  /// The child writes its own pid here before it becomes the program, and does not become it where
  /// it cannot; its folder is created. Empty: none.
  Path pid_file;
  Duration time_limit{0};  ///< after this the whole process group is to be ended; 0: never
};

struct CommandEnd {
  pid_t command = 0;
  LaunchOutcome outcome;
};
struct ProcessEnd {
  ProcessId process;
};
/// A file was written or put there.
struct FileChange {
  Path file;
};
/// A command that converses has said a line.
struct Said {
  pid_t command = 0;
  std::string line;
};
using Occurrence = std::variant<CommandEnd, ProcessEnd, FileChange, Said>;

/// Several commands at a time, and whatever else is waited for meanwhile. At the end of its life
/// commands that still run live on.
class Launches {
 public:
  virtual ~Launches() = default;

  /// Makes a file for what a command prints, in place of one above 10 MB that was not made here,
  /// and its folder. Returns why that cannot be done, which is so also of a FIFO and the like;
  /// empty: it is there.
  virtual std::string make_output(const Path& file) = 0;

  /// Starts a command. Its pid is also its session and its process group.
  virtual std::variant<pid_t, NotStarted> start(const LaunchRequest& request) = 0;

  /// Says a line to a command that converses; false: it does not listen any more.
  virtual bool tell(pid_t command, std::string_view line) = 0;

  /// Ends the conversation: the command comes to the end of its input.
  virtual void hang_up(pid_t command) = 0;

  /// Signals the whole process group of a command whose end was not told yet; once that was done,
  /// what is left of the group at the command's end is killed. Of any other command: nothing.
  virtual void signal_group(pid_t command, int signal) = 0;

  /// Nobody waits for this command any more.
  virtual void let_go(pid_t command) = 0;

  /// Tells when this process, no command of ours, has ended.
  virtual void watch(const ProcessId& process) = 0;

  /// Tells when a file in this folder is written; false where that cannot be had.
  virtual bool watch_folder(const Path& folder) = 0;

  /// What has happened; sleeps for it until `until` on the monotonic clock. Empty: the time is
  /// over, or somebody has woken us for nothing.
  virtual std::vector<Occurrence> wait(Duration until) = 0;
};

}  // namespace bootcheck
