#include "system/user.h"

#include "system/errors.h"

#include <cerrno>

#include <fmt/format.h>

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

namespace bootcheck {
namespace {

std::string text_or_empty(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

std::vector<gid_t> groups_of(const std::string& name, gid_t gid) {
  // getgrouplist says how many there are when the room does not suffice: getgrouplist(3).
  std::vector<gid_t> groups(32);
  auto count = static_cast<int>(groups.size());
  while (::getgrouplist(name.c_str(), gid, groups.data(), &count) < 0) {
    const auto wanted = static_cast<std::size_t>(count);
    groups.resize(wanted > groups.size() ? wanted : groups.size() * 2);
    count = static_cast<int>(groups.size());
  }
  groups.resize(static_cast<std::size_t>(count));
  return groups;
}

/// `look_up(entry, buffer, size, result)` is getpwnam_r or getpwuid_r.
template <class LookUp>
std::optional<User> find_entry(const LookUp& look_up, const std::string& who) {
  std::vector<char> buffer(1024);
  for (;;) {
    passwd entry{};
    passwd* found = nullptr;
    const int error = look_up(&entry, buffer.data(), buffer.size(), &found);
    if (found != nullptr) {
      return User{.name = text_or_empty(entry.pw_name),
                  .uid = entry.pw_uid,
                  .gid = entry.pw_gid,
                  .groups = groups_of(text_or_empty(entry.pw_name), entry.pw_gid),
                  .home = text_or_empty(entry.pw_dir),
                  .shell = text_or_empty(entry.pw_shell)};
    }
    if (error == ERANGE) {
      buffer.resize(buffer.size() * 2);
    } else if (error == 0 || error == ENOENT || error == ESRCH) {  // NSS modules do not agree
      return {};
    } else if (error != EINTR) {
      throw_error(error, "cannot look up " + who);
    }
  }
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
  return find_entry([&](auto... room) { return ::getpwnam_r(name.c_str(), room...); },
                    "the user " + name);
}

std::optional<User> find_user(uid_t uid) {
  return find_entry([uid](auto... room) { return ::getpwuid_r(uid, room...); },
                    fmt::format("the user of uid {}", uid));
}

User current_user() {
  User user;
  user.uid = ::geteuid();
  user.gid = ::getegid();
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
