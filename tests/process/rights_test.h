// What the tests of rights share: an application that belongs to the user `daemon` (uid 1), and
// root who runs bootcheck for it. They need root.
#pragma once

#include "process/as_root.h"
#include "process/small_app_test.h"

#include <algorithm>
#include <string>
#include <vector>

#include <sys/stat.h>

namespace bootcheck::test {

inline constexpr const char* kFeedOnly =
    "workers: [{name: feed, start: [bin/feed], foreground: true, pid_file: tmp/pids/feed.pid}]\n";

class RightsTest : public testing::Test {
 protected:
  /// Everything of the application becomes the user's; root's own folder, /tmp, is above it.
  void give_to(const std::string& user) const {
    const auto done = run({"chown", "-R", "-h", user + ":" + user, app_.root().native()});
    ASSERT_EQ(done.status, 0) << done.err;
  }

  Finished as(const std::string& user, std::vector<std::string> command) const {
    std::vector<std::string> argv = {"setpriv", "--reuid=" + user, "--regid=" + user,
                                     "--clear-groups"};
    argv.insert(argv.end(), command.begin(), command.end());
    return run(argv);
  }

  /// The shell line, run by root.
  static Finished shell(const std::string& line) { return run({"/bin/sh", "-c", line}); }

  /// `1 1 1 1`: real, effective, saved and file system user of a process.
  static std::string users_of(pid_t pid) { return ids_of(pid, "Uid:"); }
  static std::string groups_of(pid_t pid) { return ids_of(pid, "Gid:"); }

  static std::string environment_of(pid_t pid) {
    auto text = read_file("/proc/" + std::to_string(pid) + "/environ");
    std::ranges::replace(text, '\0', '\n');
    return "\n" + text;
  }

  /// `daemon 640`; empty: no such file.
  static std::string owner_and_mode(const boost::filesystem::path& file) {
    auto out = run({"stat", "-c", "%U %a", file.native()}).out;
    while (!out.empty() && out.back() == '\n')
      out.pop_back();
    return out;
  }

  pid_t feed() const { return app_.living("feed"); }

  SmallApp app_;

 private:
  static std::string ids_of(pid_t pid, const std::string& name) {
    for (auto line : lines_of(read_file("/proc/" + std::to_string(pid) + "/status"))) {
      if (!line.starts_with(name)) continue;
      std::ranges::replace(line, '\t', ' ');
      return line.substr(name.size() + 1);
    }
    return "no process " + std::to_string(pid);
  }
};

}  // namespace bootcheck::test
