// Files, as tests write and read them.
#pragma once

#include <string>
#include <vector>

#include <boost/filesystem/path.hpp>

namespace bootcheck::test {

/// Makes the folder as well.
void write_file(const boost::filesystem::path& path, const std::string& text);
/// Empty when there is none; as much as can be read where reading fails, as in the /proc/PID of a
/// process that has just ended.
std::string read_file(const boost::filesystem::path& path);
std::vector<std::string> lines_of(const std::string& text);

}  // namespace bootcheck::test
