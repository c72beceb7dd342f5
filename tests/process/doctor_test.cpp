// The doctor on a machine of the test's own: each thing that can be wrong is made wrong, found, and
// where its line can be run, mended by it.
#include "process/as_root.h"
#include "process/own_etc.h"
#include "process/small_app_test.h"
#include "support/skipped.h"

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kOneFeed = "workers: [{name: feed, start: [bin/feed], foreground: true}]";
constexpr const char* kDelayedJob = "workers: [{preset: delayed_job, identifiers: [1, 10]}]";

class DoctorCommand : public SmallAppTest {
 protected:
  DoctorCommand() { app_.configure(kOneFeed); }

  void SetUp() override {
    if (!is_root_or_rerun()) GTEST_SKIP() << kWasRunBySudo;
  }

  /// What the doctor says after `line` was run on a machine where all is well: cron runs, and has
  /// the line.
  Finished after(const std::string& line, const std::string& doctor = "bootcheck doctor") const {
    return with_own_etc(app_.root(),
                        "bash -c 'exec -a /usr/sbin/cron sleep 1000' & \n"
                        "until pgrep -f '^/usr/sbin/cron' >/dev/null; do sleep 0.01; done\n"
                        "echo \"* * * * * bootcheck -C $PWD\" | crontab -\n" +
                            line + "\n" + doctor + "; rc=$?; kill %1; exit $rc",
                        {{"PATH", "/usr/sbin:/usr/bin:/sbin:/bin"}});
  }

  /// It is found, once, and alone.
  void expect_found(const std::string& line, const std::string& text,
                    const std::string& fix) const {
    const auto finished = after(line);
    EXPECT_EQ(finished.status, 1) << finished.out << finished.err;
    EXPECT_THAT(finished.out, HasSubstr(text));
    EXPECT_THAT(finished.out, HasSubstr("\n    " + fix));
    EXPECT_EQ(lines_of(finished.out).size(), 2U) << finished.out;
  }
  /// ... and its own line mends it.
  void expect_mended(const std::string& line) const {
    const auto finished = after(
        line +
        "\nbootcheck doctor | sed -n 's/^    //; s/^sudo //; s/ && sudo / \\&\\& /; 2p' > fix\n"
        "test -s fix && . ./fix > /dev/null");
    EXPECT_EQ(finished.status, 0) << read_file(app_.root() / "fix") << finished.out << finished.err;
  }

  Finished delayed_job(const std::string& line) const {
    app_.configure(kDelayedJob);
    app_.script("bin/delayed_job", "exit 0");
    return after(line);
  }
};

TEST_F(DoctorCommand, FindsNothingWhereAllIsWell) {
  const auto finished = after("");
  EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("nothing was found"));
  EXPECT_THAT(finished.err, IsEmpty());
  EXPECT_THAT(after("", "bootcheck doctor -q").out, IsEmpty());
}

TEST_F(DoctorCommand, FindsNothingWrongWithALineForTheShell) {
  app_.configure("workers: [{name: feed, start: exec bin/feed, foreground: true}]");
  const auto finished = after("");
  EXPECT_EQ(finished.status, 0) << finished.out << finished.err;
}

TEST_F(DoctorCommand, ChangesNothing) {
  const auto before = app_.listing();
  after("");
  EXPECT_EQ(app_.listing(), before);
}

TEST_F(DoctorCommand, SpeaksJson) {
  const auto finished = after("crontab -r", "bootcheck doctor --json");
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.out,
              AllOf(HasSubstr("\"schema\": 1"), HasSubstr("\"kind\": \"no_crontab_line\""),
                    HasSubstr("\"exit_status\": 1")));
}

// --- cron
TEST_F(DoctorCommand, FindsThatCronDoesNotRun) {
  expect_found("kill %1; wait %1", "cron is not running", "sudo service cron start");
}

