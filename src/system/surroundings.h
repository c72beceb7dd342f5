// Where and with what the program was called.
#pragma once

#include "util/types.h"

#include <string>
#include <vector>

namespace bootcheck {

/// Empty where it is not set.
std::string environment_variable(const char* name);

/// The working directory as the shell names it: in /srv/shop/current, a link, getcwd(3) would tell
/// the release and hide that other releases belong to the same application. Throws
/// std::system_error.
Path working_directory();

/// The file that this program runs from. Throws std::system_error.
Path own_program();

/// The files of a folder that end so (`.yml`), sorted. Throws std::system_error.
std::vector<Path> files_in(const Path& folder, const std::string& extension);

}  // namespace bootcheck
