// What a pass intends is written down before it is done, and finished by whoever comes next.
#include "process/small_app_test.h"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <map>
#include <regex>

#include <boost/filesystem/directory.hpp>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::HasSubstr;
using testing::Not;

class Intents : public SmallAppTest {
 protected:
  bool says(const std::string& worker, const std::string& text) const {
    return wait_until([&] { return app_.output(worker) == text; });
  }

  std::vector<std::string> command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {bootcheck_binary(), "-C", app_.root().native()});
    return arguments;
  }

  std::size_t copies(const std::string& words) const {
    const auto all = processes_in(app_.root());
    return static_cast<std::size_t>(std::ranges::count_if(
        all, [&](pid_t pid) { return command_line(pid).find(words) != std::string::npos; }));
  }

  std::size_t times(const std::string& text, const std::string& word) const {
    std::size_t count = 0;
    for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1))
      ++count;
    return count;
  }

  bool something_is_set_aside() const {
    const fs::directory_iterator files(app_.root() / "tmp/pids");
    return std::ranges::any_of(begin(files), end(files), [](const fs::directory_entry& entry) {
      return entry.path().native().find(".draining.") != std::string::npos;
    });
  }
};

TEST_F(Intents, ASurgeWhosePassWasKilledIsFinishedByLaterOnes) {
  app_.configure(R"(
workers: [{name: feed-0, start: [bin/feed, "0"], foreground: true}]
)");
  good_pass();
  ASSERT_TRUE(says("feed-0", "up 0\n"));
  const pid_t old = app_.living("feed-0");
  Background restart(command({"restart", "--surge"}));
  ASSERT_TRUE(wait_until([&] { return something_is_set_aside() || restart.has_ended(); }));
  ::kill(restart.pid(), SIGKILL);
  restart.wait(std::chrono::seconds{60});
  EXPECT_TRUE(wait_until([&] {
    app_.bootcheck();
    return !is_alive(old) && app_.living("feed-0") != 0 && !something_is_set_aside();
  })) << story();
  EXPECT_EQ(copies("bin/feed 0"), 1U);
}

TEST_F(Intents, AHoldDrainsWhateverAnyPassFindsRunning) {
  app_.configure(R"(
workers: [{name: feed-0, start: [bin/feed, "0"], foreground: true}]
)");
  good_pass();
  ASSERT_TRUE(says("feed-0", "up 0\n"));
  ASSERT_EQ(app_.bootcheck({"stop", "--wait"}).status, 0) << story();
  ASSERT_EQ(app_.living("feed-0"), 0);
  // Somebody, or a start that was under way, brings it up behind the hold's back.
  const Background by_hand({(app_.root() / "bin/feed").native(), "0"},
                           {.directory = app_.root(), .env = {}});
  ASSERT_TRUE(wait_until([&] { return copies("bin/feed 0") == 1U; })) << "until then it is us";
  write_file(app_.pid_file("feed-0"), std::to_string(by_hand.pid()) + "\n");
  app_.bootcheck();
  EXPECT_THAT(app_.log(), HasSubstr("pid=" + std::to_string(by_hand.pid()) + " reason=stop"))
      << story();
}

TEST_F(Intents, WhatCannotBeWrittenDownIsNotBegunAndStartsGoOn) {
  app_.script("bin/stubborn", "trap 'echo term' TERM\necho up\nwhile :; do sleep 0.1; done");
  app_.configure(R"(
workers:
  - {name: stubborn, start: [bin/stubborn], foreground: true}
  - {name: feed-0, start: [bin/feed, "0"], foreground: true}
restart: {restart_file: restart.txt}
state_file: state
)");
  good_pass();
  ASSERT_TRUE(says("stubborn", "up\n"));
  fs::remove(app_.root() / "state");
  write_file(app_.root() / "state/in the way", "");  // no file can be put in place of this folder
  write_file(app_.root() / "restart.txt", "");
  ASSERT_TRUE(kill_and_wait(app_.living("feed-0")));
  for (int pass = 0; pass < 3; ++pass)
    app_.bootcheck({"restart"});
  EXPECT_NE(app_.living("feed-0"), 0) << story();
  EXPECT_EQ(times(app_.output("stubborn"), "term"), 0U) << "nobody would know that it was asked";
}

