// What workers have printed, as `logs` shows and follows it.
#include "process/small_app_test.h"

#include <fstream>

#include <signal.h>

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::HasSubstr;
using testing::Not;

class Logs : public SmallAppTest {
 protected:
  Logs() {
    app_.configure(
        "workers:\n"
        "  - {name: 'feed-%{id}', identifiers: [eu, us], start: [bin/feed, '%{id}'],\n"
        "     foreground: true}\n");
  }

  fs::path file(const std::string& worker) const {
    return app_.root() / "log" / (worker + ".start.log");
  }
  void append(const std::string& worker, const std::string& text) const {
    std::ofstream(file(worker).native(), std::ios::app) << text;
  }
  std::vector<std::string> command(std::vector<std::string> words) const {
    words.insert(words.begin(), {bootcheck_binary(), "-C", app_.root().native(), "logs"});
    return words;
  }
  static bool shows(const Background& follower, const std::string& text) {
    return wait_until([&] { return follower.out() == text; });
  }
};

TEST_F(Logs, AreWhatAWorkerInTheForegroundHasPrinted) {
  good_pass();
  ASSERT_TRUE(says("feed-eu", "up eu\n"));
  ASSERT_TRUE(says("feed-us", "up us\n"));
  const auto one = app_.bootcheck({"logs", "feed-eu"});
  EXPECT_EQ(one.status, 0) << one.err;
  EXPECT_EQ(one.out, "up eu\n");
  const auto all = app_.bootcheck({"logs"});
  EXPECT_EQ(all.out, "==> " + file("feed-eu").native() + " <==\nup eu\n\n==> " +
                         file("feed-us").native() + " <==\nup us\n");
}

TEST_F(Logs, AreWhatAStartThatFailedHasPrinted) {
  app_.script("bin/feed", "echo \"no region $1\"; exit 3");
  EXPECT_EQ(app_.bootcheck().status, 1);
  EXPECT_EQ(app_.bootcheck({"logs", "feed-us"}).out, "no region us\n");
}

TEST_F(Logs, OfDelayedJobWorkersAreTheirOwnAndThatOfTheirCommonBoot) {
  write_file(app_.root() / "log/delayed_job.start.log", "booting three\n");
  write_file(app_.root() / "log/delayed_job.1.start.log", "booting one\n");
  app_.configure("workers: [{preset: delayed_job, count: 3}]");
  const auto out = app_.bootcheck({"logs", "delayed_job.1"}).out;
  EXPECT_THAT(out, HasSubstr("/log/delayed_job.start.log <==\nbooting three\n"));
  EXPECT_THAT(out, HasSubstr("/log/delayed_job.1.start.log <==\nbooting one\n"));
  EXPECT_THAT(app_.bootcheck({"logs", "delayed_job.2"}).out, Not(HasSubstr("booting one")));
}

TEST_F(Logs, AreMovedAsideBeforeAStartOnceTheyExceedTenMegabytes) {
  constexpr std::size_t limit = std::size_t{10} << 20U;
  const std::string text(limit - 1, 'x');
  write_file(file("feed-eu"), text + "\n");
  write_file(file("feed-us"), text + "y\n");
  write_file(file("feed-us").native() + ".1", "long ago\n");
  good_pass();
  ASSERT_TRUE(says("feed-us", "up us\n"));
  EXPECT_TRUE(read_file(file("feed-us").native() + ".1") == text + "y\n");
  ASSERT_TRUE(wait_until([&] { return app_.output("feed-eu") == text + "\nup eu\n"; }));
  EXPECT_FALSE(fs::exists(file("feed-eu").native() + ".1"));
}

TEST_F(Logs, AreNotMovedAsideWhereTheyAreALinkOrCannotBeMoved) {
  const std::string text((std::size_t{10} << 20U) + 1, 'x');
  write_file(app_.root() / "elsewhere", text);
  fs::create_directories(file("feed-eu").parent_path());
  fs::create_symlink(app_.root() / "elsewhere", file("feed-eu"));
  write_file(file("feed-us"), text);
  write_file(file("feed-us").native() + ".1/a folder", "that keeps it from being moved");
  good_pass();
  EXPECT_TRUE(wait_until([&] { return read_file(app_.root() / "elsewhere") == text + "up eu\n"; }));
  EXPECT_TRUE(says("feed-us", text + "up us\n"));
}

