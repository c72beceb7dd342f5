// `init`: the first configuration of an application, which the program itself then takes.
#include "process/rights_test.h"
#include "process/small_app_test.h"

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::HasSubstr;

class Init : public SmallAppTest {
 protected:
  fs::path file() const { return app_.root() / "config/bootcheck.yml"; }
};

TEST_F(Init, WritesAConfigurationThatWorksAtOnce) {
  write_file(app_.root() / "Procfile", "web: bin/web\nfeed: bin/feed eu\n");
  const auto finished = app_.bootcheck({"init"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("Wrote " + file().native()));
  EXPECT_THAT(finished.out, HasSubstr("\n  * * * * * " + bootcheck_binary() + " -C " +
                                      app_.root().native() + "\n"));
  EXPECT_THAT(finished.out, HasSubstr("bootcheck -C " + app_.root().native() + " doctor\n"));
  EXPECT_EQ(app_.bootcheck({"config"}).status, 0) << read_file(file());
  write_file(file(), read_file(file()) + "launcher: direct\n");
  good_pass();
  EXPECT_TRUE(says("feed", "up eu\n")) << story();
}

TEST_F(Init, KnowsDelayedJobByItsGemOrItsScript) {
  app_.script("bin/delayed_job", "exit 0");
  ASSERT_EQ(app_.bootcheck({"init"}).status, 0);
  EXPECT_THAT(app_.bootcheck({"config"}).out, HasSubstr("delayed_job.1"));
  fs::remove(file());
  fs::remove(app_.root() / "bin/delayed_job");
  write_file(app_.root() / "Gemfile.lock", "GEM\n  specs:\n    delayed_job (4.1.9)\n");
  ASSERT_EQ(app_.bootcheck({"init"}).status, 0);
  EXPECT_THAT(app_.bootcheck({"config"}).out, HasSubstr("delayed_job.1"));
}

TEST_F(Init, NeverOverwrites) {
  app_.script("bin/delayed_job", "exit 0");
  write_file(file(), "mine\n");
  const auto finished = app_.bootcheck({"init"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr(file().native() + " is there already"));
  EXPECT_EQ(read_file(file()), "mine\n");
  fs::remove(file());
  fs::create_symlink("nowhere", file());
  EXPECT_EQ(app_.bootcheck({"init"}).status, 2);
  EXPECT_TRUE(fs::is_symlink(file()));
}

TEST_F(Init, ShowsWhatItWouldWrite) {
  app_.script("bin/delayed_job", "exit 0");
  const auto finished = app_.bootcheck({"init", "--dry-run"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.out, HasSubstr("  - preset: delayed_job\n"));
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(Init, WritesNothingWhereThereIsNothingToRun) {
  const auto finished = app_.bootcheck({"init"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err,
              HasSubstr("nothing to keep running was found in " + app_.root().native()));
  EXPECT_FALSE(fs::exists(file()));
}

TEST_F(Init, SaysThatThereIsNoSuchFolder) {
  const auto finished = run({bootcheck_binary(), "-C", (app_.root() / "nowhere").native(), "init"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr((app_.root() / "nowhere").native() +
                                      " does not exist; name the application's folder"));
}

using InitByRoot = RightsTest;

TEST_F(InitByRoot, WritesAsTheApplicationsOwner) {
  if (!is_root_or_rerun()) return;
  app_.script("bin/delayed_job", "exit 0");
  fs::permissions(app_.root(), fs::owner_all | fs::others_read | fs::others_exe);
  give_to("daemon");
  const auto finished = app_.bootcheck({"init"});
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(owner_and_mode(app_.root() / "config/bootcheck.yml"), "daemon 640");
  EXPECT_EQ(owner_and_mode(app_.root() / "config").substr(0, 6), "daemon");
}

TEST_F(InitByRoot, WritesNothingOfRootsForAnothersApplication) {
  if (!is_root_or_rerun()) return;
  app_.script("bin/delayed_job", "exit 0");
  give_to("daemon");
  const TempDir etc;
  const auto file = etc.path() / "shop.yml";
  const auto finished = app_.bootcheck({"-c", file.native(), "init"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr("belongs to daemon"));
  EXPECT_FALSE(fs::exists(file));
}

}  // namespace
}  // namespace bootcheck::test
