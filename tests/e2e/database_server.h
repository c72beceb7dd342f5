// A database server of the test's own, on a socket in a folder of the test's own.
#pragma once

#include "support/run.h"
#include "support/temp_dir.h"

#include <memory>
#include <string>
#include <vector>

namespace bootcheck::test {

enum class Database { sqlite, postgresql, mariadb };

class DatabaseServer {
 public:
  /// Makes a database and starts the server; as nobody where the test is root, for servers refuse
  /// that. SQLite has none.
  explicit DatabaseServer(Database kind);
  ~DatabaseServer();
  DatabaseServer(const DatabaseServer&) = delete;
  DatabaseServer& operator=(const DatabaseServer&) = delete;

  void start();
  /// Closes all connections at once.
  void stop();

  /// For config/database.yml; empty: SQLite, as it is.
  std::string settings() const;
  /// How many connections of the application there are.
  std::size_t connections() const;
  /// The lines of the server's log that complain of somebody.
  std::vector<std::string> complaints() const;

 private:
  std::vector<std::string> as_user(std::vector<std::string> argv) const;
  std::vector<std::string> server_command() const;
  RunOptions options() const;
  Finished query(const std::string& statement) const;
  std::string data() const { return (folder_.path() / "data").native(); }

  Database kind_;
  TempDir folder_;
  std::unique_ptr<Background> server_;
};

/// The name of a test with it.
std::string name_of(Database kind);

}  // namespace bootcheck::test
