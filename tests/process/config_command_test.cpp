// What `config` and `status` say, and which workers a word on the command line means.
#include "process/small_app_test.h"

namespace bootcheck::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

using ConfigCommand = SmallAppTest;

TEST_F(ConfigCommand, EndsWithAVerdict) {
  app_.configure("workers: [{name: feed, start: [bin/feed], foreground: true}]");
  const auto finished = app_.bootcheck({"config"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.out, EndsWith("\n# This is a valid configuration of 1 worker.\n"));
}

TEST_F(ConfigCommand, NamesWhatIsNotThere) {
  app_.configure(
      "env_file: shared/env\npath: [rubies]\n"
      "workers: [{name: feed, start: [bin/fed], foreground: true}]");
  const auto root = app_.root().native();
  const auto finished = app_.bootcheck({"config"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.out, HasSubstr("\n# Not found: env_file: " + root + "/shared/env\n"));
  EXPECT_THAT(finished.out, HasSubstr("path: " + root + "/rubies\n"));
  EXPECT_THAT(finished.out, HasSubstr("start of feed: " + root + "/bin/fed\n"));
  const auto elsewhere = run({bootcheck_binary(), "-C", root + "/gone", "-n", "1", "config"});
  EXPECT_EQ(elsewhere.status, 0);
  EXPECT_THAT(elsewhere.out, HasSubstr("# Not found: root: " + root + "/gone\n"));
}

TEST_F(ConfigCommand, LooksForTheProgramsThatAreAskedWhetherWorkersAreReady) {
  app_.script("bin/there", "exit 0");
  app_.configure(
      "ready: [no_such_program, -q]\nenv: {PATH: /usr/bin}\n"
      "workers:\n"
      "  - {name: 'a-%{id}', count: 2, start: [bin/feed, '%{id}'], foreground: true}\n"
      "  - {name: b, start: [bin/feed, b], foreground: true, ready: [bin/gone]}\n"
      "  - {name: c, start: [bin/feed, c], foreground: true, ready: [bin/there]}\n"
      "  - {name: d, start: [bin/feed, d], foreground: true, ready: [env]}\n"
      "  - {name: e, start: exec bin/feed, foreground: true, ready: gone --or not}");
  EXPECT_THAT(app_.bootcheck({"config"}).out,
              EndsWith("\n# This is a valid configuration of 6 workers.\n"
                       "# Not found: ready: no_such_program in /usr/bin\n"
                       "# Not found: ready: " +
                       app_.root().native() + "/bin/gone\n"));
}

TEST_F(ConfigCommand, LooksForTheProgramsThatTellAndStopAWorker) {
  app_.configure(
      "workers:\n"
      "  - {name: 'a-%{id}', count: 2, start: [bin/feed, '%{id}'], status: [bin/state, '%{id}'],\n"
      "     stop: [bin/halt, '%{id}']}");
  const auto root = app_.root().native();
  EXPECT_THAT(app_.bootcheck({"config"}).out,
              EndsWith("workers.\n# Not found: status: " + root +
                       "/bin/state\n# Not found: stop: " + root + "/bin/halt\n"));
}

TEST_F(ConfigCommand, SaysWhereAUnitHasNoEffect) {
  const std::string workers = "workers: [{name: feed, start: [bin/feed], foreground: true}]\n";
  const auto last_line = [this] { return lines_of(app_.bootcheck({"config"}).out).back(); };
  app_.configure("unit: {MemoryMax: 1G}\n" + workers);
  EXPECT_EQ(last_line(), "# But `unit` has no effect with `launcher: direct`.");
  app_.configure_literally("launcher: systemd\nunit: {MemoryMax: 1G}\n" + workers);
  EXPECT_EQ(last_line(), "# This is a valid configuration of 1 worker.");
  app_.configure(workers);
  EXPECT_EQ(last_line(), "# This is a valid configuration of 1 worker.");
}

TEST_F(ConfigCommand, NamesWorkersThatCannotBeToldApart) {
  const auto last_line = [this] { return lines_of(app_.bootcheck({"config"}).out).back(); };
  const std::string alike = " look the same: without their pid files they cannot be told apart.";
  app_.configure(
      "workers: [{name: 'feed-%{id}', count: 2, start: [bin/feed], foreground: true}]\n");
  EXPECT_EQ(last_line(), "# But feed-0 and feed-1" + alike);
  app_.configure("workers: [{preset: resque, count: 2, start: [bin/resque]}]\n");
  EXPECT_EQ(last_line(), "# But resque.0 and resque.1" + alike);
  app_.configure(
      "workers: [{name: 'feed-%{id}', count: 2, start: [bin/feed, '%{id}'], foreground: true}]\n");
  EXPECT_THAT(last_line(), testing::EndsWith(" valid configuration of 2 workers."));
}

TEST_F(ConfigCommand, ShowsTheSettingThatMakesWorkersWaitForTheirJobs) {
  app_.configure("workers: [{preset: sidekiq, count: 1}, {preset: good_job, count: 1}]");
  EXPECT_THAT(
      app_.bootcheck({"config"}).out,
      EndsWith("\n# But sidekiq.0 when asked to stop waits for 25 s only, and cuts jobs off "
               "that last longer, which begin anew elsewhere or are lost; to change that:\n"
               "#   printf '\\n:timeout: 3600\\n' >> " +
               app_.root().native() + "/config/sidekiq.yml\n"));
  app_.configure("workers: [{preset: sidekiq, count: 1, args: [-t, '60']}]");
  EXPECT_THAT(app_.bootcheck({"config"}).out, EndsWith("valid configuration of 1 worker.\n"));
}

TEST_F(ConfigCommand, IsStillAConfiguration) {
  app_.configure("workers: [{name: feed, start: [bin/feed], foreground: true}]");
  write_file(app_.root() / "again.yml", app_.bootcheck({"config"}).out);
  const auto again = app_.bootcheck({"-c", (app_.root() / "again.yml").native(), "config"});
  EXPECT_EQ(again.status, 0) << again.err;
}

using WorkersOnTheCommandLine = SmallAppTest;

TEST_F(WorkersOnTheCommandLine, AreMeantByTheirPresetOrIdentifierAsWell) {
  app_.configure(
      "workers:\n  - {preset: delayed_job, identifiers: [1, mail]}\n"
      "  - {name: 'feed-%{id}', identifiers: [eu, mail], start: [bin/feed, '%{id}'],\n"
      "     foreground: true}");
  const auto logs = [this](const std::string& name) { return app_.bootcheck({"logs", name}); };
  EXPECT_EQ(logs("delayed_job").status, 0);
  EXPECT_THAT(logs("eu").err, HasSubstr("feed-eu.start.log"));
  EXPECT_EQ(logs("mail").status, 2);
  EXPECT_THAT(logs("mail").err, HasSubstr("`mail` is the identifier of several workers"));
  EXPECT_THAT(logs("delayed_jbo.1").err, HasSubstr("did you mean `delayed_job.1`?"));
}

using QuietStatus = SmallAppTest;

TEST_F(QuietStatus, ShowsWhatIsWrongAndNoMore) {
  app_.configure(
      "workers:\n  - {name: 'feed-%{id}', identifiers: [eu, us], start: [bin/feed, '%{id}'],\n"
      "     foreground: true}\n");
  good_pass();
  auto finished = app_.bootcheck({"status", "-q"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_EQ(finished.out, "");
  ASSERT_TRUE(kill_and_wait(app_.living("feed-us")));
  finished = app_.bootcheck({"status", "-q"});
  EXPECT_EQ(finished.status, 3);
  EXPECT_THAT(finished.out, HasSubstr("feed-us"));
  EXPECT_THAT(finished.out, Not(HasSubstr("feed-eu")));
}

}  // namespace
}  // namespace bootcheck::test
