// A copy of the demo application: real Rails, real delayed_job, SQLite or another database, in a
// folder of the test's own.
#pragma once

#include "support/run.h"
#include "support/temp_dir.h"

#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace bootcheck::test {

/// The processes whose working directory is inside a folder, by pid; zombies are left out.
std::vector<pid_t> processes_in(const boost::filesystem::path& folder);
/// Ends what this test has started and has outlived its parent, wherever it works, and what works
/// inside the folder, whoever has started it (systemd may have); returns when all are gone.
void end_all_of(const boost::filesystem::path& folder);
/// The words of /proc/PID/cmdline with blanks between them.
std::string command_line(pid_t pid);
bool is_alive(pid_t pid);

enum class Layout { plain, capistrano };

class DemoApp {
 public:
  /// Copies the application and makes its database. With Layout::capistrano it is release 1 of
  /// releases/, `current` is a link to it, and tmp/pids, log and db are links into shared/.
  /// `database`: the text of config/database.yml in place of its own.
  explicit DemoApp(Layout layout = Layout::plain, std::string database = {});
  /// Ends all its processes: end_all_of.
  ~DemoApp();
  DemoApp(const DemoApp&) = delete;
  DemoApp& operator=(const DemoApp&) = delete;

  /// What `-C` is given.
  const boost::filesystem::path& root() const { return root_; }
  boost::filesystem::path pid_file(const std::string& worker) const;

  /// bootcheck -C ROOT ARGS...
  Finished bootcheck(const std::vector<std::string>& arguments, const Environment& env = {}) const;
  /// The command line for it, to be run beside the test.
  std::vector<std::string> bootcheck_command(const std::vector<std::string>& arguments) const;

  /// Makes another release from the first one and moves `current` to it.
  void deploy(const std::string& release) const;
  void remove_release(const std::string& release) const;

  void enqueue(const std::string& kind, int count = 1, double seconds = 0,
               const Environment& env = {}) const;
  /// Jobs of the kind `wait` end now.
  void let_jobs_end() const;
  /// The rows of delayed_jobs; and one for each time a job ran.
  std::vector<boost::json::object> jobs() const;
  std::vector<boost::json::object> runs() const;
  /// One for each call of a hook of delayed_job.
  std::vector<boost::json::object> hooks() const;

  /// Changes the database by a statement of SQL.
  void sql(const std::string& statement) const;

  /// The pid in a worker's pid file; none: no file or no number.
  std::optional<pid_t> pid_of(const std::string& worker) const;
  /// The pids of the living processes that bear exactly this title and work in the app.
  std::vector<pid_t> living(const std::string& worker) const;
  /// How often the application was booted.
  std::size_t boots() const;

 private:
  std::vector<boost::json::object> report(const std::string& table) const;
  void copy_to(const boost::filesystem::path& folder) const;

  TempDir folder_;
  boost::filesystem::path root_;
  std::string database_;
};

}  // namespace bootcheck::test
