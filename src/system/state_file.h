// The state file and the file of holds: JSON, versioned, replaced atomically. The state is stamped
// with where it was written.
#pragma once

#include "model/event.h"
#include "system/machine.h"

#include <string>
#include <string_view>
#include <vector>

namespace bootcheck {

/// Text in, state out, stamped with `here`; none when it is damaged or of a schema this program
/// does not know. What it remembers of processes is void when it was written in another boot or
/// elsewhere: each `process` becomes `former_pid`; holds stay.
std::optional<State> parse_state(std::string_view text, const Stamp& here);
std::string format_state(const State& state);

/// The same for the holds; none: the text is damaged.
std::optional<Holds> parse_holds(std::string_view text);
std::string format_holds(const Holds& holds);

/// Where the holds are kept: `tmp/pids/bootcheck.holds` beside `tmp/pids/bootcheck.state`.
Path holds_path(const Path& state_file);

struct LoadedState {
  State state;       ///< empty but for the stamp when there was none or it was unusable
  Stamp written_by;  ///< empty: it was not, or by a version that kept no stamp
  std::vector<Failure> problems;  ///< why a file was unusable
  bool is_unread = false;  ///< there is a state, but it could not be read: it must not be replaced
  /// Reading the state or the holds failed, and may not the next time: who runs, or who is held,
  /// cannot be told.
  std::optional<Failure> unread;
  bool is_of_earlier_version = false;  ///< written by a version that kept holds in the state
};

/// The state and the holds. Never throws for what the files hold or lack.
LoadedState load_state(Machine& machine, const Path& path, const Stamp& here);

/// Each writes a temporary file in the same folder, fsyncs and renames it. Throws std::system_error
/// naming the path.
void save_state(Machine& machine, const Path& path, const State& state);
void save_holds(Machine& machine, const Path& state_file, const Holds& holds);

}  // namespace bootcheck