TEST_F(DoctorCommand, FindsThatThereIsNoLine) {
  expect_found("crontab -r", "no crontab line",
               "bootcheck -C " + app_.root().native() + " crontab --install");
  expect_mended("crontab -r");
}

TEST_F(DoctorCommand, TakesALineOfTheSystemForOne) {
  EXPECT_EQ(
      after("crontab -r; echo \"* * * * * root bootcheck -C $PWD\" > /etc/cron.d/shop").status, 0);
  EXPECT_EQ(after("crontab -r; echo \"* * * * * root bootcheck -C $PWD\" > /etc/crontab").status,
            0);
}

TEST_F(DoctorCommand, FindsFilesThatCronLeavesOutInSilence) {
  const std::string good =
      "echo \"* * * * * root bootcheck -C $PWD\" > /etc/cron.d/shop; crontab -r\n";
  const auto expect = [&](const std::string& wrong, const std::string& why) {
    const auto finished = after(good + wrong);
    EXPECT_EQ(finished.status, 1) << wrong;
    EXPECT_THAT(finished.out, HasSubstr("cron leaves /etc/cron.d/")) << wrong;
    EXPECT_THAT(finished.out, HasSubstr(why)) << wrong;
    EXPECT_THAT(finished.out, HasSubstr("no crontab line")) << wrong;
  };
  expect("mv /etc/cron.d/shop /etc/cron.d/shop.cron", "no dot");
  expect("chmod g+w /etc/cron.d/shop", "others than root may write to it");
  expect("chown daemon /etc/cron.d/shop", "not root's");
  expect("ln /etc/cron.d/shop /etc/cron.d/shop~", "more than one hard link");
  expect("printf %s \"$(cat /etc/cron.d/shop)\" > /etc/cron.d/shop", "no newline");
  expect("sed -i s/root/nobody-here/ /etc/cron.d/shop", "names the user `nobody-here`");
}

TEST_F(DoctorCommand, MendsFilesThatCronLeavesOut) {
  const std::string good =
      "echo \"* * * * * root bootcheck -C $PWD\" > /etc/cron.d/shop; crontab -r\n";
  const auto mend = [&](const std::string& wrong) {
    const auto finished = after(
        good + wrong +
        "\nbootcheck doctor | grep -A1 'cron leaves' | sed -n 's/^    //; s/sudo //g; 2p' > fix\n"
        ". ./fix > /dev/null");
    EXPECT_EQ(finished.status, 0) << wrong << read_file(app_.root() / "fix") << finished.out;
  };
  mend("mv /etc/cron.d/shop /etc/cron.d/shop.cron");
  mend("chmod g+w /etc/cron.d/shop");
  mend("chown daemon /etc/cron.d/shop");
  mend("ln /etc/cron.d/shop /etc/shop-link");
  mend("printf %s \"$(cat /etc/cron.d/shop)\" > /etc/cron.d/shop");
}

// --- others that start the same workers
TEST_F(DoctorCommand, FindsASecondManager) {
  const auto pid_file = app_.pid_file("feed").native();
  const std::string root = app_.root().native();
  expect_found("mkdir -p /etc/monit/conf.d; echo 'check process feed with pidfile " + pid_file +
                   "' > /etc/monit/conf.d/feed",
               "monit looks after the same workers: /etc/monit/conf.d/feed", "sudoedit ");
  expect_found("printf '[Service]\\nWorkingDirectory=" + root + "\\nExecStart=" + root +
                   "/bin/feed\\n' > /etc/systemd/system/feed.service",
               "a systemd unit looks after the same workers: /etc/systemd/system/feed.service",
               "sudo systemctl disable --now feed.service");
  expect_found("mkdir -p /etc/god; echo 'God.watch { |w| w.start = \"" + root +
                   "/bin/feed\" }' > /etc/god/feed.god",
               "god looks after the same workers", "god quit");
  expect_found("echo '* * * * * root cd " + root + " && bin/feed &' > /etc/cron.d/feed",
               "another crontab line looks after the same workers: /etc/cron.d/feed",
               "sudoedit /etc/cron.d/feed");
  expect_found("echo \"* * * * * root bootcheck -C $PWD\" > /etc/cron.d/shop",
               "more than one crontab line makes the passes", "crontab -e");
  EXPECT_EQ(
      after("echo '# check process feed with pidfile " + pid_file + "' > /etc/monitrc").status, 0);
}

