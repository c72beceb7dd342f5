#include "model/identity.h"

#include "model/app.h"
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

Worker region_feed() {
  Worker feed;
  feed.name = "feed-eu";
  feed.start = {"bin/feed", "--region", "eu"};
  feed.foreground = true;
  return feed;
}

TEST(Identity, AProgramWithoutATitleIsKnownByItsCommandLineBehindAnyInterpreter) {
  EXPECT_TRUE(bears_title({"bin/feed", "--region", "eu"}, region_feed()));
  EXPECT_TRUE(bears_title({"/srv/shop/bin/feed", "--region", "eu"}, region_feed()));
  EXPECT_TRUE(
      bears_title({"/usr/bin/ruby", "-W0", "/srv/shop/bin/feed", "--region", "eu"}, region_feed()));
  EXPECT_FALSE(bears_title({"bin/feed", "--region", "us"}, region_feed()));
  EXPECT_FALSE(bears_title({"bin/feed", "--region"}, region_feed()));
  EXPECT_FALSE(bears_title({"xbin/feed", "--region", "eu"}, region_feed()));
  EXPECT_FALSE(bears_title({}, region_feed()));
}

TEST(Identity, AShellLineIsKnownByItsShellOrByWhatTheShellExecd) {
  auto shell = region_feed();
  shell.start = {"/bin/sh", "-c", "bin/feed --region eu"};
  EXPECT_TRUE(bears_title({"/bin/sh", "-c", "bin/feed --region eu"}, shell));
  EXPECT_TRUE(bears_title({"bin/feed", "--region", "eu"}, shell));
  EXPECT_FALSE(bears_title({"bin/feed", "--region", "us"}, shell));
}

TEST(Identity, AShellLineThatExecsIsKnownByWhatItExecs) {
  auto shell = region_feed();
  shell.start = {"/bin/sh", "-c", "exec bin/feed --region eu"};
  EXPECT_TRUE(bears_title({"bin/feed", "--region", "eu"}, shell));
  EXPECT_FALSE(bears_title({"bin/feed", "--region", "us"}, shell));
}

TEST(Identity, AScriptThatAShellRunsIsNoShellLine) {
  auto script = region_feed();
  script.start = {"/bin/sh", "bin/feed", "eu"};
  EXPECT_TRUE(bears_title({"/bin/sh", "bin/feed", "eu"}, script));
  EXPECT_FALSE(bears_title({"eu"}, script));
}

TEST(Identity, NothingIsKnownByACommandThatIsNone) {
  Worker nothing;
  for (const Argv& line : {Argv{}, {"vim"}}) {
    EXPECT_FALSE(bears_title(line, nothing));
    EXPECT_FALSE(is_start_of(line, nothing));
    EXPECT_FALSE(is_start_of(line, region_feed()));
  }
}

TEST(Identity, WorkersOfOneScriptPlaceAndEnvironmentShareABoot) {
  const std::pair<const char*, void (*)(Worker&)> rows[] = {
      {"preload", [](Worker& other) { other.preload = false; }},
      {"preset", [](Worker& other) { other.preset = "resque"; }},
      {"no command", [](Worker& other) { other.start.clear(); }},
      {"script", [](Worker& other) { other.start.front() = "script/delayed_job"; }},
      {"folder", [](Worker& other) { other.working_directory = "/srv/blog"; }},
      {"environment", [](Worker& other) { other.env["LANG"] = "C"; }},
      {"unit", [](Worker& other) { other.unit["Nice"] = "5"; }}};
  EXPECT_TRUE(share_a_boot(worker("1"), worker("2")));
  for (const auto& [name, change] : rows) {
    auto other = worker("2");
    change(other);
    EXPECT_FALSE(share_a_boot(worker("1"), other)) << name;
    EXPECT_FALSE(share_a_boot(other, worker("1"))) << name;
  }
}

TEST(Identity, OnlyWorkersOfAPreloaderBootBeforeOthersAreAsked) {
  EXPECT_TRUE(boots_first(worker("2")));
  auto other = worker("2");
  other.restart.boot = BootOrder::after;
  EXPECT_FALSE(boots_first(other));
  other = worker("2");
  other.preload = false;
  EXPECT_FALSE(boots_first(other));
  EXPECT_FALSE(boots_first(feed("eu")));
}

TEST(Identity, FoldersAreComparedByWholeNames) {
  EXPECT_TRUE(is_below("/srv/shop", "/srv/shop"));
  EXPECT_TRUE(is_below("/srv/shop/a", "/srv/shop"));
  EXPECT_TRUE(is_below("/srv", "/"));
  EXPECT_FALSE(is_below("/srv/shopping", "/srv/shop"));
  EXPECT_FALSE(is_below("/srv", ""));
}

App shop() {
  App shop;
  shop.uid = 1000;
  shop.link = "/srv/shop/current";
  shop.release = "/srv/shop/releases/7";
  shop.releases_folder = "/srv/shop/releases";
  return shop;
}

TEST(App, HoldsItsReleaseAndTheSiblingsOfIt) {
  EXPECT_TRUE(shop().contains("/srv/shop/releases/7/tmp"));
  EXPECT_TRUE(shop().contains("/srv/shop/releases/6")) << "also when it is removed";
  for (const auto* other : {"/srv/shop", "/srv/shop/releases", "/srv/shop/shared", "/srv", "/"})
    EXPECT_FALSE(shop().contains(other)) << other;
  EXPECT_FALSE(shop().is_outdated("/srv/shop/releases/7/tmp"));
  EXPECT_TRUE(shop().is_outdated("/srv/shop/releases/6"));
}

TEST(App, HoldsNoReleaseIntoWhichAnotherLinkLeads) {
  auto app = shop();
  app.neighbours = {"/srv/shop/releases/6"};
  EXPECT_FALSE(app.contains("/srv/shop/releases/6/tmp"));
  EXPECT_TRUE(app.contains("/srv/shop/releases/5"));
}

TEST(App, HoldsTheReleasesThatAreRememberedWhereverTheyAre) {
  auto app = shop();
  app.releases_folder.clear();
  EXPECT_FALSE(app.contains("/srv/shop-6"));
  app.remembered = {"/srv/shop-6"};
  EXPECT_TRUE(app.contains("/srv/shop-6/tmp"));
  EXPECT_TRUE(app.is_outdated("/srv/shop-6/tmp"));
  EXPECT_FALSE(app.contains("/srv/blog-3"));
}

TEST(App, BelowALinkHoldsThatPartOfEachReleaseOnly) {
  auto app = shop();
  app.release = "/srv/shop/releases/7/backend";
  app.below_release = "backend";
  EXPECT_TRUE(app.contains("/srv/shop/releases/6/backend/tmp"));
  EXPECT_FALSE(app.contains("/srv/shop/releases/6/frontend"));
}

}  // namespace
}  // namespace bootcheck
