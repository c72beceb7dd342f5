#include "passes/scenes.h"
#include "support/files.h"

#include <stdexcept>

#include <boost/filesystem/operations.hpp>
#include <fmt/format.h>

namespace bootcheck::bench {

std::vector<pid_t> living_workers(const test::DemoApp& app, int count) {
  std::vector<pid_t> pids;
  for (int worker = 0; worker < count; ++worker) {
    for (const pid_t pid : app.living(fmt::format("delayed_job.{}", worker)))
      pids.push_back(pid);
  }
  return pids;
}

RunningWorkers::RunningWorkers(int count) : count_(count) {
  const auto up = app_.bootcheck({"-n", std::to_string(count)}, {{"SLEEP_DELAY", "3600"}});
  if (up.status != 0 || living_workers(app_, count).size() != static_cast<std::size_t>(count))
    throw std::runtime_error("the workers do not come up: " + up.err);
}

Command RunningWorkers::monit_validate() const {
  const auto folder = app_.root() / "monit";
  auto text = fmt::format(
      "set logfile {0}/log\nset idfile {0}/id\nset statefile {0}/state\nset pidfile {0}/pid\n",
      folder.native());
  for (int worker = 0; worker < count_; ++worker) {
    const auto name = fmt::format("delayed_job.{}", worker);
    text += fmt::format(
        "check process {0} with pidfile {1}\n  start program = \"{2}/bin/delayed_job "
        "--identifier={3} start\"\n",
        name, app_.pid_file(name).native(), app_.root().native(), worker);
  }
  const auto file = folder / "monitrc";
  test::write_file(file, text);
  boost::filesystem::permissions(file,
                                 boost::filesystem::owner_read | boost::filesystem::owner_write);
  // monit 5.33 exits with 1 whatever it finds.
  return {.argv = {find_program("monit"), "-c", file.native(), "validate"}, .highest_status = 1};
}

}  // namespace bootcheck::bench
