#include "passes/scenes.h"
#include "support/files.h"
#include "support/temp_dir.h"
#include "support/wait_until.h"

#include <csignal>
#include <functional>
#include <stdexcept>

#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>

#include <unistd.h>

namespace bootcheck::bench {
namespace {

constexpr int kWorkers = 3;

/// A supervisor that stays; ended, with its workers, by its own pid.
class Resident {
 public:
  explicit Resident(const Command& command) : pid_(start(command)) {}
  ~Resident() {
    try {
      end({pid_}, SIGTERM);
    } catch (const std::exception&) {
      ::kill(pid_, SIGKILL);
    }
  }
  Resident(const Resident&) = delete;
  Resident& operator=(const Resident&) = delete;

  /// Once it has settled: its resident size when `is_ready`.
  double resident_mb(const std::function<bool()>& is_ready) const {
    if (!test::wait_until([&] { return is_ready() || !test::is_alive(pid_); }) ||
        !test::is_alive(pid_))
      throw std::runtime_error("it does not start");
    return kilobytes(pid_, "status", "VmRSS:") / 1024;
  }

 private:
  pid_t pid_;
};

double supervisord_mb() {
  const auto program = find_program("supervisord");
  if (program.empty()) throw std::runtime_error("supervisord is not installed");
  const test::TempDir folder;
  const auto in = [&](const std::string& name) { return (folder.path() / name).native(); };
  auto text =
      fmt::format("[supervisord]\nnodaemon=true\nlogfile={}\npidfile={}\n", in("log"), in("pid"));
  for (int worker = 0; worker < kWorkers; ++worker)
    text += fmt::format("[program:w{0}]\ncommand=/bin/sh -c 'echo $$ > {1}.{0}; exec sleep 3600'\n",
                        worker, in("w"));
  test::write_file(in("conf"), text);
  const Resident resident({.argv = {program, "-c", in("conf")}, .directory = folder.path()});
  return resident.resident_mb(
      [&] { return boost::filesystem::exists(in(fmt::format("w.{}", kWorkers - 1))); });
}

/// monit looks at three processes; any will do.
double monit_mb() {
  const auto program = find_program("monit");
  if (program.empty()) throw std::runtime_error("monit is not installed");
  const test::TempDir folder;
  const auto in = [&](const std::string& name) { return (folder.path() / name).native(); };
  auto text =
      fmt::format("set daemon 1\nset logfile {}\nset idfile {}\nset statefile {}\nset pidfile {}\n",
                  in("log"), in("id"), in("state"), in("pid"));
  test::write_file(in("self"), fmt::format("{}\n", ::getpid()));
  for (int worker = 0; worker < kWorkers; ++worker)
    text += fmt::format("check process w{} with pidfile {}\n", worker, in("self"));
  test::write_file(in("conf"), text);
  boost::filesystem::permissions(in("conf"),
                                 boost::filesystem::owner_read | boost::filesystem::owner_write);
  const Resident resident({.argv = {program, "-I", "-c", in("conf")}, .directory = folder.path()});
  return resident.resident_mb([&] { return boost::filesystem::exists(in("state")); });
}

}  // namespace

void residents(Results& results) {
  const std::string chart = "Resident between two looks, in MB";
  const auto add = [&](const std::string& name, const std::function<double()>& measure) {
    const std::string what = "resident between two looks: " + name;
    try {
      const double megabytes = measure();
      results.add({what, " MB", {}, megabytes, "three workers"});
      results.draw({chart, name, megabytes});
    } catch (const std::exception& error) {
      results.add({what, " MB", {}, {}, error.what()});
    }
  };
  results.draw({chart, "bootcheck: nothing is", 0, true});
  add("supervisord", supervisord_mb);
  add("monit", monit_mb);
}

}  // namespace bootcheck::bench