TEST_F(Logs, BeginWithTheLastLines) {
  std::string text;
  for (int line = 1; line <= 20'000; ++line)
    text += "line " + std::to_string(line) + "\n";
  write_file(file("feed-eu"), text);
  const auto lines = lines_of(app_.bootcheck({"logs", "feed-eu"}).out);
  ASSERT_EQ(lines.size(), 20U);
  EXPECT_EQ(lines.front(), "line 19981");
  EXPECT_EQ(lines.back(), "line 20000");
  EXPECT_EQ(app_.bootcheck({"logs", "--lines=1", "feed-eu"}).out, "line 20000\n");
  EXPECT_EQ(app_.bootcheck({"logs", "--lines=0", "feed-eu"}).out, "");
  EXPECT_EQ(app_.bootcheck({"logs", "--lines=100000", "feed-eu"}).out, text);
  write_file(file("feed-eu"), "one\n\nthree, and no end");
  EXPECT_EQ(app_.bootcheck({"logs", "--lines=2", "feed-eu"}).out, "\nthree, and no end");
}

TEST_F(Logs, OfAWorkerThatWasNeverStartedAreNone) {
  const auto finished = app_.bootcheck({"logs", "feed-eu"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_EQ(finished.out, "");
  EXPECT_THAT(finished.err,
              HasSubstr("nothing has been printed yet: there is no " + file("feed-eu").native()));
  EXPECT_EQ(app_.bootcheck({"logs", "fed-eu"}).status, 2);
}

TEST_F(Logs, ThatCannotBeReadAreAProblem) {
  fs::create_directories(file("feed-eu"));
  const auto finished = app_.bootcheck({"logs", "feed-eu"});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr(file("feed-eu").native() + " cannot be read: "));
}

TEST_F(Logs, ShowControlCharactersAndObeyNone) {
  write_file(file("feed-eu"), "\x1b[2Jclear\n");
  EXPECT_EQ(app_.bootcheck({"logs", "feed-eu"}).out, "\\x1b[2Jclear\n");
}

TEST_F(Logs, AreFollowedUntilItIsInterrupted) {
  write_file(file("feed-eu"), "old\n");
  Background follower(command({"-f", "feed-eu"}));
  ASSERT_TRUE(shows(follower, "old\n"));
  append("feed-eu", "new\n");
  EXPECT_TRUE(shows(follower, "old\nnew\n")) << follower.out();
  append("feed-eu", "half");
  append("feed-eu", " and half\n");
  EXPECT_TRUE(shows(follower, "old\nnew\nhalf and half\n")) << follower.out();
  EXPECT_FALSE(follower.has_ended());
  ::kill(follower.pid(), SIGINT);
  EXPECT_EQ(follower.wait(), 128 + SIGINT);
}

TEST_F(Logs, AreFollowedFromBeforeTheFirstStart) {
  Background follower(command({"--follow"}));
  ASSERT_TRUE(wait_until([&] { return !follower.err().empty(); }));
  good_pass();
  EXPECT_TRUE(wait_until([&] {
    return follower.out().find("up eu\n") != std::string::npos &&
           follower.out().find("up us\n") != std::string::npos;
  })) << follower.out();
}

TEST_F(Logs, AreFollowedWhenTheFileIsMovedAndBegunAnew) {
  write_file(file("feed-eu"), "one\n");
  Background follower(command({"-f", "feed-eu"}));
  ASSERT_TRUE(shows(follower, "one\n"));
  append("feed-eu", "two\n");
  fs::rename(file("feed-eu"), file("feed-eu").native() + ".1");
  write_file(file("feed-eu"), "three, longer than what was there before\n");
  EXPECT_TRUE(shows(follower, "one\ntwo\nthree, longer than what was there before\n"))
      << follower.out();
}

TEST_F(Logs, AreFollowedWhenTheFileIsCutOff) {
  write_file(file("feed-eu"), "one and more\n");
  Background follower(command({"-f", "feed-eu"}));
  ASSERT_TRUE(shows(follower, "one and more\n"));
  fs::resize_file(file("feed-eu"), 0);
  append("feed-eu", "two\n");
  EXPECT_TRUE(shows(follower, "one and more\ntwo\n")) << follower.out();
}

TEST_F(Logs, AreNotFollowedForNobody) {
  write_file(file("feed-eu"), "one\n");
  Background pipe({"/bin/bash", "-c", "\"$0\" \"$@\" | head -n 1; exit ${PIPESTATUS[0]}",
                   bootcheck_binary(), "-C", app_.root().native(), "logs", "-f", "feed-eu"});
  ASSERT_TRUE(shows(pipe, "one\n"));
  EXPECT_TRUE(wait_until([&] {
    append("feed-eu", "more\n");
    return pipe.has_ended();
  }));
  EXPECT_EQ(pipe.wait(), 0);
}

}  // namespace
}  // namespace bootcheck::test
