// What people get wrong: options, configurations, folders. Nothing is started, and it is said
// where.
#include "process/small_app_test.h"

#include <regex>

#include <boost/json.hpp>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class BadInput : public SmallAppTest {
 protected:
  /// Wrong usage: said on stderr, nothing started, nothing written.
  Finished refused(const std::vector<std::string>& arguments) const {
    const auto before = app_.listing();
    auto finished = app_.bootcheck(arguments);
    EXPECT_EQ(finished.status, 2) << finished.out << finished.err;
    EXPECT_EQ(finished.out, "");
    EXPECT_THAT(finished.err, StartsWith("bootcheck: "));
    EXPECT_EQ(app_.listing(), before);
    return finished;
  }
};

TEST_F(BadInput, ABrokenConfigurationIsToldWithAllItsMistakesAtTheirPlaces) {
  app_.configure(
      "aap: shop\n"
      "stuck_after: soon\n"
      "workers:\n"
      "  - {name: feed, start: [bin/feed, eu], foreground: true}\n"
      "  - {name: \"bad name\", start: [bin/feed]}\n"
      "  - {preset: delayed_jobs, count: 0}\n"
      "  - {name: other, start: [bin/feed, \"%{nothing}\"]}\n");
  const auto file = (app_.root() / "config/bootcheck.yml").native();
  for (const char* command : {"run", "status", "restart", "stop", "start", "config", "crontab"}) {
    const auto finished = refused({command});
    const auto lines = lines_of(finished.err);
    EXPECT_GE(lines.size(), 6U) << finished.err;
    for (const auto& line : lines) {
      EXPECT_TRUE(std::regex_match(line, std::regex("bootcheck: " + file + ":[0-9]+:[0-9]+: .+")))
          << line;
    }
    EXPECT_THAT(finished.err, AllOf(HasSubstr(":1:1: "), HasSubstr("`app`"), HasSubstr(":2:14: "),
                                    HasSubstr(":5:"), HasSubstr(":6:"), HasSubstr(":7:")));
  }
}

TEST_F(BadInput, AConfigurationThatIsNoYamlIsToldAtItsPlace) {
  for (const char* text : {"workers: [\n", "workers: {a: b\n", "\tworkers: 1\n", "\"",
                           "--- x\n--- y\n", "- a list\n", "", "just text\n"}) {
    app_.configure_literally(text);
    const auto finished = refused({});
    EXPECT_THAT(finished.err, HasSubstr("config/bootcheck.yml:")) << text;
  }
}

TEST_F(BadInput, AConfigurationThatCannotBeReadIsNamed) {
  EXPECT_THAT(refused({"-c", "/no/such/file.yml"}).err, HasSubstr("/no/such/file.yml"));
  EXPECT_THAT(refused({}).err, HasSubstr((app_.root() / "config/bootcheck.yml").native()));
  fs::create_directories(app_.root() / "config/bootcheck.yml");
  EXPECT_EQ(app_.bootcheck().status, 2);
}

TEST_F(BadInput, WorkersOfTheCommandLineAndAConfigurationExcludeEachOther) {
  app_.configure(kFeed);
  const auto file = (app_.root() / "config/bootcheck.yml").native();
  for (const auto& arguments : {std::vector<std::string>{"-c", file, "-n", "2"},
                                {"-c", file, "-i", "1"},
                                {"-n", "2"},
                                {"-n", "2", "-i", "1"}})
    refused(arguments);
}

TEST_F(BadInput, UnknownOptionsCommandsAndWorkersAreNamed) {
  app_.configure(kFeed);
  EXPECT_THAT(refused({"--shiny"}).err, HasSubstr("--shiny"));
  EXPECT_THAT(refused({"-x"}).err, HasSubstr("-x"));
  EXPECT_THAT(refused({"rnu"}).err, HasSubstr("`rnu`"));
  EXPECT_THAT(refused({"status", "nobody"}).err, HasSubstr("`nobody`"));
  EXPECT_THAT(refused({"restart", "feed", "nobody*"}).err, HasSubstr("`nobody*`"));
  EXPECT_THAT(refused({"run", "--lock-wait", "soon"}).err, HasSubstr("`soon`"));
  EXPECT_THAT(refused({"stop", "--for", "-5m"}).err, HasSubstr("--for"));
  refused({"why"});
  refused({"run", "--surge"});
  refused({"run", "--reason", "none"});
  refused({"-q", "-v"});
  refused({"-n", "0"});
  refused({"-n", "many"});
  refused({"-C"});
}

TEST_F(BadInput, ARootThatIsMissingOrNoFolderKeepsBootcheckFromItsWork) {
  const auto file = app_.root() / "elsewhere.yml";
  for (const auto& root : {app_.root().native() + "/gone", app_.root().native() + "/bin/feed"}) {
    write_file(file, "root: " + root + "\nlock_file: " + app_.root().native() + "/lock\n" + kFeed);
    const auto finished = run({bootcheck_binary(), "-c", file.native()});
    EXPECT_EQ(finished.status, 2);
    EXPECT_THAT(finished.err, HasSubstr(root));
    EXPECT_EQ(finished.out, "");
  }
  EXPECT_EQ(app_.output("feed"), "");
}

TEST_F(BadInput, AMissingRootIsNotMade) {
  const auto file = app_.root() / "elsewhere.yml";
  write_file(file, "root: " + app_.root().native() + "/gone\n" + kFeed);
  const auto before = app_.listing();
  const auto finished = run({bootcheck_binary(), "-c", file.native()});
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr("does not exist; see `root:` in " + file.native()));
  EXPECT_EQ(app_.listing(), before);
}

