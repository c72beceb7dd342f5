// From what the doctor has looked at to what it finds: a row for each thing that can be wrong.
#include "doctor/findings.h"

#include <functional>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck::doctor {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

PathLook good_look() {
  PathLook look;
  look.exists = look.may_write = look.may_execute = true;
  look.owner = 1000;
  look.hard_links = 1;
  look.free_bytes = look.free_files = std::numeric_limits<std::uint64_t>::max();
  return look;
}

FolderFacts good_folder(const std::string& purpose, const Path& path) {
  FolderFacts folder{
      .purpose = purpose, .path = path, .look = good_look(), .nearest = path, .nearest_look = {}};
  folder.look.is_directory = true;
  folder.look.real = path;
  folder.nearest_look = folder.look;
  return folder;
}

/// An application of which all is well.
class Doctor : public testing::Test {
 protected:
  Doctor() {
    config.app = "shop";
    config.root = "/srv/shop/current";
    config.file = config.root / "config/bootcheck.yml";
    add_worker("1", "delayed_job");
    add_worker("2", "delayed_job");
    facts.config = &config;
    facts.naming = "-C /srv/shop/current";
    facts.user = "deploy";
    facts.uid = 1000;
    facts.ruby = {.is_needed = true,
                  .has_gemfile = true,
                  .path = "/usr/bin:/bin",
                  .ruby = "/usr/bin/ruby",
                  .bundle = "/usr/bin/bundle",
                  .folders = {},
                  .version = Tried{.succeeded = true, .timed_out = false, .text = "ruby 3.1"},
                  .bundle_check = Tried{.succeeded = true, .timed_out = false, .text = ""},
                  .gems = {{"daemons", "1.4.1"}}};
    ProgramFacts program{.worker = "delayed_job.1",
                         .program = "bin/delayed_job",
                         .path = "/srv/shop/current/bin/delayed_job",
                         .look = good_look(),
                         .is_run_by_ruby = true};
    program.look.is_file = true;
    facts.programs = {program};
    facts.folders = {good_folder("pid folder", "/srv/shop/current/tmp/pids"),
                     good_folder("log folder", "/srv/shop/current/log")};
    facts.cron.runs = true;
    facts.cron.lines = {"crontab: bootcheck -C /srv/shop/current"};
  }

  void add_worker(const std::string& id, const std::string& preset) {
    Worker worker;
    worker.preset = preset;
    worker.identifier = id;
    worker.name = (preset.empty() ? "feed." : preset + ".") + id;
    worker.start = {preset.empty() ? "bin/feed" : "bin/delayed_job"};
    worker.working_directory = config.root;
    if (!preset.empty()) worker.process_title = worker.name;
    config.workers.push_back(worker);
  }

  /// The only finding; another kind or number of them fails.
  Finding found(const std::string& kind) const {
    const auto findings = find_all(facts);
    EXPECT_THAT(findings, ElementsAre(testing::Field(&Finding::kind, kind)));
    return findings.empty() ? Finding() : findings.front();
  }
  void expect_fix(const std::string& kind, const std::string& fix) const {
    EXPECT_EQ(found(kind).fix, fix);
  }
  FolderFacts& pids() { return facts.folders.front(); }

  Config config;
  Facts facts;
};

TEST_F(Doctor, FindsNothingWhereAllIsWell) {
  EXPECT_THAT(find_all(facts), IsEmpty());
}

// --- Ruby
TEST_F(Doctor, FindsThatRubyIsNotInCronsPath) {
  facts.ruby.ruby.reset();
  expect_fix("ruby_missing", "sudo apt-get install ruby");
  facts.ruby.folders = {"/home/deploy/.rbenv/shims"};
  expect_fix("ruby_missing",
             "echo 'path: [/home/deploy/.rbenv/shims]' >> /srv/shop/current/config/bootcheck.yml");
  config.file.reset();
  expect_fix("ruby_missing", "bootcheck -C /srv/shop/current crontab --install");
  facts.ruby.is_needed = false;
  EXPECT_THAT(find_all(facts), IsEmpty());
}

TEST_F(Doctor, FindsThatBundlerIsNotThere) {
  facts.ruby.bundle.reset();
  expect_fix("bundler_missing", "sudo apt-get install ruby-bundler");
  facts.ruby.has_gemfile = false;
  EXPECT_THAT(find_all(facts), IsEmpty());
}

