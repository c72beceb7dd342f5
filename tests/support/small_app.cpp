#include "support/small_app.h"

#include "support/demo_app.h"
#include "support/files.h"
#include "support/places.h"
#include "support/wait_until.h"

#include <charconv>
#include <csignal>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;

/// The pid in a file; 0: none. A FIFO in its place is not opened.
pid_t pid_in(const fs::path& file) {
  boost::system::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return 0;
  const auto text = read_file(file);
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), pid);
  return error == std::errc() && pid > 1 ? pid : 0;
}

}  // namespace

SmallApp::SmallApp() {
  script("bin/feed", "trap 'kill $!; echo down; exit 0' TERM\necho up \"$@\"\nsleep 1000 & wait");
}

SmallApp::~SmallApp() {
  end_all_of(root());
}

void SmallApp::configure(const std::string& yaml) const {
  configure_literally(yaml + "\nlauncher: direct\n");
}

void SmallApp::configure_literally(const std::string& yaml) const {
  write_file(root() / "config/bootcheck.yml", yaml);
}

void SmallApp::script(const std::string& name, const std::string& body,
                      const std::string& interpreter) const {
  write_file(root() / name, "#!" + interpreter + "\n" + body + "\n");
  fs::permissions(root() / name, fs::owner_all | fs::group_exe | fs::group_read);
}

Finished SmallApp::bootcheck(const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv = {bootcheck_binary(), "-C", root().native()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run(argv);
}

fs::path SmallApp::pid_file(const std::string& worker) const {
  return root() / "tmp/pids" / (worker + ".pid");
}

pid_t SmallApp::living(const std::string& worker) const {
  const pid_t pid = pid_in(pid_file(worker));
  return pid != 0 && is_alive(pid) ? pid : 0;
}

std::string SmallApp::output(const std::string& worker) const {
  return read_file(root() / "log" / (worker + ".start.log"));
}

std::string SmallApp::log() const {
  return read_file(root() / "log/bootcheck.log");
}

std::map<std::string, std::string> SmallApp::listing() const {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(root())) {
    const bool is_file = entry.symlink_status().type() == fs::regular_file;
    files[entry.path().native()] =
        std::to_string(entry.symlink_status().type()) + " " +
        (is_file ? std::to_string(fs::last_write_time(entry.path())) + read_file(entry.path())
                 : std::string());
  }
  return files;
}

bool kill_and_wait(pid_t pid) {
  return pid > 1 && ::kill(pid, SIGKILL) == 0 && wait_until([pid] { return !is_alive(pid); });
}

}  // namespace bootcheck::test
