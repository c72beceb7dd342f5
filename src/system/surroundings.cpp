#include "system/surroundings.h"

#include <algorithm>
#include <cstdlib>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

namespace bootcheck {

namespace fs = boost::filesystem;

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): there is one thread
  return value == nullptr ? std::string() : std::string(value);
}

Path working_directory() {
  const Path logical = environment_variable("PWD");
  boost::system::error_code error;
  if (logical.is_absolute() && fs::equivalent(logical, ".", error) && !error) return logical;
  return fs::current_path();
}

Path own_program() {
  return fs::read_symlink("/proc/self/exe");
}

std::vector<Path> files_in(const Path& folder, const std::string& extension) {
  std::vector<Path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace bootcheck