TEST_F(Doctor, FindsThatRubyFailsUnderCron) {
  facts.ruby.version = Tried{
      .succeeded = false, .timed_out = false, .text = "rbenv: version `3.2.1' is not installed\n"};
  EXPECT_THAT(found("ruby_fails").text, HasSubstr("version `3.2.1' is not installed"));
  EXPECT_THAT(found("ruby_fails").fix,
              HasSubstr("env -i HOME=\"$HOME\" PATH=/usr/bin:/bin ruby -v"));
  facts.ruby.version = Tried{.succeeded = false, .timed_out = true, .text = ""};
  EXPECT_THAT(found("ruby_fails").text, HasSubstr("not come back"));
}

TEST_F(Doctor, FindsThatGemsAreMissing) {
  facts.ruby.bundle_check = Tried{.succeeded = false,
                                  .timed_out = false,
                                  .text = "The following gems are missing\n * pg (1.5)\n"};
  EXPECT_THAT(found("gems_missing").text, HasSubstr("gems are missing |  * pg (1.5)"));
  expect_fix("gems_missing", "cd /srv/shop/current && bundle install");
}

TEST_F(Doctor, FindsThatAScriptIsMissingOrNotExecutable) {
  auto& program = facts.programs.front();
  program.look.may_execute = false;  // Ruby loads it
  EXPECT_THAT(find_all(facts), IsEmpty());
  program.is_run_by_ruby = false;
  expect_fix("script_not_executable", "chmod a+x /srv/shop/current/bin/delayed_job");
  program.look = {};
  expect_fix("script_missing", "ls -l /srv/shop/current/bin");
  program.is_run_by_ruby = true;
  expect_fix("script_missing", "cd /srv/shop/current && bundle exec rails generate delayed_job");
  program.path.clear();
  program.program = "feeder";
  expect_fix("program_missing", "command -v feeder");
  facts.programs.push_back(program);
  EXPECT_THAT(find_all(facts), SizeIs(1)) << "once for all workers";
}

// --- folders
TEST_F(Doctor, FindsWhatIsWrongWithAFolder) {
  const auto path = std::string("/srv/shop/current/tmp/pids");
  pids().look.may_write = false;
  expect_fix("folder_not_writable", "chmod u+rwx " + path);
  pids().look.owner = 0;
  expect_fix("folder_not_ours", "sudo chown deploy: " + path);
  pids().look.is_read_only = true;
  expect_fix("folder_read_only", "findmnt -T " + path);
  pids().look.is_directory = false;
  expect_fix("folder_missing", "mv " + path + " " + path + ".old");
}

TEST_F(Doctor, FindsThatAFolderIsNotThereAndCannotBeMade) {
  pids().look = {};
  pids().nearest = "/srv/shop/current";
  pids().nearest_look = good_look();
  pids().nearest_look.is_directory = true;
  EXPECT_THAT(find_all(facts), IsEmpty()) << "a pass makes it";
  pids().nearest_look.may_write = false;
  expect_fix("folder_missing", "sudo install -d -o deploy /srv/shop/current/tmp/pids");
  pids().look.is_link = true;
  expect_fix("folder_missing", "mkdir -p \"$(readlink -m /srv/shop/current/tmp/pids)\"");
}

TEST_F(Doctor, FindsThatAFolderIsFull) {
  pids().look.free_bytes = 4096;
  expect_fix("folder_full", "df -h /srv/shop/current/tmp/pids");
  pids().look.free_bytes = std::uint64_t{1} << 30U;
  pids().look.free_files = 0;
  expect_fix("folder_full", "df -i /srv/shop/current/tmp/pids");
}

TEST_F(Doctor, FindsThatAFolderIsNotShared) {
  pids().look.real = "/srv/shop/releases/7/tmp/pids";
  EXPECT_THAT(find_all(facts), IsEmpty());
  facts.releases = "/srv/shop/releases";
  EXPECT_THAT(found("folder_not_shared").text, HasSubstr("/srv/shop/releases/7/tmp/pids"));
  expect_fix("folder_not_shared", "echo 'append :linked_dirs, \"tmp/pids\"' >> config/deploy.rb");
}

// --- cron
TEST_F(Doctor, FindsThatNobodyMakesThePasses) {
  facts.cron.runs = false;
  expect_fix("cron_not_running", "sudo service cron start");
  facts.cron.can_be_seen = false;
  EXPECT_THAT(find_all(facts), IsEmpty());
  facts.cron.lines.clear();
  expect_fix("no_crontab_line", "bootcheck -C /srv/shop/current crontab --install");
  facts.cron.has_timer = true;
  EXPECT_THAT(find_all(facts), IsEmpty());
  facts.cron.can_be_seen = true;
  EXPECT_THAT(find_all(facts), IsEmpty());
}

