// Whether a process looks like a worker, by its command line alone; and what the kinds of workers
// have of their own.
#pragma once

#include "model/worker.h"

#include <string>

namespace bootcheck {

/// The command line is exactly the worker's title, or PREFIX/ and the title (`delayed_job -p
/// PREFIX`). A worker without a title bears its start command line.
bool bears_title(const Argv& command_line, const Worker& worker);

/// A start of the worker is under way: `ruby bin/delayed_job --identifier=2 start`, several workers
/// in one command line included, or the start command line of any other program behind whatever
/// interpreter runs it.
bool is_start_of(const Argv& command_line, const Worker& worker);

/// Whether the command line is that of a worker of a preset whose workers tell by their title what
/// they are, configured or not.
bool bears_any_title(const Argv& command_line);

/// Whether workers like this one can be recognised although the configuration does not name them.
bool may_have_orphans(const Worker& worker);

/// Whether the worker, once it bears its title, has still to change into the application.
bool changes_back(const Worker& worker);

/// Whether the jobs that a dead process of this worker had locked can be handed back to their
/// queue.
bool hands_back_jobs(const Worker& worker);

/// A worker without a title and its start command look alike, unless it is bootcheck itself that
/// detaches it.
bool tells_itself(const Worker& worker);

/// How delayed_job calls the worker in `locked_by`, before host and pid. Those of `rake jobs:work`
/// have no name: any of them may have locked what a dead one of the same pid had.
std::string name_in_locks(const Worker& worker);

/// Whether one process that has booted the application can serve the worker, and go on to serve
/// others like it.
bool has_preloader(const Worker& worker);

/// Whether the application is to be booted before a running worker is asked to make room for its
/// successor.
bool boots_first(const Worker& worker);

/// Whether one boot of their application can serve both workers (`preload`): they have the same
/// program, folder and environment, and may run in one transient unit.
bool share_a_boot(const Worker& one, const Worker& other);

/// The words of a command with blanks between them, for people and for comparing.
std::string command_text(const Argv& command);

}  // namespace bootcheck
