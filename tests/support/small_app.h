// An application of small shell scripts: workers that start in no time, and no Ruby.
#pragma once

#include "support/run.h"
#include "support/temp_dir.h"

#include <map>
#include <string>
#include <vector>

#include <boost/filesystem/path.hpp>

#include <sys/types.h>

namespace bootcheck::test {

/// One worker of that application.
inline constexpr const char* kFeed =
    "workers: [{name: feed, start: [bin/feed, eu], foreground: true}]\n";

class SmallApp {
 public:
  /// With the script bin/feed, a foreground worker: says `up ARGS...`, and when asked to stop by
  /// TERM, `down`.
  SmallApp();
  /// Ends all its processes: end_all_of.
  ~SmallApp();
  SmallApp(const SmallApp&) = delete;
  SmallApp& operator=(const SmallApp&) = delete;

  const boost::filesystem::path& root() const { return folder_.path(); }

  /// Writes config/bootcheck.yml; nothing is handed to systemd, where there is one.
  void configure(const std::string& yaml) const;
  /// The same with nothing added.
  void configure_literally(const std::string& yaml) const;
  /// Writes an executable; `name` is relative to the root.
  void script(const std::string& name, const std::string& body,
              const std::string& interpreter = "/bin/sh") const;

  /// bootcheck -C ROOT ARGS...
  Finished bootcheck(const std::vector<std::string>& arguments = {}) const;

  boost::filesystem::path pid_file(const std::string& worker) const;
  /// The pid in a worker's pid file, if that process lives; 0: none.
  pid_t living(const std::string& worker) const;
  /// What a worker has written to stdout and stderr.
  std::string output(const std::string& worker) const;
  std::string log() const;
  /// Every file below the root: path, kind, time, and text.
  std::map<std::string, std::string> listing() const;

 private:
  TempDir folder_;
};

/// Sends SIGKILL and waits until the process is gone; whether it is.
bool kill_and_wait(pid_t pid);

}  // namespace bootcheck::test
