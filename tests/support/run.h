// Commands, run to their end or beside the test.
#pragma once

#include "support/temp_dir.h"
#include "support/wait_until.h"

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include <boost/filesystem/path.hpp>

#include <sys/types.h>

namespace bootcheck::test {

using Environment = std::map<std::string, std::string>;

struct Finished {
  int status = -1;  ///< exit status; 128 and the number of the signal that ended it
  std::string out;
  std::string err;
};

struct RunOptions {
  boost::filesystem::path directory = "/";
  Environment env;                     ///< added to the test's own
  std::chrono::seconds limit = kHang;  ///< then it is killed: status 137
};

/// Runs a command, with stdin from /dev/null. Its output goes through files, so a daemon that keeps
/// them open holds nobody up.
Finished run(const std::vector<std::string>& argv, const RunOptions& options = {});

/// A command that runs beside the test; ended by its own pid, at the latest with this object.
class Background {
 public:
  explicit Background(const std::vector<std::string>& argv, const RunOptions& options = {});
  ~Background();
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;

  pid_t pid() const { return pid_; }
  bool has_ended();
  /// Its exit status; 137 when it had to be killed after `limit`.
  int wait(std::chrono::seconds limit = kHang);
  std::string out() const;
  std::string err() const;

 private:
  pid_t pid_ = 0;
  int status_ = -1;
  bool reaped_ = false;
  TempDir output_;
};

}  // namespace bootcheck::test
