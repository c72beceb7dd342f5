#include "support/temp_dir.h"

#include <cstdlib>
#include <stdexcept>
#include <string>

namespace bootcheck::test {

namespace fs = boost::filesystem;

TempDir::TempDir() {
  auto name = (fs::canonical(fs::temp_directory_path()) / "bootcheck-XXXXXX").native();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp " + name);
  path_ = name;
  fs::permissions(path_, fs::perms::owner_all | fs::add_perms | fs::group_read | fs::group_exe |
                             fs::others_read | fs::others_exe);
}

TempDir::~TempDir() {
  boost::system::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace bootcheck::test
