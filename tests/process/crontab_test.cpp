// `crontab --install` against the real crontab(1), on a spool of its own.
#include "process/as_root.h"
#include "process/own_etc.h"
#include "process/small_app_test.h"

namespace bootcheck::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CrontabCommand : public SmallAppTest {
 protected:
  CrontabCommand() {
    app_.configure("workers: [{name: feed, start: [bin/feed], foreground: true}]");
  }

  std::string line() const {
    return "* * * * * " + bootcheck_binary() + " -C " + app_.root().native();
  }
  std::string marker() const {
    return "# written by `bootcheck crontab --install` for " +
           (app_.root() / "config/bootcheck.yml").native();
  }
  Finished shell(const std::string& text) const { return with_own_etc(app_.root(), text); }
};

TEST_F(CrontabCommand, PrintsTheLineBelowWhatOneShouldKnow) {
  const auto finished = app_.bootcheck({"crontab"});
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.out, HasSubstr("MAILTO"));
  EXPECT_EQ(lines_of(finished.out).back(), line());
  for (const auto& each : lines_of(finished.out))
    EXPECT_TRUE(each == line() || each.starts_with("# ")) << each;
}

TEST_F(CrontabCommand, PutsRubysFoldersIntoTheLineWhereCronWouldNotFindIt) {
  app_.configure("workers: [{preset: delayed_job, count: 1}]");
  const auto shims = app_.root() / ".rbenv/shims";
  app_.script(".rbenv/shims/bundle", "exit 0");
  const auto crontab = [&](const std::string& path) {
    return run({bootcheck_binary(), "-C", app_.root().native(), "crontab"},
               {.directory = "/", .env = {{"HOME", app_.root().native()}, {"PATH", path}}})
        .out;
  };
  // Ruby is in /usr/bin here, Bundler is not.
  if (run({"/bin/sh", "-c", "PATH=/usr/bin:/bin command -v bundle"}).status != 0) {
    const auto expected = "* * * * * PATH=" + shims.native() + ":/usr/bin:/bin /";
    EXPECT_THAT(crontab("/usr/bin:/bin"), HasSubstr(expected));
    EXPECT_THAT(crontab(shims.native() + ":/usr/bin"), HasSubstr(expected));
  }
  app_.configure("path: [.rbenv/shims]\nworkers: [{preset: delayed_job, count: 1}]");
  EXPECT_THAT(crontab(shims.native()), Not(HasSubstr("PATH=")));
}

TEST_F(CrontabCommand, RefusesARootThatNoLineCanHold) {
  const auto root = app_.root() / "two\nlines";
  boost::filesystem::create_directory(root);
  const auto finished = run({bootcheck_binary(), "-C", root.native(), "-n", "1", "crontab"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_EQ(finished.out, "");
}

TEST_F(CrontabCommand, InstallsItsLineOnceAndLeavesOthersAlone) {
  if (!is_root_or_rerun()) return;
  const auto finished = shell(
      "printf 'MAILTO=ops@example.com\\n0 4 * * * backup\\n' | crontab - || exit 9\n"
      "bootcheck crontab --install && bootcheck crontab --install && crontab -l");
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(finished.out, "Added:\n" + line() + "\nIt is there already:\n" + line() + "\n" +
                              "MAILTO=ops@example.com\n0 4 * * * backup\n" + marker() + "\n" +
                              line() + "\n");
}

TEST_F(CrontabCommand, InstallsIntoACrontabThatIsNotThereYet) {
  if (!is_root_or_rerun()) return;
  const auto finished = shell("bootcheck crontab --install >/dev/null && crontab -l");
  EXPECT_EQ(finished.out, marker() + "\n" + line() + "\n") << finished.err;
}

TEST_F(CrontabCommand, ReplacesItsOwnOlderLine) {
  if (!is_root_or_rerun()) return;
  const auto finished = shell(
      "bootcheck crontab --install >/dev/null && crontab -l | sed 's| -C | -q -C |' > old\n"
      "{ cat old; echo '0 4 * * * backup'; } | crontab - && bootcheck crontab --install && crontab "
      "-l");
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(finished.out, "Replaced the older line:\n" + line() + "\n" + marker() + "\n" + line() +
                              "\n0 4 * * * backup\n");
}

TEST_F(CrontabCommand, InstallsNothingBesideALineThatSomebodyWrote) {
  if (!is_root_or_rerun()) return;
  const auto finished = shell(
      "echo \"*/5 * * * * bootcheck -C $PWD\" | crontab -; bootcheck crontab --install; rc=$?\n"
      "crontab -l; exit $rc");
  EXPECT_EQ(finished.status, 1);
  EXPECT_EQ(finished.out, "*/5 * * * * bootcheck -C " + app_.root().native() + "\n");
  EXPECT_THAT(finished.err, HasSubstr("was not written by --install"));
}

TEST_F(CrontabCommand, SaysWhyItMayNot) {
  if (!is_root_or_rerun()) return;
  const auto finished = shell(
      "rm -f /etc/cron.allow; echo daemon > /etc/cron.deny; chmod 755 .; chown -R daemon: "
      "\"${FOLDER:?}\"\n"
      "setpriv --reuid=daemon --regid=daemon --clear-groups \"$BOOTCHECK\" -C . crontab --install");
  EXPECT_EQ(finished.status, 4);
  EXPECT_THAT(finished.err, StartsWith("bootcheck: the crontab cannot be read: "));
  EXPECT_THAT(finished.err, HasSubstr("not allowed"));
}

TEST_F(CrontabCommand, OfRootForAnothersApplicationIsThatOfItsUser) {
  if (!is_root_or_rerun()) return;
  const auto finished = shell(
      "chmod 755 .; chown -R daemon: \"${FOLDER:?}\" && bootcheck crontab --install && crontab -u "
      "daemon -l");
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr(marker() + "\n" + line() + "\n"));
}

}  // namespace
}  // namespace bootcheck::test
