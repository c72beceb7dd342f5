// Where the configuration and the application are found when the command line does not say.
#include "process/small_app_test.h"

namespace bootcheck::test {
namespace {

using testing::HasSubstr;

class WhichApp : public SmallAppTest {
 protected:
  WhichApp() {
    app_.configure("workers: [{name: feed, start: [bin/feed], foreground: true, enabled: false}]");
  }

  /// `status` with these words, from this folder; what it says is about.
  Finished status(const boost::filesystem::path& directory, std::vector<std::string> words = {},
                  const Environment& env = {}) const {
    words.insert(words.begin(), bootcheck_binary());
    words.emplace_back("status");
    return run(words, {.directory = directory, .env = env});
  }

  void expect_found(const Finished& finished) const {
    EXPECT_EQ(finished.status, 0) << finished.err;
    EXPECT_THAT(finished.out, HasSubstr(" in " + app_.root().native()));
    EXPECT_THAT(finished.out, HasSubstr("feed"));
  }
};

TEST_F(WhichApp, IsTheWorkingDirectory) {
  expect_found(status(app_.root()));
}

TEST_F(WhichApp, IsTheFolderAroundTheConfigurationsFolder) {
  expect_found(status("/", {"-c", (app_.root() / "config/bootcheck.yml").native()}));
  expect_found(status(app_.root() / "bin", {"-c", "../config/bootcheck.yml"}));
}

TEST_F(WhichApp, IsNamedByTheEnvironment) {
  const Environment env = {{"BOOTCHECK_CONFIG", (app_.root() / "config/bootcheck.yml").native()}};
  expect_found(status("/", {}, env));
}

TEST_F(WhichApp, IsWhatTheCommandLineSaysWhateverElseThereIs) {
  const SmallApp other;
  other.configure("workers: [{name: other, start: [bin/feed], foreground: true, enabled: false}]");
  const Environment env = {{"BOOTCHECK_CONFIG", (other.root() / "config/bootcheck.yml").native()}};
  expect_found(status(other.root(), {"-c", (app_.root() / "config/bootcheck.yml").native()}, env));
}

TEST_F(WhichApp, IsNoneWithoutAConfigurationOrWorkersToName) {
  const TempDir empty;
  const auto finished = status(empty.path());
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr((empty.path() / "config/bootcheck.yml").native()));
  EXPECT_THAT(finished.err, HasSubstr("`bootcheck -C " + empty.path().native() + " init` writes"));
  EXPECT_THAT(finished.err, HasSubstr("-n 3"));
}

TEST_F(WhichApp, IsNoneInAFolderThatDoesNotExist) {
  const auto finished = status(app_.root() / "config", {"-C", "/nowhere"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr("/nowhere does not exist; name the application's folder"));
}

TEST_F(WhichApp, HasTheWorkersThatTheCrontabNamedLastWhereNobodyNamesThem) {
  const TempDir app;
  const auto of_app = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {bootcheck_binary(), "-C", app.path().native()});
    return run(words);
  };
  EXPECT_EQ(of_app({"stop", "-n", "2", "-e", "staging"}).status, 0);
  const auto shown = of_app({"status"});
  EXPECT_EQ(shown.status, 0) << shown.err;
  EXPECT_THAT(shown.out, HasSubstr("no configuration: workers 0, 1, as -n or -i said last"));
  EXPECT_THAT(shown.out, HasSubstr("(staging)"));
  EXPECT_THAT(shown.out, HasSubstr("delayed_job.1  held"));
  EXPECT_THAT(of_app({"crontab"}).out, HasSubstr(" -n 2 -e staging\n"));
  EXPECT_EQ(of_app({"start", "-i", "nobody", "--dry-run"}).status, 0);
  EXPECT_THAT(of_app({"status", "delayed_job.1"}).out, testing::Not(HasSubstr("delayed_job.0")));
}

TEST_F(WhichApp, OfOneCrontabLineAreNoOrphansOfAnother) {
  const TempDir app;
  const auto of_app = [&](std::vector<std::string> words) {
    words.insert(words.begin(), {bootcheck_binary(), "-C", app.path().native()});
    return run(words);
  };
  EXPECT_EQ(of_app({"stop", "-i", "1"}).status, 0);
  EXPECT_EQ(of_app({"stop", "-i", "mail"}).status, 0);
  const auto one = of_app({"status", "-i", "1"});
  EXPECT_THAT(one.out, HasSubstr("delayed_job.1  held"));
  EXPECT_THAT(one.out, testing::Not(HasSubstr("mail")));
  const auto both = of_app({"status"});
  EXPECT_THAT(both.out, HasSubstr("delayed_job.1"));
  EXPECT_THAT(both.out, HasSubstr("delayed_job.mail"));
}

TEST_F(WhichApp, HasItsEnvironmentFromTheOptionTheFileOrTheCallersInThisOrder) {
  const Environment env = {{"RAILS_ENV", "staging"}};
  EXPECT_THAT(status(app_.root(), {}, env).out, HasSubstr("(staging)"));
  EXPECT_THAT(status(app_.root(), {"-e", "test"}, env).out, HasSubstr("(test)"));
  app_.configure(
      "environment: production\n"
      "workers: [{name: feed, start: [bin/feed], foreground: true, enabled: false}]");
  EXPECT_THAT(status(app_.root(), {}, env).out, HasSubstr("(production)"));
}

}  // namespace
}  // namespace bootcheck::test
