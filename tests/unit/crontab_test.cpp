// Crontabs as text: the line of an application, who else has one, and how it gets in.
#include "doctor/crontab.h"

#include "util/shell_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

CrontabOrder order_of(const std::string& root) {
  return {.program = "/usr/bin/bootcheck",
          .config = {},
          .root = root,
          .count = {},
          .identifiers = {},
          .environment = {},
          .path = {}};
}

TEST(ShellWords, AreSplitAsTheShellDoes) {
  EXPECT_THAT(shell_words("a  'b c' \"d \\\" e\" f\\ g"), ElementsAre("a", "b c", "d \" e", "f g"));
  EXPECT_THAT(shell_words("cd /srv&&x;y||z 2>&1"),
              ElementsAre("cd", "/srv", "&&", "x", ";", "y", "||", "z", "2", ">", "&", "1"));
  EXPECT_THAT(shell_words(""), IsEmpty());
  EXPECT_THAT(shell_words("''"), ElementsAre(""));
  for (const auto* text : {"plain", "two words", "it's", "", "$x", "a&b"})
    EXPECT_THAT(shell_words(shell_word(text)), ElementsAre(text));
}

TEST(CrontabLine, SaysWhatTheCommandLineSaid) {
  auto order = order_of("/srv/shop/current");
  EXPECT_EQ(crontab_line(order), "* * * * * /usr/bin/bootcheck -C /srv/shop/current");
  order.count = 3;
  order.environment = "staging";
  EXPECT_EQ(crontab_line(order),
            "* * * * * /usr/bin/bootcheck -C /srv/shop/current -n 3 -e staging");
  order = order_of("/srv/50% off");
  order.identifiers = {"a", "b"};
  order.config = "/etc/bootcheck/shop.yml";
  order.path = "/home/deploy/.rbenv/shims:/usr/bin:/bin";
  EXPECT_EQ(crontab_line(order),
            "* * * * * PATH=/home/deploy/.rbenv/shims:/usr/bin:/bin /usr/bin/bootcheck "
            "-c /etc/bootcheck/shop.yml -C '/srv/50'\\%' off' -i a -i b");
}

TEST(Crontab, IsReadAsCronDoes) {
  const auto jobs = parse_crontab(
      "# a comment\n\nMAILTO = \"ops@example.com\"\nPATH=/opt/bin\n"
      "*/5 * * * * cd /srv && date +\\%H%in put\n@reboot  once\n* * * *\n",
      CrontabKind::user);
  ASSERT_THAT(jobs, SizeIs(2));
  EXPECT_EQ(jobs[0].command, "cd /srv && date +%H");
  EXPECT_EQ(jobs[0].line, 4U);
  EXPECT_EQ(jobs[0].env.at("MAILTO"), "ops@example.com");
  EXPECT_EQ(jobs[0].env.at("PATH"), "/opt/bin");
  EXPECT_EQ(jobs[1].command, "once");
  const auto system = parse_crontab("0 4 * * 1 deploy bin/clean up\n", CrontabKind::system);
  ASSERT_THAT(system, SizeIs(1));
  EXPECT_EQ(system[0].user, "deploy");
  EXPECT_EQ(system[0].command, "bin/clean up");
}

/// Whether this command makes passes over /srv/shop with config/bootcheck.yml.
bool is_pass(const std::string& command) {
  const auto call = pass_of({.line = 0, .user = {}, .env = {}, .command = command});
  return call && is_over(*call, {.root = "/srv/shop", .config = "/srv/shop/config/bootcheck.yml"});
}

