#include "model/identity.h"

#include "model/classify.h"
#include "unit/model_fixture.h"

#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using namespace fixture;

struct StartCase {
  std::string name;
  Argv words;
  bool starts;
};

class StartsOfDelayedJob : public testing::TestWithParam<StartCase> {};

TEST_P(StartsOfDelayedJob, AreRecognised) {
  EXPECT_EQ(is_start_of(GetParam().words, worker("2")), GetParam().starts);
}

INSTANTIATE_TEST_SUITE_P(
    CommandLines, StartsOfDelayedJob,
    testing::Values(
        StartCase{"long_option", {"ruby", "bin/delayed_job", "--identifier=2", "start"}, true},
        StartCase{
            "long_option_apart", {"ruby", "bin/delayed_job", "--identifier", "2", "start"}, true},
        StartCase{"short_option", {"ruby", "script/delayed_job", "-i2", "start"}, true},
        StartCase{"short_option_apart",
                  {"ruby", "/srv/shop/current/bin/delayed_job", "start", "-i", "2"},
                  true},
        StartCase{"restart", {"ruby", "bin/delayed_job", "-i", "2", "restart"}, true},
        StartCase{"in_the_foreground", {"ruby", "bin/delayed_job", "-i", "2", "run"}, true},
        StartCase{"many_at_once",
                  {"ruby", "-", "bin/delayed_job", "--", "--identifier=1", "start", "--",
                   "--identifier=2", "start"},
                  true},
        StartCase{"counted", {"ruby", "bin/delayed_job", "-n", "3", "start"}, true},
        StartCase{"counted_too_few", {"ruby", "bin/delayed_job", "-n2", "start"}, false},
        StartCase{"another", {"ruby", "bin/delayed_job", "--identifier=22", "start"}, false},
        StartCase{"stop", {"ruby", "bin/delayed_job", "--identifier=2", "stop"}, false},
        StartCase{"no_identifier", {"ruby", "bin/delayed_job", "start"}, false},
        StartCase{"another_program", {"ruby", "bin/import", "--identifier=2", "start"}, false},
        StartCase{"bootcheck_itself", {"bootcheck", "-i", "2", "start"}, false},
        StartCase{"nothing", {}, false}),
    [](const auto& each) { return each.param.name; });

Worker feed() {
  Worker feed;
  feed.name = "feed-eu";
  feed.start = {"bin/feed", "--region", "eu"};
  feed.foreground = true;
  return feed;
}

TEST(Identity, AProgramWithoutATitleIsKnownByItsCommandLineBehindAnyInterpreter) {
  EXPECT_TRUE(bears_title({"bin/feed", "--region", "eu"}, feed()));
  EXPECT_TRUE(bears_title({"/srv/shop/bin/feed", "--region", "eu"}, feed()));
  EXPECT_TRUE(
      bears_title({"/usr/bin/ruby", "-W0", "/srv/shop/bin/feed", "--region", "eu"}, feed()));
  EXPECT_FALSE(bears_title({"bin/feed", "--region", "us"}, feed()));
  EXPECT_FALSE(bears_title({"bin/feed", "--region"}, feed()));
  EXPECT_FALSE(bears_title({"xbin/feed", "--region", "eu"}, feed()));
  EXPECT_FALSE(bears_title({}, feed()));
}

TEST(Identity, AShellLineIsKnownByItsShellOrByWhatTheShellExecd) {
  auto shell = feed();
  shell.start = {"/bin/sh", "-c", "bin/feed --region eu"};
  EXPECT_TRUE(bears_title({"/bin/sh", "-c", "bin/feed --region eu"}, shell));
  EXPECT_TRUE(bears_title({"bin/feed", "--region", "eu"}, shell));
  EXPECT_FALSE(bears_title({"bin/feed", "--region", "us"}, shell));
}

TEST(Identity, TheStartCommandOfADaemonWithoutATitleIsNoDaemon) {
  auto daemon = feed();
  daemon.foreground = false;
  Sightings sightings;
  sort_sighting(daemon, app(), with_argv(7, {"bin/feed", "--region", "eu"}), sightings);
  EXPECT_TRUE(sightings.alive.empty());
  EXPECT_EQ(sightings.starting.size(), 1U);
}

TEST(Identity, OnlyProcessesOfTheUserInsideTheAppAreSighted) {
  const auto count = [](const Process& process) {
    Sightings sightings;
    sort_sighting(worker("2"), app(), process, sightings);
    return sightings.alive.size();
  };
  EXPECT_EQ(count(living(7)), 1U);
  EXPECT_EQ(count(living_in(7, "/srv/shop/releases/1")), 1U) << "an older release, removed or not";
  EXPECT_EQ(count(living_in(7, "/srv/shop2/releases/1")), 0U)
      << "another app's worker of the same name";
  EXPECT_EQ(count(living_in(7, "/")), 0U);
  EXPECT_EQ(count(of_user(7, 0)), 0U);
}

TEST(Identity, FoldersAreComparedByWholeNames) {
  EXPECT_TRUE(is_below("/srv/shop", "/srv/shop"));
  EXPECT_TRUE(is_below("/srv/shop/a", "/srv/shop"));
  EXPECT_TRUE(is_below("/srv", "/"));
  EXPECT_FALSE(is_below("/srv/shopping", "/srv/shop"));
  EXPECT_FALSE(is_below("/srv", ""));
}

TEST(App, OwnsNothingOfItsNeighbours) {
  const App shop{.uid = 1000,
                 .release = "/srv/shop-7",
                 .releases_folder = "/srv",
                 .neighbours = {"/srv/blog-3"}};
  EXPECT_TRUE(shop.owns("/srv/shop-7/tmp"));
  EXPECT_TRUE(shop.owns("/srv/shop-6")) << "a former release";
  EXPECT_FALSE(shop.owns("/srv/blog-3"));
  EXPECT_FALSE(shop.owns("/home/x"));
  EXPECT_TRUE(shop.contains("/srv/blog-3"))
      << "where a worker of ours is known to be by other proof";
}

}  // namespace
}  // namespace bootcheck
