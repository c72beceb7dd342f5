// Is this process that worker? Proof by what a process bears: its user, its title, its working
// directory.
#pragma once

#include "model/observation.h"
#include "model/worker.h"

#include <vector>

#include <sys/types.h>

namespace bootcheck {

/// Where and as whom the workers of one application run.
struct App {
  uid_t uid = 0;         ///< the workers' user
  Path release;          ///< what `root` resolves to now
  Path releases_folder;  ///< where `root` is a link: the folder that holds the link; else empty
  std::vector<Path> neighbours;  ///< where other links in that folder lead: other applications

  /// Whether a directory is inside the application, removed releases included.
  bool contains(const Path& directory) const;
  /// Whether a process that was found by its title and nothing else is the application's: inside
  /// it, and not where another application is.
  bool owns(const Path& directory) const;
};

/// Whether `directory` is `folder` or below it; both absolute and normal.
bool is_below(const Path& directory, const Path& folder);

/// The command line is exactly the worker's title, or PREFIX/ and the title (`delayed_job -p
/// PREFIX`). A worker without a title bears its start command line.
bool bears_title(const Argv& command_line, const Worker& worker);

/// A start of the worker is under way: `ruby bin/delayed_job --identifier=2 start`, several workers
/// in one command line included, or the start command line of any other program behind whatever
/// interpreter runs it.
bool is_start_of(const Argv& command_line, const Worker& worker);

/// The words of a command with blanks between them, for people and for comparing.
std::string command_text(const Argv& command);

}  // namespace bootcheck