TEST(Crontab, KnowsALineThatMakesPasses) {
  for (const auto* command :
       {"/usr/bin/bootcheck -C /srv/shop", "bootcheck -C/srv/shop/ -q run",
        "bootcheck --root=/srv/shop", "cd /srv/shop && bootcheck",
        "cd /srv/shop && bootcheck -c config/bootcheck.yml -q >> x 2>&1",
        "bootcheck -c /srv/shop/config/bootcheck.yml", "bootcheck -c /srv/shop/config",
        "nice -n 5 bootcheck --lock-wait 5s -C /srv/shop",
        "PATH=/opt/bin:/bin BOOTCHECK_CONFIG=/srv/shop/config/bootcheck.yml bootcheck",
        "test ! -x /usr/bin/bootcheck || /usr/bin/bootcheck -C /srv/shop"})
    EXPECT_TRUE(is_pass(command)) << command;
  for (const auto* command :
       {"/usr/bin/bootcheck -C /srv/other", "bootcheck -C /srv/shop status", "bootcheck",
        "test -x /usr/bin/bootcheck -C /srv/shop", "cd /srv/shop && bin/delayed_job start",
        "bootcheck -C /srv/shop restart --wait=5m", "bootcheck -c /etc/bootcheck",
        "echo bootcheck"})
    EXPECT_FALSE(is_pass(command)) << command;
}

TEST(Crontab, KnowsWhatStandsBeforeTheProgram) {
  const auto call = pass_of(
      {.line = 0, .user = {}, .env = {{"PATH", "/a"}}, .command = "PATH=/b bootcheck -C /x"});
  ASSERT_TRUE(call);
  EXPECT_EQ(call->env.at("PATH"), "/b");
}

// --- putting it in
const AppPlace kShop{.root = "/srv/shop", .config = {}};
constexpr const char* kLine = "* * * * * /usr/bin/bootcheck -C /srv/shop -n 3";
constexpr const char* kMarker = "# written by `bootcheck crontab --install` for /srv/shop\n";

Installed installed(std::string_view crontab, const std::string& line = kLine) {
  const auto result = install_line(crontab, kShop, line);
  const auto* done = std::get_if<Installed>(&result);
  return done == nullptr ? Installed() : *done;
}

TEST(CrontabLine, IsAddedBelowWhatIsThere) {
  const std::string others = "MAILTO=ops@example.com\n0 4 * * * backup\n";
  const auto done = installed(others);
  EXPECT_EQ(done.change, Installed::Change::added);
  EXPECT_EQ(done.text, others + kMarker + kLine + "\n");
  EXPECT_EQ(installed("").text, std::string(kMarker) + kLine + "\n");
  EXPECT_EQ(installed("0 4 * * * backup").text,
            "0 4 * * * backup\n" + std::string(kMarker) + kLine + "\n")
      << "a last line without its end does not swallow it";
}

TEST(CrontabLine, TakesThePlaceOfItsOlderSelfOnly) {
  const std::string before =
      "0 4 * * * backup\n" + std::string(kMarker) + "* * * * * /opt/bootcheck -C /srv/shop -n 2\n";
  const std::string after = "* * * * * bootcheck -C /srv/other\n# the end\n";
  const auto done = installed(before + after);
  EXPECT_EQ(done.change, Installed::Change::replaced);
  EXPECT_EQ(done.text, "0 4 * * * backup\n" + std::string(kMarker) + kLine + "\n" + after);
  EXPECT_EQ(installed(done.text).change, Installed::Change::none);
  // The comment alone has stayed: what follows it is somebody else's.
  const auto alone = installed(std::string(kMarker) + "0 4 * * * backup\n");
  EXPECT_EQ(alone.text, std::string(kMarker) + kLine + "\n0 4 * * * backup\n");
}

TEST(CrontabLine, OfTheSameApplicationByAnotherNameIsItsOlderSelf) {
  const std::string older =
      "# written by `bootcheck crontab --install` for /srv/shop/config/bootcheck.yml\n"
      "* * * * * /usr/bin/bootcheck -C /srv/shop\n";
  EXPECT_EQ(installed(older).text, std::string(kMarker) + kLine + "\n");
}

TEST(CrontabLine, IsNotAddedBesideOneThatSomebodyWrote) {
  const auto result = install_line("*/5 * * * * bootcheck -C /srv/shop -n 2\n", kShop, kLine);
  ASSERT_TRUE(std::holds_alternative<ForeignLine>(result));
  EXPECT_EQ(std::get<ForeignLine>(result).line, "*/5 * * * * bootcheck -C /srv/shop -n 2");
  EXPECT_EQ(installed(std::string(kLine) + "\n").change, Installed::Change::none);
}

}  // namespace
}  // namespace bootcheck