TEST_F(DoctorCommand, FindsDelayedJobsOwnMonitor) {
  app_.script("bin/delayed_job", "exit 0");
  app_.configure("workers: [{preset: delayed_job, identifiers: [1]}]");
  const auto finished = after(
      "mkfifo fifo; bash -c 'exec -a delayed_job.1_monitor cat <>fifo' &\n"
      "until pgrep -f '^delayed_job.1_monitor' >/dev/null; do sleep 0.01; done");
  EXPECT_THAT(finished.out, HasSubstr("delayed_job.1_monitor\n    kill "));
}

// --- Ruby, as cron would run it
TEST_F(DoctorCommand, FindsThatRubyIsNotWhereCronLooks) {
  app_.configure(kDelayedJob);
  app_.script("bin/delayed_job", "exit 0");
  app_.script("rubies/ruby", "echo ruby 3.3.0");
  const std::string hidden = "mount --bind /dev/null /usr/bin/ruby; export PATH=$PWD/rubies:$PATH";
  expect_found(hidden, "Ruby is not found under cron, where PATH is /usr/bin:/bin",
               "echo 'path: [" + (app_.root() / "rubies").native() + "]' >> ");
  expect_mended(hidden);
}

TEST_F(DoctorCommand, TakesThePathThatTheCrontabSets) {
  app_.configure(kDelayedJob);
  app_.script("bin/delayed_job", "exit 0");
  app_.script("rubies/ruby", "echo ruby 3.3.0");
  EXPECT_EQ(after("mount --bind /dev/null /usr/bin/ruby\n"
                  "echo \"* * * * * PATH=$PWD/rubies:/bin bootcheck -C $PWD\" | crontab -")
                .status,
            0);
}

TEST_F(DoctorCommand, FindsThatRubyOrItsGemsFail) {
  app_.configure("path: [rubies]\n" + std::string(kDelayedJob));
  app_.script("bin/delayed_job", "exit 0");
  app_.script("rubies/ruby", "echo \"rbenv: version 3.2.1 is not installed\" >&2; exit 1");
  expect_found("", "`ruby -v` fails under cron: rbenv: version 3.2.1 is not installed", "cd ");
  app_.script("rubies/ruby", "test -z \"$TERM$USER$OLDPWD\" && echo ruby 3.2.1");
  EXPECT_EQ(after("").status, 0) << "its environment is cron's";
  write_file(app_.root() / "Gemfile", "");
  app_.script("rubies/bundle", "test \"$*\" = 'check --dry-run' && echo ' * pg (1.5)'; exit 1");
  expect_found("", "`bundle check` fails under cron: * pg (1.5)",
               "cd " + app_.root().native() + " && bundle install");
}

TEST_F(DoctorCommand, FindsThatBundlerIsMissing) {
  app_.configure(kDelayedJob);
  app_.script("bin/delayed_job", "exit 0");
  write_file(app_.root() / "Gemfile", "");
  expect_found("test ! -e /usr/bin/bundle || mount --bind /dev/null /usr/bin/bundle",
               "Bundler is not found under cron", "");
}

TEST_F(DoctorCommand, FindsThatAScriptIsNotThereOrCannotBeRun) {
  expect_found("chmod a-x bin/feed", "may not execute",
               "chmod a+x " + (app_.root() / "bin/feed").native());
  expect_mended("chmod a-x bin/feed");
  expect_found("rm bin/feed", "which is not there", "ls -l ");
  app_.configure("workers: [{name: feed, start: [feeder-of-nobody], foreground: true}]");
  expect_found("", "`feeder-of-nobody`, which is not found under cron",
               "command -v feeder-of-nobody");
}

