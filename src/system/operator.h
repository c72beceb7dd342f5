// Who typed the command.
#pragma once

#include <string>

namespace bootcheck {

/// The person at the terminal, not the user that sudo changed to, nor the one that bootcheck
/// becomes: has to be asked once before that changes the environment.
const std::string& operator_name();

}  // namespace bootcheck
