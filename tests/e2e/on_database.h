// Real delayed_job workers on a database server of the test's own.
#pragma once

#include "e2e/database_server.h"
#include "e2e/real_workers.h"

#include <csignal>

#include <fmt/format.h>

#include <unistd.h>

namespace bootcheck::test {

/// The server is there before the application, and goes after it.
struct WithServer {
  explicit WithServer(Database kind) : server_(kind) {}
  DatabaseServer server_;
};

class OnDatabase : private WithServer,
                   public RealWorkers,
                   public testing::WithParamInterface<Database> {
 protected:
  explicit OnDatabase(Layout layout = Layout::plain)
      : WithServer(GetParam()), RealWorkers(layout, WithServer::server_.settings()) {}

  using WithServer::server_;

  /// As delayed_job names a worker in `locked_by`.
  static std::string owner(const std::string& worker, pid_t pid) {
    char host[256] = {};
    ::gethostname(&host[0], sizeof(host) - 1);
    return fmt::format("{} host:{} pid:{}", worker, &host[0], pid);
  }

  /// Kills a worker's process and makes it the owner of these jobs, as if it had just taken them.
  void die_owning(const std::string& worker, const std::string& which,
                  const std::string& locked_at = "CURRENT_TIMESTAMP") const {
    const auto pid = only(worker);
    kill_and_wait(pid, SIGKILL);
    own(owner(worker, pid), which, locked_at);
  }

  void own(const std::string& name, const std::string& which,
           const std::string& locked_at = "CURRENT_TIMESTAMP") const {
    app_.sql(fmt::format("UPDATE delayed_jobs SET locked_at = {}, locked_by = '{}' WHERE {}",
                         locked_at, name, which));
  }

  /// Jobs that are not run again during the test, once they have failed.
  void enqueue_for_later(const std::string& kind, int count = 1) const {
    app_.enqueue(kind, count, 0, {{"RETRY_AFTER", "36000"}, {"QUEUE", "nobody"}});
  }

  std::size_t locked_jobs() const {
    std::size_t count = 0;
    for (const auto& job : app_.jobs())
      count += job.at("locked_by").is_null() ? 0 : 1;
    return count;
  }

  /// Holds a lock on these jobs until it is destroyed.
  std::unique_ptr<Background> lock(const std::string& which) const {
    const auto mark = app_.root() / "log" / "locked";
    auto session = std::make_unique<Background>(
        std::vector<std::string>{
            "ruby", "-r./config/database", "-e",
            "all = Database.open; all.execute('BEGIN'); all.rows(ARGV[0]); "
            "File.write('log/locked', ''); sleep",
            fmt::format("SELECT id FROM delayed_jobs WHERE {} FOR UPDATE", which)},
        RunOptions{.directory = app_.root(), .env = {}});
    EXPECT_TRUE(wait_until([&] { return boost::filesystem::exists(mark); })) << session->err();
    boost::filesystem::remove(mark);
    return session;
  }

  /// Three workers that take jobs of no queue but `work`.
  void work_elsewhere(const std::string& more = {}) const {
    configure("workers: [{preset: delayed_job, count: 3, args: [--queue=work]}]\nbackoff: 0\n" +
              more);
  }
};

inline std::string name_of_parameter(const testing::TestParamInfo<Database>& info) {
  return name_of(info.param);
}

inline const auto kDatabases =
    testing::Values(Database::sqlite, Database::postgresql, Database::mariadb);
inline const auto kServers = testing::Values(Database::postgresql, Database::mariadb);

}  // namespace bootcheck::test