// --- folders
TEST_F(DoctorCommand, FindsWhatIsWrongWithFolders) {
  const auto pids = (app_.root() / "tmp/pids").native();
  expect_found("mkdir -p tmp; ln -s nowhere tmp/pids", "is a link that leads nowhere", "mkdir -p ");
  expect_mended("rm -rf \"${FOLDER:?}/tmp\"; mkdir tmp; ln -s nowhere tmp/pids");
  expect_found("rm -rf \"${FOLDER:?}/tmp\"; mkdir tmp; touch tmp/pids", "is no folder",
               "mv " + pids);
  expect_mended("rm -rf \"${FOLDER:?}/tmp\"; mkdir tmp; touch tmp/pids");
  expect_found(
      "rm -rf \"${FOLDER:?}/tmp\"; mkdir -p tmp/pids; mount -t tmpfs -o size=16k tmpfs tmp/pids; "
      "head -c 20000 /dev/zero > tmp/pids/x 2>/dev/null",
      "has ", "df -h " + pids);
  expect_found("rm -rf \"${FOLDER:?}/tmp\"; mkdir -p tmp/pids; mount -t tmpfs -o ro tmpfs tmp/pids",
               "mounted read-only", "findmnt -T " + pids);
}

TEST_F(DoctorCommand, FindsFoldersThatAreNotTheUsers) {
  const auto pids = (app_.root() / "tmp/pids").native();
  const std::string line = "echo \"* * * * * bootcheck -C $PWD\" | ";
  const auto given =
      "chmod 755 .; rm -rf \"${FOLDER:?}/tmp\"; mkdir -p tmp/pids; chown -R daemon: "
      "\"${FOLDER:?}\"; " +
      line + "crontab -u daemon -; ";
  expect_found(given + "chown root: tmp/pids", "belongs to uid 0, and daemon may not write to it",
               "sudo chown daemon: " + pids);
  expect_mended(given + "chown root: tmp/pids");
  expect_found(given + "chmod a-w tmp/pids", "is not writable for daemon", "chmod u+rwx " + pids);
  expect_found(given + "rmdir tmp/pids; chown root: tmp", "may not make it in",
               "sudo install -d -o daemon " + pids);
  expect_mended(given + "rmdir tmp/pids; chown root: tmp");
}

TEST_F(DoctorCommand, FindsFoldersInsideARelease) {
  expect_found(
      "mkdir -p releases/1/log releases/1/config releases/1/bin shared/pids releases/1/tmp\n"
      "cp bin/feed releases/1/bin; cp config/bootcheck.yml releases/1/config\n"
      "ln -s releases/1 current; ln -s $PWD/shared/pids releases/1/tmp/pids\n"
      "echo \"* * * * * bootcheck -C $PWD/current\" | crontab -\n"
      "bootcheck() { \"$BOOTCHECK\" -C $PWD/current \"$@\"; }",
      "is inside the release", "echo 'append :linked_dirs, \"log\"' >> config/deploy.rb");
}

// --- /proc, the lock, the clock
TEST_F(DoctorCommand, FindsThatProcessesAreHidden) {
  expect_found(
      "chmod 755 .; chown -R daemon: \"${FOLDER:?}\"; echo \"* * * * * bootcheck -C $PWD\" | "
      "crontab "
      "-u daemon "
      "-\n"
      "mount -o remount,hidepid=2 /proc",
      "(hidepid)", "sudo mount -o remount,hidepid=0 /proc");
}

TEST_F(DoctorCommand, FindsWhoHoldsTheLock) {
  app_.configure("stuck_after: 1s\n" + std::string(kOneFeed));
  expect_found("mkdir -p tmp/pids; flock tmp/pids/bootcheck.lock sleep 1000 & sleep 2.5",
               "has held the lock for", "ps -o ");
  expect_found(
      "mkdir -p tmp/pids; (flock 9; exec sleep 1000) 9> tmp/pids/bootcheck.lock & sleep 2.5",
      "somebody has held the lock for", "sudo fuser -v ");
}

