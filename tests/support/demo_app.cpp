#include "support/demo_app.h"

#include "support/files.h"
#include "support/places.h"
#include "support/reaper.h"
#include "support/wait_until.h"

#include <algorithm>
#include <charconv>
#include <csignal>
#include <stdexcept>

#include <boost/filesystem/directory.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;

fs::path model_app() {
  return source_dir() / "tests" / "support" / "demo_app";
}

std::optional<pid_t> number(const std::string& text) {
  pid_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

void copy_tree(const fs::path& from, const fs::path& to) {
  fs::create_directories(to.parent_path());
  fs::copy(from, to, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
}

void must_succeed(const Finished& finished, const std::string& what) {
  if (finished.status != 0) throw std::runtime_error(what + ": " + finished.out + finished.err);
}

void link_shared(const fs::path& release, const fs::path& shared) {
  for (const char* folder : {"tmp/pids", "log", "db"}) {
    fs::create_directories(shared / folder);
    fs::create_directories((release / folder).parent_path());
    fs::create_symlink(shared / folder, release / folder);
  }
}

/// As Capistrano does it: a new link, renamed over the old one.
void point_current(const fs::path& current, const fs::path& release) {
  auto next = current;
  next += ".new";
  fs::create_symlink(release, next);
  fs::rename(next, current);
}

/// Dead, but for its entry in the table of processes: all its threads are, the leader is the first.
bool is_zombie(pid_t pid) {
  boost::system::error_code gone;
  fs::directory_iterator task(fmt::format("/proc/{}/task", pid), gone);
  for (; !gone && task != fs::directory_iterator(); task.increment(gone)) {
    const auto stat = read_file(task->path() / "stat");
    const auto bracket = stat.rfind(')');
    if (bracket != std::string::npos && bracket + 2 < stat.size() && stat[bracket + 2] != 'Z' &&
        stat[bracket + 2] != 'X')
      return false;
  }
  return true;
}

/// A folder of a test has a name that no other path contains; in front of it may stand the root of
/// another process (`/proc/root`, see own_mounts).
bool is_below(const fs::path& directory, const fs::path& folder) {
  return (directory.native() + "/").find(folder.native() + "/") != std::string::npos;
}

}  // namespace

std::vector<pid_t> processes_in(const fs::path& folder) {
  std::vector<pid_t> found;
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const auto pid = number(entry.path().filename().native());
    boost::system::error_code gone;
    const auto directory = pid ? fs::read_symlink(entry.path() / "cwd", gone) : fs::path();
    if (pid && !gone && is_below(directory, folder) && !is_zombie(*pid)) found.push_back(*pid);
  }
  return found;
}

void end_all_of(const fs::path& folder) {
  end_left_behind();
  wait_until([&] {
    const auto pids = processes_in(folder);
    for (const pid_t pid : pids)
      ::kill(pid, SIGKILL);
    return pids.empty();
  });
}

std::string command_line(pid_t pid) {
  auto text = read_file("/proc/" + std::to_string(pid) + "/cmdline");
  while (!text.empty() && text.back() == '\0')
    text.pop_back();
  std::ranges::replace(text, '\0', ' ');
  return text;
}

bool is_alive(pid_t pid) {
  return ::kill(pid, 0) == 0 && !is_zombie(pid);
}

DemoApp::DemoApp(Layout layout, std::string database)
    : root_(folder_.path() / "app"), database_(std::move(database)) {
  if (layout == Layout::plain) {
    copy_to(root_);
  } else {
    root_ = folder_.path() / "current";
    const auto release = folder_.path() / "releases" / "1";
    copy_to(release);
    link_shared(release, folder_.path() / "shared");
    fs::create_symlink(release, root_);
  }
  must_succeed(run({"ruby", "bin/setup"}, {.directory = root_, .env = {}}), "bin/setup");
}

DemoApp::~DemoApp() {
  end_all_of(folder_.path());
}

void DemoApp::copy_to(const fs::path& folder) const {
  copy_tree(model_app(), folder);
  if (!database_.empty()) write_file(folder / "config" / "database.yml", database_);
}

fs::path DemoApp::pid_file(const std::string& worker) const {
  return root_ / "tmp" / "pids" / (worker + ".pid");
}

std::vector<std::string> DemoApp::bootcheck_command(
    const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv = {bootcheck_binary(), "-C", root_.native()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return argv;
}

Finished DemoApp::bootcheck(const std::vector<std::string>& arguments,
                            const Environment& env) const {
  return run(bootcheck_command(arguments), {.directory = "/", .env = env});
}

void DemoApp::deploy(const std::string& release) const {
  const auto folder = folder_.path() / "releases" / release;
  if (!fs::exists(folder)) {
    copy_to(folder);
    link_shared(folder, folder_.path() / "shared");
  }
  point_current(root_, folder);
}

void DemoApp::remove_release(const std::string& release) const {
  fs::remove_all(folder_.path() / "releases" / release);
}

void DemoApp::enqueue(const std::string& kind, int count, double seconds,
                      const Environment& env) const {
  must_succeed(run({"ruby", "bin/enqueue", kind, std::to_string(count), std::to_string(seconds)},
                   {.directory = root_, .env = env}),
               "bin/enqueue");
}

void DemoApp::let_jobs_end() const {
  write_file(root_ / "log" / "go", "");
}

std::vector<boost::json::object> DemoApp::report(const std::string& table) const {
  const auto finished = run({"ruby", "bin/jobs_report"}, {.directory = root_, .env = {}});
  must_succeed(finished, "bin/jobs_report");
  std::vector<boost::json::object> rows;
  for (const auto& line : lines_of(finished.out)) {
    auto row = boost::json::parse(line).as_object();
    if (row.at("table").as_string() == table) rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<boost::json::object> DemoApp::jobs() const {
  return report("delayed_jobs");
}

std::vector<boost::json::object> DemoApp::runs() const {
  return report("runs");
}

std::vector<boost::json::object> DemoApp::hooks() const {
  return report("hooks");
}

void DemoApp::sql(const std::string& statement) const {
  must_succeed(
      run({"ruby", "-r./config/database", "-e", "Database.open.execute(ARGV[0])", statement},
          {.directory = root_, .env = {}}),
      statement);
}

std::optional<pid_t> DemoApp::pid_of(const std::string& worker) const {
  return number(read_file(pid_file(worker)));
}

std::vector<pid_t> DemoApp::living(const std::string& worker) const {
  auto pids = processes_in(folder_.path());
  std::erase_if(pids, [&](pid_t pid) { return command_line(pid) != worker; });
  return pids;
}

std::size_t DemoApp::boots() const {
  return lines_of(read_file(root_ / "log" / "boots.log")).size();
}

}  // namespace bootcheck::test
