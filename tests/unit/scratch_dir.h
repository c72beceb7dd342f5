// A folder of a test's own, removed with all that is in it.
#pragma once

#include <boost/filesystem/operations.hpp>
#include <boost/filesystem/path.hpp>

namespace bootcheck {

class ScratchDir {
 public:
  ScratchDir()
      : path_(boost::filesystem::canonical(boost::filesystem::temp_directory_path()) /
              boost::filesystem::unique_path("bootcheck-test-%%%%%%%%")) {
    boost::filesystem::create_directory(path_);
  }
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;
  ~ScratchDir() {
    boost::system::error_code ignored;
    boost::filesystem::remove_all(path_, ignored);
  }

  const boost::filesystem::path& path() const { return path_; }

 private:
  boost::filesystem::path path_;
};

}  // namespace bootcheck
