// The state file: JSON, versioned, stamped with the boot id, replaced atomically.
#pragma once

#include "system/machine.h"

#include <string>
#include <string_view>
#include <variant>

namespace bootcheck {

/// Text in, state out; none when it is damaged or of a schema this program does not know. What it
/// remembers of processes is void when its boot id is not `boot_id`: each `process` becomes
/// `former_pid`; holds stay.
std::optional<State> parse_state(std::string_view text, const std::string& boot_id);
std::string format_state(const State& state);

struct LoadedState {
  State state;          ///< empty but for the boot id when there was none or it was unusable
  std::string problem;  ///< why the file was unusable; empty: it was fine or absent
};

/// Never throws for what the file holds or lacks.
LoadedState load_state(Machine& machine, const Path& path, const std::string& boot_id);

/// Writes a temporary file in the same folder, fsyncs and renames it. Throws std::system_error
/// naming the path.
void save_state(Machine& machine, const Path& path, const State& state);

}  // namespace bootcheck
