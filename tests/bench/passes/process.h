// Whole processes, run to their end and measured from outside.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <boost/filesystem/path.hpp>

#include <sys/types.h>

namespace bootcheck::bench {

using Path = boost::filesystem::path;
using Argv = std::vector<std::string>;

struct Command {
  Argv argv;
  Path directory = "/";
  int highest_status = 0;  ///< the worst exit status that still means success
};

struct Cost {
  double wall_ms = 0;
  int status = 0;        ///< as wait(2) gives it
  long page_faults = 0;  ///< those that were served without reading from a disk
};

/// From just before the start to just after the end. Its output goes to /dev/null; throws where it
/// cannot be started.
Cost measure(const Command& command);

/// The same, and throws unless it succeeds.
double wall_ms_of(const Command& command);

/// Lets the next start of a program read its file as the first one after a boot does. Otherwise
/// what it was written by shows in each start: the kernel maps a file that was written in one go in
/// larger pieces than one that a linker wrote here and there.
void read_anew(const std::string& program);

/// Starts a process that stays, detached from our terminal.
pid_t start(const Command& command);

/// Makes this program the parent of what is left behind by those it starts, so that their CPU time
/// can be told.
void adopt_orphans();

/// CPU time of all children that have ended and were waited for, with their own.
double cpu_ms_of_ended_children();
/// CPU time of a living process.
double cpu_ms_of(pid_t pid);

/// Waits for children that have ended, whoever started them.
void reap();

/// Asks processes to end (by their pids) and waits until they have.
void end(const std::vector<pid_t>& pids, int signal);

/// A number of kB in a file of /proc/PID, `VmRSS:` or `Pss:`; throws without.
double kilobytes(pid_t pid, const std::string& file, const std::string& field);

/// The program under test, with words behind it.
Argv bootcheck(Argv words);

/// What an executable of that name is called in full; empty: not installed.
std::string find_program(const std::string& name);

}  // namespace bootcheck::bench
