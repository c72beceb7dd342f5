// Whose rights a pass that root started has: decided by who could have written its configuration.
// Pure.
#pragma once

#include "system/way.h"

#include <string>
#include <variant>

#include <sys/types.h>

namespace bootcheck {

/// Nobody but root can change what the path leads to.
struct RootDecides {};

/// The first step that is not root's: its owner decides what lies behind it.
struct OwnerDecides {
  uid_t owner;
  Path step;
};

/// Root's, and yet others may change it: nobody can tell who decides.
struct Undecided {
  std::string why;  ///< names the step
};

using Decider = std::variant<RootDecides, OwnerDecides, Undecided>;

/// Who decides what is found at the end of a way. A file or folder of root's that group or others
/// may write to leaves that open, unless it is a folder with the sticky bit: in such a one, /tmp
/// say, nobody can replace what is there, only add what is missing.
Decider who_decides(const Way& way);

}  // namespace bootcheck
