// The texts of --help and --version.
#pragma once

#include "cli/options.h"

#include <string>

namespace bootcheck {

std::string help_text();
/// One command with its options and an example.
std::string command_help(Command command);
std::string version_text();

}  // namespace bootcheck
