// Words used everywhere.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include <boost/filesystem/path.hpp>

namespace bootcheck {

using Path = boost::filesystem::path;
using Duration = std::chrono::milliseconds;
inline constexpr Duration kForEver = Duration::max();
/// A program and its arguments, exec'd as they are; a shell line is {"/bin/sh", "-c", line}. Empty:
/// none.
using Argv = std::vector<std::string>;

}  // namespace bootcheck