TEST_F(DoctorCommand, FindsThatTheClockIsBehind) {
  expect_found("mkdir -p tmp/pids; touch -d '+3 hours' tmp/pids/bootcheck.lock", "from now",
               "date && ");
}

// --- the configuration, the application
TEST_F(DoctorCommand, FindsWhatIsUnwiseInTheConfiguration) {
  app_.configure(
      "workers: [{name: 'feed-%{id}', identifiers: [eu, us], start: [bin/feed], foreground: "
      "true}]");
  expect_found("", "feed-eu and feed-us are started by one and the same command", "${EDITOR:-vi} ");
  app_.configure(std::string(kOneFeed) + "\nlimits: {age: 30s}");
  expect_found("", "limits.age of feed is 30", "${EDITOR:-vi} ");
}

TEST_F(DoctorCommand, FindsIdentifiersThatCollide) {
  write_file(app_.root() / "Gemfile.lock", "GEM\n  specs:\n    daemons (1.1.9)\n");
  EXPECT_THAT(
      delayed_job("").out,
      HasSubstr("daemons 1.1.9 takes the pid file of delayed_job.10 for that of delayed_job.1,"));
}

TEST_F(DoctorCommand, FindsThatDeadlocksMakeJobsRunTwice) {
  write_file(app_.root() / "config/database.yml", "production:\n  adapter: mysql2\n");
  const auto mysql = [this](const std::string& settings) {
    write_file(app_.root() / "config/initializers/jobs.rb", settings);
    return delayed_job("").out;
  };
  constexpr auto kFound = "a job runs twice when its deletion meets a deadlock";
  EXPECT_THAT(mysql("# reserve_sql_strategy\n"), HasSubstr(kFound));
  EXPECT_THAT(mysql("config.reserve_sql_strategy = :default_sql\n"), Not(HasSubstr(kFound)));
  write_file(app_.root() / "config/database.yml",
             "production:\n  # adapter: mysql2\n  adapter: postgresql\n");
  EXPECT_THAT(mysql("# reserve_sql_strategy\n"), Not(HasSubstr(kFound)));
}

TEST_F(DoctorCommand, FindsThatJobsAreCutOff) {
  write_file(app_.root() / "config/initializers/jobs.rb",
             "# raise_signal_exceptions = true\nDelayed::Worker.raise_signal_exceptions = :term\n");
  expect_found("", "jobs.rb:2 sets raise_signal_exceptions", "sed -i '2s/^/# /' ");
  expect_mended("");
}

TEST_F(DoctorCommand, FindsThatSidekiqHasItsOwnLimitForJobs) {
  constexpr auto kFound = "sidekiq.0 and 1 more when asked to stop wait for 25 s only";
  const auto sidekiq = [this](const std::string& args) {
    app_.configure("workers: [{preset: sidekiq, count: 2, args: [" + args + "]}]");
  };
  sidekiq("-q, mail");
  write_file(app_.root() / "config/sidekiq.yml", ":concurrency: 5\n# :timeout: 60");
  expect_found("", kFound, "printf '\\n:timeout: 3600\\n' >> ");
  expect_mended("");
  sidekiq("-C, config/mail.yml");
  expect_found("", kFound, "printf ");
  expect_mended("");
  for (const auto* args : {"-t, '60'", "-t60", "--timeout, '60'", "--timeout=60"}) {
    sidekiq(args);
    EXPECT_EQ(after("").status, 0) << args;
  }
  sidekiq("-t, '8'");
  expect_found("", "sidekiq.0 and 1 more when asked to stop wait for 8 s only", "${EDITOR:-vi} ");
  sidekiq("");
  write_file(app_.root() / "config/initializers/sidekiq.rb", "  config[:timeout] = 60\n");
  EXPECT_EQ(after("").status, 0);
}

