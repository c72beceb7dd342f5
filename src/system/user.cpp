#include "system/user.h"

#include "system/command_output.h"
#include "system/text_file.h"
#include "system/user_database.h"
#include "util/errors.h"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fmt/format.h>

#include <grp.h>
#include <unistd.h>

namespace bootcheck {
namespace {

/// Empty when it cannot be read.
std::string text_of(const char* path) {
  try {
    return read_text_file(path);
  } catch (const std::system_error&) {
    return {};
  }
}

std::vector<gid_t> groups_of(const User& user) {
  auto groups =
      files_know_all_groups(text_of("/etc/nsswitch.conf"))
          ? parse_groups(text_of("/etc/group"), user.name)
          : parse_initgroups(command_output({"getent", "initgroups", user.name}).value_or(""));
  if (std::ranges::find(groups, user.gid) == groups.end()) groups.insert(groups.begin(), user.gid);
  return groups;
}

std::vector<gid_t> present_groups() {
  std::vector<gid_t> groups;
  int count = ::getgroups(0, nullptr);
  if (count > 0) {
    groups.resize(static_cast<std::size_t>(count));
    count = ::getgroups(count, groups.data());
  }
  if (count < 0) throw_errno("cannot read the groups of this process");
  return groups;
}

std::string name_of(const User& user) {
  return user.name.empty() ? fmt::format("the user of uid {}", user.uid)
                           : fmt::format("{} (uid {})", user.name, user.uid);
}

}  // namespace

std::optional<User> find_user(const std::string& name) {
  auto user = parse_passwd(text_of("/etc/passwd"), name);
  if (!user) {  // another service may know it, say LDAP
    if (const auto entry = command_output({"getent", "passwd", "--", name}))
      user = parse_passwd(*entry, name);
  }
  if (user) user->groups = groups_of(*user);
  return user;
}

ActingAs::ActingAs(const User& user) : uid_(::geteuid()), gid_(::getegid()) {
  if (user.uid == uid_ && user.gid == gid_) return;
  if (uid_ != 0) {
    throw_error(
        EPERM, fmt::format("cannot act as {}: only root can, this is uid {}", name_of(user), uid_));
  }
  groups_ = present_groups();
  is_other_ = true;
  // The groups first and the user last: without root's rights the others could not be changed.
  const bool changed = ::setgroups(user.groups.size(), user.groups.data()) == 0 &&
                       ::setegid(user.gid) == 0 && ::seteuid(user.uid) == 0;
  if (changed) return;
  const int error = errno;
  give_back();
  throw_error(error, "cannot act as " + name_of(user));
}

ActingAs::~ActingAs() {
  if (is_other_) give_back();
}

// The saved user id is still root's, so none of these can be refused; and if one were, the process
// would be left with fewer rights, never with more.
void ActingAs::give_back() noexcept {
  static_cast<void>(::seteuid(uid_) == 0 && ::setegid(gid_) == 0 &&
                    ::setgroups(groups_.size(), groups_.data()) == 0);
}

}  // namespace bootcheck
