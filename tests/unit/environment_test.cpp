// The environment of what is started.
#include "launch/environment.h"

#include "support/temp_dir.h"

#include <cstdlib>
#include <fstream>
#include <system_error>

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using Variables = std::map<std::string, std::string>;

TEST(EnvFile, HoldsLinesOfNamesAndValues) {
  EXPECT_EQ(parse_env_file("A=1\n"
                           "# a comment=none\n"
                           "\n"
                           "   \t\n"
                           "export B=two words\n"
                           "  C = spaced \r\n"
                           "D=\"in quotes\"\n"
                           "E='it is'\n"
                           "F=\n"
                           "G=a=b=c\n"
                           "H=x # no comment\n"
                           "no equals sign\n"
                           "=no name\n"
                           "LAST=without newline"),
            (Variables{{"A", "1"},
                       {"B", "two words"},
                       {"C", "spaced"},
                       {"D", "in quotes"},
                       {"E", "it is"},
                       {"F", ""},
                       {"G", "a=b=c"},
                       {"H", "x # no comment"},
                       {"LAST", "without newline"}}));
}

TEST(EnvFile, LosesOnePairOfQuotesOnly) {
  const std::pair<const char*, const char*> rows[] = {
      {"K=\"\"", ""},         {"K=''", ""},           {"K=\"", "\""},       {"K=\"a'", "\"a'"},
      {"K='\"a\"'", "\"a\""}, {"K=a\"b\"", "a\"b\""}, {"K=\" a \"", " a "}, {"K=$HOME", "$HOME"}};
  for (const auto& [line, value] : rows)
    EXPECT_EQ(parse_env_file(line).at("K"), value) << line;
}

TEST(EnvFile, TheLastOfTwoLinesCounts) {
  EXPECT_EQ(parse_env_file("A=1\nA=2\n"), (Variables{{"A", "2"}}));
  EXPECT_TRUE(parse_env_file("").empty());
  EXPECT_TRUE(parse_env_file("\n\n#\nexport \nexport =1").empty());
}

/// Sets variables of this process, and gives them back.
class Inherited {
 public:
  explicit Inherited(const Variables& variables) {
    for (const auto& [name, value] : variables) {
      const char* before = std::getenv(name.c_str());
      before_.emplace_back(name,
                           before == nullptr ? std::nullopt : std::optional<std::string>(before));
      ::setenv(name.c_str(), value.c_str(), 1);
    }
  }
  Inherited(const Inherited&) = delete;
  Inherited& operator=(const Inherited&) = delete;
  ~Inherited() {
    for (const auto& [name, value] : before_) {
      if (value) {
        ::setenv(name.c_str(), value->c_str(), 1);
      } else {
        ::unsetenv(name.c_str());
      }
    }
  }

 private:
  std::vector<std::pair<std::string, std::optional<std::string>>> before_;
};

// With Bundler's variables of another app, or of an old release, a worker would boot with its gems.
TEST(EnvironmentOf, LeavesOutWhatBelongsToBundlerSudoAndSystemd) {
  const Variables theirs = {{"BUNDLE_GEMFILE", "/old/Gemfile"},
                            {"BUNDLE_PATH", "x"},
                            {"BUNDLER_VERSION", "1"},
                            {"BUNDLER_ORIG_PATH", "x"},
                            {"RUBYOPT", "-W0"},
                            {"RUBYLIB", "/old"},
                            {"SUDO_USER", "me"},
                            {"SUDO_COMMAND", "x"},
                            {"NOTIFY_SOCKET", "/run/x"},
                            {"INVOCATION_ID", "1"},
                            {"JOURNAL_STREAM", "8"},
                            {"LISTEN_FDS", "1"},
                            {"BOOTCHECK_CONFIG", "/x.yml"},
                            {"OLDPWD", "/old"},
                            {"PWD", "/old"}};
  const Inherited inherited(theirs);
  const auto env = environment_of({}, {});
  for (const auto& [name, value] : theirs)
    EXPECT_FALSE(env.contains(name)) << name;
}

