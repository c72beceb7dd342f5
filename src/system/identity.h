// The user that bootcheck works as, and becoming that user for good.
#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace bootcheck {

/// One line of passwd(5).
struct PasswdEntry {
  std::string name;
  uid_t uid;
  gid_t gid;
  std::string home;
  std::string shell;
};

/// A user with its groups. There is no empty one: whoever has an Identity has been told whose it
/// is.
class Identity {
 public:
  Identity(PasswdEntry entry, std::vector<gid_t> groups);

  /// This process as it is. Throws std::system_error (EPERM) when its real, effective and saved
  /// user are not one.
  static Identity of_this_process();

  uid_t uid() const { return entry_.uid; }
  gid_t gid() const { return entry_.gid; }
  const std::string& name() const { return entry_.name; }  ///< the uid where it has none
  const std::string& home() const { return entry_.home; }
  const std::string& shell() const { return entry_.shell; }
  const std::vector<gid_t>& groups() const { return groups_; }

 private:
  PasswdEntry entry_;
  std::vector<gid_t> groups_;  ///< sorted, each once, that of the entry among them
};

/// Becomes another user for good: real, effective and saved ids and the groups. Then looks whether
/// all of them are, and that root's cannot be had back. Throws std::system_error; what is left then
/// must not go on.
void become(const Identity& identity);

/// Replaces the environment by that of the user's own login: HOME, USER, LOGNAME and SHELL, and of
/// the present one only PATH, LANG, LC_*, TZ, TERM and NO_COLOR. The umask becomes 022.
void take_environment_of(const Identity& identity);

/// From now on every child has to be this user (has_expected_ids). Once the rights are decided.
void expect_children_as(const Identity& identity) noexcept;

/// Whether all ids of this process are the expected user's; false while nobody is expected.
/// Async-signal-safe: a child asks it between fork(2) and execve(2).
bool has_expected_ids() noexcept;

}  // namespace bootcheck
