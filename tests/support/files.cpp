#include "support/files.h"

#include <fstream>
#include <sstream>

#include <boost/filesystem/operations.hpp>

namespace bootcheck::test {

void write_file(const boost::filesystem::path& path, const std::string& text) {
  boost::filesystem::create_directories(path.parent_path());
  std::ofstream(path.native(), std::ios::binary) << text;
}

std::string read_file(const boost::filesystem::path& path) {
  const std::ifstream stream(path.native(), std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();  // unlike an iterator it does not throw
  return text.str();
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);)
    lines.push_back(line);
  return lines;
}

}  // namespace bootcheck::test