TEST_F(Intents, NoWorkerIsAskedTwice) {
  app_.script("bin/stubborn", "trap 'echo term' TERM\necho up\nwhile :; do sleep 0.1; done");
  app_.configure(R"(
workers: [{name: stubborn, start: [bin/stubborn], foreground: true}]
restart: {restart_file: restart.txt, settle: 0}
)");
  write_file(app_.root() / "restart.txt", "");
  good_pass();
  ASSERT_TRUE(says("stubborn", "up\n"));
  fs::last_write_time(app_.root() / "restart.txt", 1'000'000);
  for (int pass = 0; pass < 3; ++pass)
    app_.bootcheck();
  EXPECT_TRUE(wait_until([&] { return times(app_.output("stubborn"), "term") > 0; }));
  EXPECT_EQ(times(app_.output("stubborn"), "term"), 1U);
}

TEST_F(Intents, AReleaseThatDoesNotStartTakesNoMoreDownThanMaxUnavailable) {
  app_.configure(R"(
workers:
  - {name: "feed-%{id}", count: 4, start: [bin/feed, "%{id}"], foreground: true}
restart: {restart_file: restart.txt, max_unavailable: 1}
)");
  write_file(app_.root() / "restart.txt", "");
  good_pass();
  const auto running = [this] {
    int count = 0;
    for (const char* id : {"0", "1", "2", "3"})
      count += static_cast<int>(app_.living(std::string("feed-") + id) != 0);
    return count;
  };
  for (const char* id : {"0", "1", "2", "3"})
    ASSERT_TRUE(says(std::string("feed-") + id, std::string("up ") + id + "\n"));
  app_.script("bin/feed", "exit 1");
  fs::last_write_time(app_.root() / "restart.txt", 1'000'000);
  app_.bootcheck();
  ASSERT_TRUE(wait_until([&] { return running() == 3; })) << story();
  for (int pass = 0; pass < 5; ++pass)
    app_.bootcheck();
  EXPECT_EQ(running(), 3) << story();
}

TEST_F(Intents, AnExitThatWasAskedForIsNoCrash) {
  app_.configure(R"(
workers: [{name: feed-0, start: [bin/feed, "0"], foreground: true}]
restart: {restart_file: restart.txt}
)");
  write_file(app_.root() / "restart.txt", "");
  good_pass();
  ASSERT_TRUE(says("feed-0", "up 0\n"));
  const pid_t old = app_.living("feed-0");
  fs::last_write_time(app_.root() / "restart.txt", 1'000'000);
  app_.bootcheck();
  ASSERT_TRUE(wait_until([&] { return !is_alive(old); }));
  const auto status = app_.bootcheck({"status"});
  EXPECT_EQ(status.status, 0) << "it is between two lives, as it should be";
  EXPECT_THAT(status.out, HasSubstr("drained"));
  good_pass();
  EXPECT_NE(app_.living("feed-0"), 0);
  EXPECT_THAT(app_.log(), Not(HasSubstr("crashed")));
}

TEST_F(Intents, HoldsOutliveTheState) {
  app_.configure(R"(
workers: [{name: feed-0, start: [bin/feed, "0"], foreground: true}]
)");
  good_pass();
  ASSERT_TRUE(says("feed-0", "up 0\n"));
  ASSERT_EQ(app_.bootcheck({"stop", "--wait"}).status, 0);
  write_file(app_.root() / "tmp/pids/bootcheck.state", "{damaged");
  app_.bootcheck();
  EXPECT_EQ(app_.living("feed-0"), 0);
  EXPECT_THAT(app_.bootcheck({"status"}).out, HasSubstr("held"));
}

TEST_F(Intents, AHoldThatIsForgottenIsRemindedOfOnceADay) {
  app_.configure(R"(
workers: [{name: feed-0, start: [bin/feed, "0"], foreground: true}]
)");
  ASSERT_EQ(app_.bootcheck({"stop", "--reason", "import"}).status, 0);
  good_pass();
  const auto file = app_.root() / "tmp/pids/bootcheck.holds";
  const auto yesterday = std::to_string(::time(nullptr) - 25 * 3600);
  const auto text = read_file(file);
  const auto aged =
      std::regex_replace(text, std::regex(R"re("since":\s*[0-9]+)re"), "\"since\":" + yesterday);
  ASSERT_NE(aged, text);
  write_file(file, aged);
  const auto reminded = app_.bootcheck();
  EXPECT_EQ(reminded.status, 0) << "it is as it should be";
  EXPECT_THAT(reminded.err, AllOf(HasSubstr("feed-0: held: since "), HasSubstr(": import; "),
                                  HasSubstr("`bootcheck start feed-0` releases it")));
  good_pass();
  good_pass();
}

}  // namespace
}  // namespace bootcheck::test