TEST(EnvironmentOf, KeepsTheRestOfWhatItInherited) {
  const Inherited inherited(Variables{{"LANG", "de_DE.UTF-8"},
                                      {"DATABASE_URL", "pg://x?a=b"},
                                      {"RUBY_GC_HEAP_GROWTH_FACTOR", "1.1"},
                                      {"MY_BUNDLE_X", "1"},
                                      {"EMPTY", ""}});
  const auto env = environment_of({}, {});
  EXPECT_EQ(env.at("LANG"), "de_DE.UTF-8");
  EXPECT_EQ(env.at("DATABASE_URL"), "pg://x?a=b");
  EXPECT_EQ(env.at("RUBY_GC_HEAP_GROWTH_FACTOR"), "1.1");
  EXPECT_EQ(env.at("MY_BUNDLE_X"), "1");
  EXPECT_EQ(env.at("EMPTY"), "");
}

TEST(EnvironmentOf, SaysWhichRailsEnvironmentItIs) {
  const Inherited inherited(Variables{{"RAILS_ENV", "development"}, {"RACK_ENV", "test"}});
  Config config;
  config.environment = "staging";
  const auto env = environment_of(config, {});
  EXPECT_EQ(env.at("RAILS_ENV"), "staging");
  EXPECT_EQ(env.at("RACK_ENV"), "staging");
}

TEST(EnvironmentOf, PutsPathBeforePath) {
  const Inherited inherited(Variables{{"PATH", "/usr/bin:/bin"}});
  Config config;
  EXPECT_EQ(environment_of(config, {}).at("PATH"), "/usr/bin:/bin");
  config.path = {"/home/deploy/.rbenv/shims", "/opt/bin"};
  EXPECT_EQ(environment_of(config, {}).at("PATH"),
            "/home/deploy/.rbenv/shims:/opt/bin:/usr/bin:/bin");
  config.env["PATH"] = "/only";
  EXPECT_EQ(environment_of(config, {}).at("PATH"), "/home/deploy/.rbenv/shims:/opt/bin:/only");
}

TEST(EnvironmentOf, HasAPathInAnyCase) {
  const Inherited inherited(Variables{{"PATH", ""}});
  ::unsetenv("PATH");
  EXPECT_NE(environment_of({}, {}).at("PATH").find("/usr/bin"), std::string::npos);
}

TEST(EnvironmentOf, TheWorkerSpeaksLastThenTheAppThenTheFile) {
  const Inherited inherited(
      {{"A", "inherited"}, {"B", "inherited"}, {"C", "inherited"}, {"D", "d"}});
  const test::TempDir scratch;
  Config config;
  config.env_file = scratch.path() / "env";
  std::ofstream(config.env_file->native()) << "A=file\nB=file\nC=file\nBUNDLE_WITHOUT=test\n";
  config.env = {{"B", "app"}, {"C", "app"}};
  Worker worker;
  worker.env = {{"C", "worker"}};
  const auto env = environment_of(config, worker);
  EXPECT_EQ(env.at("A"), "file");
  EXPECT_EQ(env.at("B"), "app");
  EXPECT_EQ(env.at("C"), "worker");
  EXPECT_EQ(env.at("D"), "d");
  EXPECT_EQ(env.at("BUNDLE_WITHOUT"), "test") << "it was not inherited, somebody wrote it down";
}

TEST(EnvironmentOf, AFileThatCannotBeReadIsAnErrorThatNamesIt) {
  Config config;
  config.env_file = "/nowhere/shared/env";
  try {
    environment_of(config, {});
    FAIL() << "it was taken for empty";
  } catch (const std::system_error& error) {
    EXPECT_NE(std::string(error.what()).find("/nowhere/shared/env"), std::string::npos);
  }
}

}  // namespace
}  // namespace bootcheck
