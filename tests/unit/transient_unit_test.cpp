#include "launch/transient_unit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace bootcheck {
namespace {

using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

LaunchRequest request() {
  LaunchRequest request;
  request.argv = {"bin/feed", "--price", "$5"};
  request.working_directory = "/srv/shop/current";
  request.env = {{"SECRET", "x"}};
  request.output = "/srv/shop/current/log/feed.start.log";
  return request;
}

UnitSettings settings() {
  return {.description = "shop: feed",
          .forks = true,
          .environment = "/proc/5/fd/7",
          .input = "",
          .stop_signal = SIGQUIT,
          .start_timeout = Duration{300'000}};
}

TEST(TransientUnit, HandsTheCommandOverWordByWordAndNothingExpanded) {
  const auto command = transient_unit_command(request(), settings());
  const Argv end(command.end() - 7, command.end());
  EXPECT_EQ(end,
            (Argv{"/bin/sh", "-c", "exec \"$$@\"", "bootcheck", "bin/feed", "--price", "$$5"}));
}

TEST(TransientUnit, NeverKillsAndKeepsTheEnvironmentOutOfSight) {
  const auto command = transient_unit_command(request(), settings());
  EXPECT_THAT(command, Contains("--property=SendSIGKILL=no"));
  EXPECT_THAT(command, Contains("--property=KillSignal=SIGQUIT"));
  EXPECT_THAT(command, Contains("--property=EnvironmentFile=/proc/5/fd/7"));
  EXPECT_THAT(command, Not(Contains(HasSubstr("SECRET"))));
  EXPECT_THAT(command, Not(Contains(HasSubstr("StandardInput"))));
  EXPECT_THAT(command, Not(Contains(HasSubstr("User="))));
}

TEST(TransientUnit, TellsADaemonFromAProgramInTheForeground) {
  auto foreground = settings();
  foreground.forks = false;
  EXPECT_THAT(transient_unit_command(request(), settings()), Contains("--property=Type=forking"));
  EXPECT_THAT(transient_unit_command(request(), foreground), Contains("--property=Type=exec"));
}

TEST(TransientUnit, DropsToTheWorkersUser) {
  auto with_user = request();
  with_user.user =
      User{.name = "deploy", .uid = 7, .gid = 7, .groups = {}, .home = {}, .shell = {}};
  EXPECT_THAT(transient_unit_command(with_user, settings()), Contains("--property=User=deploy"));
}

TEST(EnvironmentFile, QuotesWhatSystemdWouldExpand) {
  EXPECT_EQ(environment_file({{"A", "1"}, {"B", "a \"b\" $c `d` \\e\nf"}}),
            "A=\"1\"\nB=\"a \\\"b\\\" \\$c \\`d\\` \\\\e\nf\"\n");
}

}  // namespace
}  // namespace bootcheck
