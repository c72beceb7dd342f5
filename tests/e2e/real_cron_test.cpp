// The mission, as a whole: our cron file, real cron, and real delayed_job workers of another user.
#include "e2e/private_cron.h"
#include "process/as_root.h"
#include "support/demo_app.h"
#include "support/files.h"
#include "support/places.h"
#include "support/wait_until.h"

#include <map>
#include <set>
#include <string>

#include <boost/algorithm/string/replace.hpp>
#include <boost/filesystem/operations.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/stat.h>

namespace bootcheck::test {
namespace {

using testing::HasSubstr;

const std::set<std::string> kWorkers = {"delayed_job.0", "delayed_job.1", "delayed_job.2"};

/// An application of the user deploy, and cron/bootcheck as it would be installed for it.
class RealCron : public testing::Test {
 protected:
  void give_all_to_deploy() const {
    boost::filesystem::copy_file(bootcheck_binary(), folder_.path() / "bootcheck");
    give_to_deploy(app_.root());
  }

  /// `schedule` in place of every minute.
  std::string cron_file(const std::string& schedule) const {
    auto text = read_file(source_dir() / "cron" / "bootcheck");
    const auto set = [&text](const std::string& old, const std::string& ours) {
      EXPECT_THAT(text, HasSubstr(old));
      boost::algorithm::replace_all(text, old, ours);
    };
    set("\n* * * * * ", "\n" + schedule + " ");
    set("/usr/bin/bootcheck", (folder_.path() / "bootcheck").native());
    set("/srv/shop/current", app_.root().native());
    return text;
  }

  /// The workers that run, each with its only process.
  std::map<std::string, pid_t> workers() const {
    std::map<std::string, pid_t> found;
    for (const auto& name : kWorkers) {
      const auto pids = app_.living(name);
      EXPECT_LE(pids.size(), 1U) << name << " runs twice";
      if (!pids.empty()) found.emplace(name, pids.front());
    }
    return found;
  }

  bool all_run() const { return workers().size() == kWorkers.size(); }

  std::string logs() const {
    return read_file(app_.root() / "log" / "bootcheck.log") +
           read_file(app_.root() / "log" / "delayed_job.start.log");
  }

  TempDir folder_;
  DemoApp app_;
};

TEST_F(RealCron, BringsThreeRealWorkersUp) {
  if (!is_root_or_rerun()) return;
  if (!PrivateCron::is_possible()) GTEST_SKIP() << "no namespaces are to be had here";
  give_all_to_deploy();
  const PrivateCron cron(folder_.path(), {{"bootcheck", cron_file("@reboot")}});
  ASSERT_TRUE(wait_until([this] { return all_run(); })) << logs();
  EXPECT_EQ(app_.boots(), 1U) << "one boot serves them all";
  for (const auto& [name, pid] : workers()) {
    struct stat process = {};
    ASSERT_EQ(::stat(("/proc/" + std::to_string(pid)).c_str(), &process), 0);
    EXPECT_EQ(process.st_uid, PrivateCron::kDeploy) << name;
  }
  app_.enqueue("sleep");
  EXPECT_TRUE(wait_until([this] { return app_.jobs().empty(); })) << "they do not work";
}

TEST_F(RealCron, AKilledWorkerIsBackWithinAMinute) {
  if (!is_root_or_rerun()) return;
  if (!PrivateCron::is_possible()) GTEST_SKIP() << "no namespaces are to be had here";
  give_all_to_deploy();
  const auto every_minute = cron_file("* * * * *");
  const PrivateCron cron(folder_.path(),
                         {{"bootcheck", every_minute}, {"now", cron_file("@reboot")}});
  ASSERT_TRUE(wait_until([this] { return all_run(); })) << logs();
  const auto before = workers();
  ASSERT_EQ(::kill(before.at("delayed_job.1"), SIGKILL), 0);
  ASSERT_TRUE(wait_until([&] {
    const auto now = workers();
    return now.size() == kWorkers.size() && now.at("delayed_job.1") != before.at("delayed_job.1");
  })) << logs();
  const auto after = workers();
  EXPECT_EQ(after.at("delayed_job.0"), before.at("delayed_job.0")) << "was left alone";
  EXPECT_EQ(after.at("delayed_job.2"), before.at("delayed_job.2")) << "was left alone";
  EXPECT_EQ(app_.boots(), 2U);
}

}  // namespace
}  // namespace bootcheck::test
