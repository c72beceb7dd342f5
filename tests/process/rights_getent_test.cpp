// The user database is asked once, in time, and who cannot be found is not root.
#include "process/rights_test.h"

namespace bootcheck::test {
namespace {

namespace fs = boost::filesystem;
using testing::HasSubstr;

class RightsGetent : public RightsTest {
 protected:
  /// A pass that finds another getent in the place of the system's, in a mount namespace of its
  /// own.
  Finished pass_with_getent(const std::string& body) const {
    write_file(bin_.path() / "getent", "#!/bin/sh\n" + body + "\n");
    fs::permissions(bin_.path() / "getent", fs::perms(0755));
    return run({own_mounts(), "--same-processes", "sh", "-c",
                "mount --bind \"$0\" /usr/bin/getent && exec \"$@\"",
                (bin_.path() / "getent").native(), bootcheck_binary(), "-C", app_.root().native()});
  }

  /// Knows a user of a directory service, whom no file of this machine names.
  std::string knows_ldap_user(int times) const {
    const auto calls = (bin_.path() / "calls").native();
    return "echo \"$@\" >> " + calls + "\n[ $(grep -c passwd " + calls + ") -le " +
           std::to_string(times) +
           " ] || exit 2\n"
           "case $1 in passwd) echo ldapuser:x:47110:47110::/:/bin/sh;; *) echo ldapuser 47111;; "
           "esac";
  }

  void configure_for_ldap_user() const {
    app_.configure(std::string(kFeedOnly) + "user: ldapuser\n");
    for (const char* folder : {"log", "tmp/pids"}) {
      fs::create_directories(app_.root() / folder);
      ASSERT_EQ(::chown((app_.root() / folder).c_str(), 47110, 47110), 0);
    }
  }

  TempDir bin_;
};

TEST_F(RightsGetent, ThatGoesSilentLaterMakesNoWorkerRoot) {
  if (!is_root_or_rerun()) return;
  configure_for_ldap_user();
  fs::permissions(app_.root() / "bin/feed", fs::perms(0755));
  const auto finished = pass_with_getent(knows_ldap_user(1));
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(users_of(feed()), "47110 47110 47110 47110");
  EXPECT_EQ(lines_of(read_file(bin_.path() / "calls")),
            (std::vector<std::string>{"passwd -- ldapuser", "initgroups -- ldapuser"}));
}

TEST_F(RightsGetent, ThatKnowsNobodyStartsNobody) {
  if (!is_root_or_rerun()) return;
  configure_for_ldap_user();
  const auto finished = pass_with_getent("exit 2");
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr("ldapuser"));
  EXPECT_EQ(app_.output("feed"), "");
}

TEST_F(RightsGetent, ThatIsKilledStartsNobody) {
  if (!is_root_or_rerun()) return;
  configure_for_ldap_user();
  const auto finished = pass_with_getent("kill -9 $$");
  EXPECT_EQ(finished.status, 4);
  EXPECT_THAT(finished.err, HasSubstr("getent"));
  EXPECT_EQ(app_.output("feed"), "");
}

TEST_F(RightsGetent, ThatDoesNotAnswerIsWaitedForOnlyForSeconds) {
  if (!is_root_or_rerun()) return;
  configure_for_ldap_user();
  const auto finished = pass_with_getent("exec sleep 600");
  EXPECT_EQ(finished.status, 4);
  EXPECT_THAT(finished.err, HasSubstr("does not answer"));
  EXPECT_EQ(app_.output("feed"), "");
}

TEST_F(RightsGetent, IsNotLookedForInThePathOfTheCaller) {
  if (!is_root_or_rerun()) return;
  configure_for_ldap_user();
  write_file(bin_.path() / "getent", "#!/bin/sh\n" + knows_ldap_user(9) + "\n");
  fs::permissions(bin_.path() / "getent", fs::perms(0755));
  const auto finished = shell("PATH='" + bin_.path().native() + "':$PATH exec '" +
                              bootcheck_binary() + "' -C '" + app_.root().native() + "'");
  EXPECT_EQ(finished.status, 2);
  EXPECT_FALSE(fs::exists(bin_.path() / "calls"));
}

}  // namespace
}  // namespace bootcheck::test
