#include "launch/unit_order.h"
#include "support/files.h"
#include "support/places.h"

#include <algorithm>
#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using testing::Contains;
using testing::ContainsRegex;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

UnitOrder order() {
  UnitOrder order;
  order.description = "shop: feed";
  order.stop_signal = SIGQUIT;
  order.start_timeout = Duration{300'000};
  order.working_directory = "/srv/shop/current";
  order.output = "/srv/shop/current/log/feed.start.log";
  order.argv = {"bin/feed", "--price", "$5"};
  order.env = {{"SECRET", "x"}};
  return order;
}

UnitRights rights() {
  return {.environment = "/proc/5/fd/7", .input = "", .uid = 7, .gid = 8};
}

// systemd expands a `$`, and 252 complains of its own escape of these.
TEST(TransientUnit, HasNeitherDollarNorSemicolonInItsCommand) {
  auto odd = order();
  odd.argv.push_back("a;b");
  const auto command = transient_unit_command(odd, rights());
  const Argv words(std::ranges::find(command, "--") + 1, command.end());
  EXPECT_THAT(words, ElementsAre("/bin/sh", "-c", HasSubstr("bin/feed --price \\047\\0445\\047"),
                                 "bootcheck"));
  EXPECT_THAT(words, Each(Not(ContainsRegex("[$;]"))));
}

TEST(TransientUnit, NeverKillsAndKeepsTheEnvironmentOutOfSight) {
  const auto command = transient_unit_command(order(), rights());
  EXPECT_THAT(command, Contains("--property=SendSIGKILL=no"));
  EXPECT_THAT(command, Contains("--property=KillSignal=SIGQUIT"));
  EXPECT_THAT(command, Contains("--property=EnvironmentFile=/proc/5/fd/7"));
  EXPECT_THAT(command, Not(Contains(HasSubstr("SECRET"))));
  EXPECT_THAT(command, Not(Contains(HasSubstr("StandardInput"))));
}

// A shutdown stops in the reverse order.
TEST(TransientUnit, IsOrderedAsTheShippedUnitsAre) {
  const auto command = transient_unit_command(order(), rights());
  const auto after = std::ranges::find_if(
      command, [](const std::string& word) { return word.starts_with("--property=After="); });
  ASSERT_NE(after, command.end());
  const auto line = after->substr(std::string("--property=").size()) + "\n";
  EXPECT_THAT(line, HasSubstr(" postgresql.service "));
  for (const auto* unit : {"bootcheck.service", "bootcheck@.service"})
    EXPECT_THAT(test::read_file(test::source_dir() / "packaging/systemd" / unit), HasSubstr(line));
}

TEST(TransientUnit, TellsADaemonFromAProgramInTheForeground) {
  auto foreground = order();
  foreground.forks = false;
  EXPECT_THAT(transient_unit_command(order(), rights()), Contains("--property=Type=forking"));
  EXPECT_THAT(transient_unit_command(foreground, rights()), Contains("--property=Type=exec"));
}

TEST(TransientUnit, AlwaysSaysAsWhom) {
  const auto command = transient_unit_command(order(), rights());
  EXPECT_THAT(command, Contains("--property=User=7"));
  EXPECT_THAT(command, Contains("--property=Group=8"));
}

TEST(TransientUnit, HasTheLimitsOfTheConfiguration) {
  auto limited = order();
  limited.properties = {{"MemoryMax", "1G"}, {"TasksMax", "100"}};
  const auto command = transient_unit_command(limited, rights());
  const auto begins = std::ranges::find(command, "--");
  for (const auto* word : {"--property=MemoryMax=1G", "--property=TasksMax=100"})
    EXPECT_LT(std::ranges::find(command, word), begins) << word;
}

// systemd opens as root what it is told to open, and follows links.
TEST(TransientUnit, LetsSystemdOpenNothingOfTheUsers) {
  for (const auto& word : transient_unit_command(order(), rights())) {
    const bool is_option = word.starts_with("--");
    EXPECT_FALSE(is_option && word.find("/srv/shop") != std::string::npos) << word;
  }
}

TEST(TransientUnit, ItsDescriptionIsOneLine) {
  auto forged = order();
  forged.description = "shop\nUser=root\n";
  EXPECT_THAT(transient_unit_command(forged, rights()), Contains("--description=shop?User=root?"));
}

TEST(TransientUnit, RealTimeSignalsHaveNames) {
  auto real_time = order();
  real_time.stop_signal = SIGRTMIN + 3;
  EXPECT_THAT(transient_unit_command(real_time, rights()),
              Contains("--property=KillSignal=SIGRTMIN+3"));
}

TEST(UnitOrder, ComesOutAsItWentIn) {
  auto given = order();
  given.input = "puts 1\n";
  given.forks = false;
  given.properties = {{"CPUQuota", "50%"}, {"MemoryMax", "1G"}};
  const auto got = unpack_order(pack(given));
  ASSERT_TRUE(got);
  EXPECT_EQ(transient_unit_command(*got, rights()), transient_unit_command(given, rights()));
  EXPECT_EQ(got->env, given.env);
  EXPECT_EQ(got->input, given.input);
}

TEST(UnitOrder, IsNotMadeOfAnythingElse) {
  const auto bytes = pack(order());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(unpack_order(std::string_view(bytes).substr(0, size))) << size;
  EXPECT_FALSE(unpack_order(bytes + "0:"));
  EXPECT_FALSE(unpack_order("99999999999999999999:x"));
  auto with_nul = order();
  with_nul.argv.front() += '\0';
  EXPECT_FALSE(unpack_order(pack(with_nul)));
  auto without_program = order();
  without_program.argv.clear();
  EXPECT_FALSE(unpack_order(pack(without_program)));
}

// Who sends it may have become anybody by then.
TEST(UnitOrder, IsNoneWithAPropertyThatNobodyMayHave) {
  const std::pair<const char*, const char*> rows[] = {{"User", "root"},
                                                      {"ExecStartPre", "/bin/sh"},
                                                      {"AmbientCapabilities", "~"},
                                                      {"Delegate", "yes"},
                                                      {"CPUWeight", "10000"},
                                                      {"Nice", "-20"},
                                                      {"MemoryMax", "1G\nUser=root"}};
  for (const auto& [name, value] : rows) {
    auto forged = order();
    forged.properties = {{"CPUQuota", "50%"}, {name, value}};
    EXPECT_FALSE(unpack_order(pack(forged))) << name;
  }
}

TEST(EnvironmentFile, QuotesWhatSystemdWouldExpand) {
  EXPECT_EQ(environment_file({{"A", "1"}, {"B", "a \"b\" $c `d` \\e\nf"}}),
            "A=\"1\"\nB=\"a \\\"b\\\" \\$c \\`d\\` \\\\e\nf\"\n");
}

}  // namespace
}  // namespace bootcheck
