// Why a process is asked to stop.
#pragma once

#include <optional>
#include <string_view>

namespace bootcheck {

enum class StopReason {
  restart,       ///< an operator asked for it
  release,       ///< it runs the code of another release
  restart_file,  ///< the restart file was touched
  memory,        ///< it outgrew its memory limit
  age,           ///< it outgrew its age limit
  stop,          ///< it is held
  duplicate,     ///< there is another one of it
  orphan         ///< the configuration does not name it
};

/// `restart_file`, as it stands in the log, in JSON and in the state file.
std::string_view name_of(StopReason reason);

/// The reason of that name; none: there is no such reason.
std::optional<StopReason> stop_reason_named(std::string_view name);

}  // namespace bootcheck
