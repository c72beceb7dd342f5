// The first configuration that is proposed for an application.
#include "doctor/proposal.h"

#include "config/reader.h"
#include "doctor/gems.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr const char* kLock =
    "GEM\n  remote: https://rubygems.org/\n  specs:\n    daemons (1.1.9)\n    delayed_job (4.1.9)\n"
    "      activesupport (>= 3.0, < 8.0)\n    rails (6.1.7)\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n "
    " rails\n";

/// The names of the workers that the proposed configuration amounts to; it has to be right.
std::vector<std::string> workers_of(const AppLook& look) {
  const auto yaml = proposed_config(look);
  if (!yaml) return {};
  ConfigContext context;
  context.file = "/srv/shop/config/bootcheck.yml";
  context.root = "/srv/shop";
  const auto parsed = parse_config(*yaml, context);
  if (const auto* errors = std::get_if<ConfigErrors>(&parsed)) return {errors->front().text()};
  std::vector<std::string> names;
  for (const auto& worker : std::get<Config>(parsed).workers)
    names.push_back(worker.name);
  return names;
}

AppLook with_gems(const std::string& lock) {
  AppLook look;
  look.gemfile_lock = lock;
  return look;
}

TEST(Gems, AreThoseThatTheLockHasSettledOn) {
  const auto gems = gems_in(kLock);
  EXPECT_EQ(gems.size(), 3U);
  EXPECT_EQ(gems.at("daemons"), "1.1.9");
  EXPECT_EQ(gems.at("delayed_job"), "4.1.9");
  EXPECT_THAT(gems_in(""), IsEmpty());
  EXPECT_THAT(gems_in("    x (\n    y )1(\n    (1)"), Not(testing::Contains(testing::Key("x"))));
}

TEST(Gems, HaveVersionsInTheOrderOfTheirNumbers) {
  EXPECT_TRUE(is_older("1.1.9", "1.2"));
  EXPECT_TRUE(is_older("1.9", "1.10"));
  EXPECT_TRUE(is_older("1", "1.0.1"));
  EXPECT_FALSE(is_older("1.2", "1.2.0"));
  EXPECT_FALSE(is_older("1.4.1", "1.2"));
  EXPECT_FALSE(is_older("1.2.rc1", "1.2.rc1"));
}

TEST(Proposal, HasAnEntryForEachSystemThatTheGemsName) {
  auto look = with_gems(kLock);
  look.has_delayed_job = true;
  EXPECT_THAT(workers_of(look), ElementsAre("delayed_job.0", "delayed_job.1"));
  EXPECT_THAT(*proposed_config(look), HasSubstr("# delayed_job 4.1.9 is in Gemfile.lock."));
  EXPECT_THAT(*proposed_config(look), Not(HasSubstr("is missing")));
  EXPECT_THAT(workers_of(with_gems("    sidekiq (7.3.0)\n    resque (2.6.0)\n    good_job (4.0.0)\n"
                                   "    solid_queue (1.0.0)\n    delayed (3.2.0)\n")),
              ElementsAre("delayed.0", "delayed.1", "sidekiq.0", "good_job.0", "solid_queue.0",
                          "resque.0", "resque.1"));
}

TEST(Proposal, SaysWhichScriptIsMissing) {
  EXPECT_THAT(*proposed_config(with_gems(kLock)), HasSubstr("# bin/delayed_job is missing: "));
  EXPECT_THAT(*proposed_config(with_gems("    solid_queue (1.0.0)\n")),
              HasSubstr("# bin/jobs is missing: "));
}

TEST(Proposal, TakesItsProgramsFromTheProcfileWhereThereIsNoSystemThatItKnows) {
  AppLook look;
  look.procfile =
      "web: bundle exec puma\nrelease: rake db:migrate\nclock: bin/clock --tz 'Europe/Vienna'\n"
      "feed: RATE=5 bin/feed $PORT\npipe: bin/a | bin/b\nbad name: x\n# nothing\nodd: bin/x "
      "%{id}\n";
  EXPECT_THAT(workers_of(look), ElementsAre("clock", "feed", "pipe"));
  const auto yaml = *proposed_config(look);
  EXPECT_THAT(yaml, HasSubstr("start: [\"bin/clock\", \"--tz\", \"Europe/Vienna\"]"));
  EXPECT_THAT(yaml, HasSubstr("start: \"exec env RATE=5 bin/feed $PORT\""));
  EXPECT_THAT(yaml, HasSubstr("start: \"bin/a | bin/b\""));
}

TEST(Proposal, ShowsTheProcfilesOtherProgramsBesideAKnownSystem) {
  auto look = with_gems(kLock);
  look.procfile = "web: puma\nworker: bundle exec rake jobs:work\nclock: bin/clock\n";
  EXPECT_THAT(workers_of(look), ElementsAre("delayed_job.0", "delayed_job.1"));
  EXPECT_THAT(*proposed_config(look), HasSubstr("#   - name: clock\n"));
  EXPECT_THAT(*proposed_config(look), Not(HasSubstr("name: worker")));
}

TEST(Proposal, LeavesOutWhatNoConfigurationCanHold) {
  AppLook look;
  look.procfile = "clock: bin/clock\nlatin: bin/caf\xe9\nblank: \"\"\nquoted: bin/x \"\xff\"\n";
  EXPECT_THAT(workers_of(look), ElementsAre("clock"));
  EXPECT_THAT(workers_of(with_gems("    sidekiq (7.3\xff)\n    resque (2.6.0)\n")),
              ElementsAre("resque.0", "resque.1"));
}

TEST(Proposal, PutsTheFoldersOfRubyBeforePath) {
  auto look = with_gems(kLock);
  look.ruby_folders = {"/home/deploy/.rbenv/shims", "/opt/my \"ruby\"/bin"};
  EXPECT_THAT(*proposed_config(look),
              HasSubstr("\npath: [\"/home/deploy/.rbenv/shims\", \"/opt/my \\\"ruby\\\"/bin\"]"));
  EXPECT_THAT(workers_of(look), ElementsAre("delayed_job.0", "delayed_job.1"));
}

TEST(Proposal, IsNoneWhereNothingWasFound) {
  EXPECT_EQ(proposed_config({}), std::nullopt);
  AppLook look;
  look.gemfile_lock = "    rails (6.1.7)\n";
  look.procfile = "web: puma\n";
  EXPECT_EQ(proposed_config(look), std::nullopt);
}

}  // namespace
}  // namespace bootcheck