TEST_F(DoctorCommand, FindsThatSolidQueueHasItsOwnLimitForJobs) {
  app_.script("bin/jobs", "exec sleep 1000");
  app_.configure("workers: [{preset: solid_queue, count: 1}]");
  write_file(app_.root() / "config/initializers/jobs.rb", "# SolidQueue.shutdown_timeout = 60\n");
  expect_found("", "solid_queue.0 when asked to stop waits for 5 s only", "echo 'SolidQueue.");
  expect_mended("");
  const auto setting = [this](const std::string& line) {
    write_file(app_.root() / "config/initializers/jobs.rb", "#\n" + line + "\n");
  };
  fs::remove(app_.root() / "config/initializers/solid_queue_shutdown.rb");
  setting("config.solid_queue.shutdown_timeout = 10.seconds # as before");
  expect_found("", "solid_queue.0 when asked to stop waits for 10 s only",
               "${EDITOR:-vi} +2 " + app_.root().native() + "/config/initializers/jobs.rb");
  for (const auto* line :
       {"config.solid_queue.shutdown_timeout = 2.minutes", "SolidQueue.shutdown_timeout = 30",
        "SolidQueue.shutdown_timeout = 5 * 60",
        "SolidQueue.shutdown_timeout = ENV.fetch('STOP', 5).to_i"}) {
    setting(line);
    EXPECT_EQ(after("").status, 0) << line;
  }
}

TEST_F(DoctorCommand, FindsThatGoodJobIsToldOfALimitForJobs) {
  const auto good_job = [this](const std::string& more) {
    app_.configure("workers: [{preset: good_job, count: 1" + more + "}]");
  };
  const auto setting = [this](const std::string& line) {
    write_file(app_.root() / "config/application.rb", line + "\n");
  };
  constexpr auto kFound = "good_job.0 when asked to stop waits for 25 s only";
  good_job("");
  EXPECT_EQ(after("").status, 0) << "it waits for ever";
  good_job(", args: [--shutdown-timeout=25]");
  expect_found("", kFound, "${EDITOR:-vi} " + app_.root().native() + "/config/bootcheck.yml");
  good_job(", env: {GOOD_JOB_SHUTDOWN_TIMEOUT: 25}");
  expect_found("", kFound, "${EDITOR:-vi} ");
  setting("config.good_job.shutdown_timeout = -1");
  EXPECT_EQ(after("").status, 0) << "what Ruby says goes before the variable";
  good_job("");
  setting("config.good_job = {max_threads: 2, shutdown_timeout: 25}");
  expect_found("", kFound, "${EDITOR:-vi} +1 ");
  good_job(", args: [--shutdown-timeout, '600']");
  EXPECT_EQ(after("").status, 0) << "an argument goes before all";
  good_job("");
  setting("SolidQueue.shutdown_timeout = 5");
  EXPECT_EQ(after("").status, 0);
}

TEST_F(DoctorCommand, FindsAStopSignalThatCutsJobsOff) {
  const auto worker = [this](const std::string& more) {
    app_.configure("workers: [{count: 1, " + more + "}]");
  };
  worker("preset: resque, stop_signal: TERM");
  expect_found("", "`stop_signal` of resque.0 is TERM, which cuts jobs off; QUIT lets them finish",
               "${EDITOR:-vi} " + app_.root().native() + "/config/bootcheck.yml");
  worker("preset: good_job, stop_signal: QUIT");
  expect_found("", "is QUIT, which cuts jobs off; TERM lets", "${EDITOR:-vi} ");
  for (const auto* well :
       {"preset: resque", "preset: resque, stop_signal: TERM, env: {GRACEFUL_TERM: 1}",
        "preset: good_job, stop_signal: INT"}) {
    worker(well);
    EXPECT_EQ(after("").status, 0) << well;
  }
}

}  // namespace
}  // namespace bootcheck::test
