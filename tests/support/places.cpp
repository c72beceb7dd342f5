#include "support/places.h"

#include <cstdlib>

#include <boost/filesystem/operations.hpp>

namespace bootcheck::test {

namespace fs = boost::filesystem;

std::string bootcheck_binary() {
  const char* other = std::getenv("BOOTCHECK_BINARY");  // NOLINT(concurrency-mt-unsafe)
  return other != nullptr && *other != '\0' ? other : BOOTCHECK_BINARY;
}

const fs::path& source_dir() {
  static const fs::path kFolder = BOOTCHECK_SOURCE_DIR;
  return kFolder;
}

std::string own_mounts() {
  return (source_dir() / "tests/support/own_mounts").native();
}

fs::path test_program(const std::string& name) {
  return fs::read_symlink("/proc/self/exe").parent_path() / name;
}

}  // namespace bootcheck::test