TEST_F(Doctor, FindsTwoLines) {
  facts.cron.lines.emplace_back("/etc/cron.d/shop: bootcheck -C /srv/shop/current");
  expect_fix("two_crontab_lines", "crontab -e");
  facts.cron.lines = {"crontab: bootcheck -C /srv -i a", "crontab: bootcheck -C /srv -i b"};
  EXPECT_THAT(find_all(facts), IsEmpty());
}

TEST_F(Doctor, FindsFilesThatCronLeavesOutAndOtherManagers) {
  facts.cron.refused = {{"/etc/cron.d/shop.cron", "its name has a dot", "sudo mv a b"}};
  expect_fix("crontab_refused", "sudo mv a b");
  facts.cron.refused.clear();
  facts.managers = {{"monit", "/etc/monit/conf.d/shop", "sudoedit x"}};
  EXPECT_EQ(found("second_manager").text,
            "monit looks after the same workers: /etc/monit/conf.d/shop");
}

// --- processes, lock, clock
TEST_F(Doctor, FindsThatProcessesAreHidden) {
  facts.hides_processes = true;
  expect_fix("processes_hidden", "sudo mount -o remount,hidepid=0 /proc");
}

TEST_F(Doctor, FindsThatTheLockIsHeldTooLong) {
  facts.lock = LockHolder{.pid = 4711, .held_for = config.stuck_after};
  EXPECT_THAT(find_all(facts), IsEmpty());
  facts.lock->held_for += 1s;
  EXPECT_THAT(found("lock_held").text, HasSubstr("process 4711 has held the lock for 10m"));
}

TEST_F(Doctor, FindsThatTheClockIsBehind) {
  facts.future = {{"/srv/shop/current/tmp/pids/bootcheck.state", 2h}};
  EXPECT_THAT(found("clock_behind").text, HasSubstr("bootcheck.state was written 2h"));
}

// --- configuration and application
TEST_F(Doctor, FindsIdentifiersThatCollideInOldDaemons) {
  facts.ruby.gems["daemons"] = "1.1.9";
  EXPECT_THAT(find_all(facts), IsEmpty());
  add_worker("10", "delayed_job");
  EXPECT_THAT(found("identifiers_collide").text,
              HasSubstr("delayed_job.10 for that of delayed_job.1,"));
  facts.ruby.gems["daemons"] = "1.2.0";
  EXPECT_THAT(find_all(facts), IsEmpty());
}

TEST_F(Doctor, FindsProgramsThatCannotBeToldApart) {
  add_worker("eu", "");
  add_worker("us", "");
  EXPECT_THAT(found("same_start").text, HasSubstr("feed.eu and feed.us"));
  config.workers.back().start.emplace_back("us");
  EXPECT_THAT(find_all(facts), IsEmpty());
}

TEST_F(Doctor, FindsLimitsThatNobodyCanKeep) {
  config.workers[0].limits.memory = 600;
  EXPECT_THAT(found("limit_tiny").text, HasSubstr("limits.memory of delayed_job.1 is 600"));
  config.workers[0].limits = {.memory = std::uint64_t{600} << 20U, .age = 60s};
  EXPECT_THAT(found("limit_tiny").text, HasSubstr("limits.age of delayed_job.1 is 1m"));
  config.workers[0].limits.age = 24h;
  EXPECT_THAT(find_all(facts), IsEmpty());
}

TEST_F(Doctor, FindsThatJobsAreCutOff) {
  facts.raises = {{"/srv/shop/current/config/initializers/dj.rb", 3}};
  expect_fix("jobs_cut_off", "sed -i '3s/^/# /' /srv/shop/current/config/initializers/dj.rb");
}

TEST_F(Doctor, FindsThatJobsHaveTooLittleTimeToEnd) {
  facts.cut_offs = {{"sidekiq.0 waits for 25 s only", "printf x >> y"}};
  EXPECT_EQ(found("jobs_cut_off").text, "sidekiq.0 waits for 25 s only");
  expect_fix("jobs_cut_off", "printf x >> y");
}

TEST_F(Doctor, FindsThatDeadlocksMakeJobsRunTwice) {
  facts.deadlocks = true;
  expect_fix("jobs_twice",
             "echo 'Delayed::Backend::ActiveRecord.configure { |config| "
             "config.reserve_sql_strategy = :default_sql }' > "
             "/srv/shop/current/config/initializers/delayed_job_deadlocks.rb");
}

}  // namespace
}  // namespace bootcheck::doctor