TEST_F(BadInput, AUserThatDoesNotExistIsAMistakeInTheConfiguration) {
  app_.configure(std::string(kFeed) + "user: no-such-user\n");
  const auto finished = app_.bootcheck();
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr("no-such-user"));
  EXPECT_EQ(app_.output("feed"), "");
}

TEST_F(BadInput, HelpAndVersionAreForEverybody) {
  app_.configure("nonsense");
  const auto help = app_.bootcheck({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_THAT(help.out, StartsWith("Usage: bootcheck"));
  EXPECT_EQ(help.err, "");
  const auto version = app_.bootcheck({"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_TRUE(std::regex_match(version.out, std::regex("bootcheck [0-9]+\\.[0-9.]+\n")))
      << version.out;
}

TEST_F(BadInput, OutputThatNobodyTakesKeepsNoWorkerFromStarting) {
  app_.configure(kFeed);
  const auto finished =
      run({"/bin/sh", "-c",
           bootcheck_binary() + " -v -C " + app_.root().native() + " >/dev/full 2>&1 </dev/null"});
  EXPECT_GT(app_.living("feed"), 0) << finished.status;
  const auto closed =
      run({"/bin/sh", "-c", bootcheck_binary() + " -C " + app_.root().native() + " <&- >&- 2>&-"});
  EXPECT_EQ(closed.status, 0);
}

class FolderOfConfigs : public testing::Test {
 protected:
  const SmallApp one_;
  const SmallApp two_;
  const TempDir folder_;

  void write(const std::string& name, const SmallApp& app, const std::string& yaml) const {
    write_file(folder_.path() / name, "app: " + name.substr(0, name.find('.')) + "\nroot: " +
                                          app.root().native() + "\nlauncher: direct\n" + yaml);
  }
  Finished bootcheck(std::vector<std::string> arguments = {}) const {
    arguments.insert(arguments.begin(), {bootcheck_binary(), "-c", folder_.path().native()});
    return run(arguments);
  }
};

TEST_F(FolderOfConfigs, LooksAfterEachApp) {
  write("one.yml", one_, kFeed);
  write("two.yml", two_, kFeed);
  write_file(folder_.path() / "three.yml.off", "no configuration");
  const auto finished = bootcheck();
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(finished.out + finished.err, "");
  EXPECT_GT(one_.living("feed"), 0);
  EXPECT_GT(two_.living("feed"), 0);
  EXPECT_EQ(bootcheck({"status"}).status, 0);
}

TEST_F(FolderOfConfigs, EndsWithTheWorstStatusAndLooksAfterTheOthers) {
  write("one.yml", one_, kFeed);
  write("two.yml", two_, "workers: [{name: bad, start: [bin/none], foreground: true}]\n");
  const auto failed = bootcheck();
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.err, HasSubstr("bootcheck: two: bad: "));
  EXPECT_GT(one_.living("feed"), 0);
  EXPECT_EQ(bootcheck({"status"}).status, 3);
  ASSERT_TRUE(kill_and_wait(one_.living("feed")));
  write("three.yml", two_, "workers: nonsense\n");
  const auto broken = bootcheck();
  EXPECT_EQ(broken.status, 2);
  EXPECT_THAT(broken.err, HasSubstr("three.yml:4:"));
  EXPECT_GT(one_.living("feed"), 0);
  write("four.yml", two_, "lock_file: bin\n" + std::string(kFeed));
  EXPECT_EQ(bootcheck().status, 4);
}

TEST_F(FolderOfConfigs, IsOneDocument) {
  write("one.yml", one_, kFeed);
  write("two.yml", two_, kFeed);
  write("three.yml", two_, "workers: nonsense\n");
  const auto finished = bootcheck({"status", "--json"});
  EXPECT_EQ(finished.status, 2);
  const auto document = boost::json::parse(finished.out).as_object();
  EXPECT_EQ(document.at("exit_status"), 2);
  const auto& apps = document.at("apps").as_array();
  ASSERT_EQ(apps.size(), 3U);
  EXPECT_EQ(apps[0].at("app"), "one");
  EXPECT_EQ(apps[1].at("exit_status"), 2) << "three, in the order of their names";
  EXPECT_THAT(std::string(apps[1].at("problem").as_string()), HasSubstr("three.yml:4:"));
  EXPECT_EQ(apps[2].at("workers").as_array().size(), 1U);
}

TEST_F(FolderOfConfigs, IsShownAppByAppOnATerminal) {
  write("one.yml", one_, kFeed);
  write("two.yml", two_, kFeed);
  const auto finished =
      run({"script", "-qec", bootcheck_binary() + " -c " + folder_.path().native() + " status",
           "/dev/null"},
          {.directory = "/", .env = {{"TERM", "xterm"}}});
  EXPECT_EQ(finished.status, 3) << finished.out;
  EXPECT_THAT(finished.out, HasSubstr("\x1b["));
  const auto two = finished.out.find(two_.root().native());
  ASSERT_NE(two, std::string::npos);
  EXPECT_LT(finished.out.find(one_.root().native()), two);
  EXPECT_LT(finished.out.find("feed"), two);
  EXPECT_NE(finished.out.find("feed", two), std::string::npos);
}

TEST_F(FolderOfConfigs, ThatIsEmptyIsAMistake) {
  const auto finished = bootcheck();
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr(folder_.path().native()));
}

}  // namespace
}  // namespace bootcheck::test
