#include "e2e/database_server.h"

#include "support/files.h"
#include "support/wait_until.h"

#include <algorithm>
#include <csignal>
#include <stdexcept>

#include <boost/filesystem/directory.hpp>
#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>

#include <pwd.h>
#include <unistd.h>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;

void must_succeed(const Finished& finished) {
  if (finished.status != 0) throw std::runtime_error(finished.out + finished.err);
}

/// Debian keeps PostgreSQL's programs in a folder of their version.
std::string postgresql(const std::string& program) {
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql")) {
    if (const auto path = version.path() / "bin" / program; fs::exists(path)) return path.native();
  }
  throw std::runtime_error("there is no " + program);
}

}  // namespace

DatabaseServer::DatabaseServer(Database kind) : kind_(kind) {
  if (kind == Database::sqlite) return;
  const auto* nobody = ::getpwnam("nobody");
  if (::geteuid() == 0 && ::chown(folder_.path().c_str(), nobody->pw_uid, nobody->pw_gid) != 0)
    throw std::runtime_error("cannot give the folder of the database away");
  const auto make =
      kind == Database::postgresql
          ? std::vector<std::string>{postgresql("initdb"),
                                     "-D",
                                     data(),
                                     "-U",
                                     "app",
                                     "-A",
                                     "trust",
                                     "-N",
                                     "--locale=C",
                                     "-E",
                                     "UTF8"}
          : std::vector<std::string>{"mariadb-install-db", "--no-defaults", "--datadir=" + data(),
                                     "--auth-root-authentication-method=normal", "--skip-test-db"};
  must_succeed(run(as_user(make), options()));
  start();
  if (kind == Database::mariadb) must_succeed(query("CREATE DATABASE app"));
}

DatabaseServer::~DatabaseServer() {
  if (server_) stop();
}

std::vector<std::string> DatabaseServer::as_user(std::vector<std::string> argv) const {
  if (::geteuid() != 0) return argv;
  std::vector<std::string> all = {"setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"};
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

/// Whoever the server runs as, it can write in its own folder.
RunOptions DatabaseServer::options() const {
  return {.directory = folder_.path(), .env = {{"TMPDIR", folder_.path().native()}}};
}

/// Nothing has to outlive the machine.
std::vector<std::string> DatabaseServer::server_command() const {
  const auto folder = folder_.path().native();
  if (kind_ == Database::postgresql)
    return {"sh",
            "-c",
            "exec \"$@\" 2>>server.log",
            "sh",
            postgresql("postgres"),
            "-D",
            data(),
            "-k",
            folder,
            "-h",
            "",
            "-F",
            "-c",
            "timezone=UTC"};
  return {"sh",
          "-c",
          "exec \"$@\" 2>>server.log",
          "sh",
          "/usr/sbin/mariadbd",
          "--no-defaults",
          "--datadir=" + data(),
          "--socket=" + folder + "/socket",
          "--pid-file=" + folder + "/pid",
          "--skip-networking",
          "--default-time-zone=+00:00",
          "--innodb-flush-log-at-trx-commit=0",
          "--log-warnings=4"};
}

void DatabaseServer::start() {
  if (kind_ == Database::sqlite) return;
  server_ = std::make_unique<Background>(as_user(server_command()), options());
  if (!wait_until([this] { return server_->has_ended() || query("SELECT 1").status == 0; }) ||
      server_->has_ended())
    throw std::runtime_error("no database: " + read_file(folder_.path() / "server.log"));
}

void DatabaseServer::stop() {
  ::kill(server_->pid(), kind_ == Database::postgresql ? SIGINT : SIGTERM);
  server_->wait();
  server_.reset();
}

std::string DatabaseServer::settings() const {
  const auto folder = folder_.path().native();
  switch (kind_) {
    case Database::sqlite:
      return {};
    case Database::postgresql:
      return fmt::format(
          "production: {{adapter: postgresql, host: {}, username: app, database: postgres}}\n",
          folder);
    case Database::mariadb:
      return fmt::format(
          "production: {{adapter: mysql2, socket: {}/socket, username: root, database: app}}\n",
          folder);
  }
  return {};
}

Finished DatabaseServer::query(const std::string& statement) const {
  const auto folder = folder_.path().native();
  if (kind_ == Database::postgresql)
    return run({"psql", "-h", folder, "-U", "app", "-d", "postgres", "-Atc", statement});
  return run({"mariadb", "--no-defaults", "--socket=" + folder + "/socket", "--user=root", "-BNe",
              statement});
}

std::size_t DatabaseServer::connections() const {
  if (kind_ == Database::sqlite) return 0;
  const auto found =
      query(kind_ == Database::postgresql
                ? "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND "
                  "pid <> "
                  "pg_backend_pid()"
                : "SELECT count(*) FROM information_schema.processlist WHERE db = 'app'");
  must_succeed(found);
  return std::stoul(found.out);
}

std::vector<std::string> DatabaseServer::complaints() const {
  auto lines = lines_of(read_file(folder_.path() / "server.log"));
  std::erase_if(lines, [](const std::string& line) {
    // That was our own knock at the door.
    if (line.find("the database system is starting up") != std::string::npos) return true;
    return std::ranges::none_of(
        std::vector<std::string>{"Aborted connection", "unexpected EOF", "could not receive",
                                 "ERROR:", "FATAL:", "invalid", "[ERROR]"},
        [&](const std::string& word) { return line.find(word) != std::string::npos; });
  });
  return lines;
}

std::string name_of(Database kind) {
  switch (kind) {
    case Database::sqlite:
      return "SQLite";
    case Database::postgresql:
      return "PostgreSQL";
    case Database::mariadb:
      return "MariaDB";
  }
  return {};
}

}  // namespace bootcheck::test
